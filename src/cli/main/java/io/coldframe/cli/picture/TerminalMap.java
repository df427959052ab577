package io.coldframe.cli.picture;

import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.Terminal;
import io.coldframe.inspect.AddressMap;
import io.coldframe.inspect.AddressMap.Kind;

/// The map of an address space as text: coloured blocks where the terminal has colours, and
/// elsewhere letters, one for each cell.
///
/// **Threads.** One.
public final class TerminalMap {

    private static final int COLUMNS = 64;
    private static final int ROWS_MAX = 32;
    private static final String RESET = "\u001b[0m";
    private static final char UPPER_HALF = '▀';
    private static final String SWATCH = "  ";
    private static final int AGE_SWATCH_CELLS = 8;

    private final AddressMap map;
    private final MapGrid grid;
    private final Palette palette;
    private final MapLegend legend;
    private final Terminal terminal;
    private final StringBuilder out = new StringBuilder();

    private TerminalMap(AddressMap map, String name, Terminal terminal) {
        this.map = map;
        this.grid = grid(map);
        this.palette = new Palette(map.ageMax());
        this.legend = new MapLegend(map, name);
        this.terminal = terminal;
    }

    /// How the cells are laid out.
    public static MapGrid grid(AddressMap map) {
        return MapGrid.ofWidth(map.byteCount(), map.blame().pageSize(), COLUMNS, ROWS_MAX);
    }

    /// The text, of whole lines.
    ///
    /// @param name of the snapshot
    public static String text(AddressMap map, String name, Terminal terminal) {
        TerminalMap drawn = new TerminalMap(map, name, terminal);
        drawn.draw(name);
        return drawn.out.toString();
    }

    private void draw(String name) {
        out.append(
                "%s: %s in cells of %s, rows of %s%n%n"
                        .formatted(
                                name,
                                ByteCounts.text(grid.byteCount()),
                                ByteCounts.text(grid.cellBytes()),
                                ByteCounts.text(grid.rowBytes())));
        if (!terminal.colours()) {
            drawLetters();
        } else if (terminal.symbols()) {
            drawHalves();
        } else {
            drawBlocks();
        }
        out.append('\n');
        drawLegend();
    }

    private void beginLine(int row) {
        out.append(grid.offsetText(row)).append("  ");
    }

    /// Two rows a line: a half block has the colour of its letter above, of its ground below.
    private void drawHalves() {
        int[] colours = grid.colours(map, palette);
        int columns = grid.columnCount();
        for (int row = 0; row < grid.rowCount(); row += 2) {
            beginLine(row);
            String last = "";
            for (int cell = row * columns; cell < (row + 1) * columns; cell++) {
                if (cell >= colours.length) {
                    break;
                }
                boolean hasBelow = cell + columns < colours.length;
                String code =
                        terminal.foreground(colours[cell])
                                + (hasBelow ? terminal.background(colours[cell + columns]) : "");
                if (!hasBelow && !last.equals(code)) {
                    out.append(RESET);
                }
                out.append(last.equals(code) ? "" : code).append(UPPER_HALF);
                last = code;
            }
            out.append(RESET).append('\n');
        }
    }

    private void drawBlocks() {
        int[] colours = grid.colours(map, palette);
        int columns = grid.columnCount();
        for (int row = 0; row < grid.rowCount(); row++) {
            beginLine(row);
            int end = Math.min(colours.length, (row + 1) * columns);
            for (int cell = row * columns; cell < end; cell++) {
                out.append(terminal.background(colours[cell])).append(' ');
            }
            out.append(RESET).append('\n');
        }
    }

    private void drawLetters() {
        char[] letters = CellLetters.of(map, grid);
        int columns = grid.columnCount();
        for (int row = 0; row < grid.rowCount(); row++) {
            beginLine(row);
            int from = row * columns;
            out.append(letters, from, Math.min(columns, letters.length - from)).append('\n');
        }
    }

    private void drawLegend() {
        for (MapLegend.Entry entry : legend.entries()) {
            out.append(swatch(entry.kind())).append("  ").append(legend.text(entry)).append('\n');
        }
        if (map.mayHaveMoreZeros()) {
            out.append("\nWhich pages of an image are zeros is not known without reading them.\n");
        }
    }

    /// All of one width, so that what follows is aligned.
    private String swatch(Kind kind) {
        if (!terminal.colours()) {
            return CellLetters.legend(kind, map.ageMax());
        }
        if (kind != Kind.INHERITED) {
            return " ".repeat(AGE_SWATCH_CELLS - SWATCH.length())
                    + terminal.background(palette.colour(kind, 0))
                    + SWATCH
                    + RESET;
        }
        StringBuilder ages = new StringBuilder();
        for (int cell = 0; cell < AGE_SWATCH_CELLS; cell++) {
            double position = cell / (AGE_SWATCH_CELLS - 1.0);
            int age = (int) Math.round(Math.pow(palette.ageMax(), position));
            ages.append(terminal.background(palette.colour(kind, age))).append(' ');
        }
        return ages + RESET;
    }
}

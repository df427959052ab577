package io.coldframe.cli.picture;

import io.coldframe.cli.ByteCounts;
import io.coldframe.inspect.AddressMap;
import io.coldframe.inspect.AddressMap.Kind;

/// The map of an address space as a file: a title, the cells with the offsets of their rows, and
/// what the colours mean.
///
/// **Threads.** One.
public final class MapPicture {

    // A page of a guest of 4 GiB is still a dot of its own.
    private static final int PNG_CELLS_MAX = 1 << 20;
    // A cell is some 60 bytes of text here.
    private static final int SVG_CELLS_MAX = 1 << 16;

    private static final int SIDE_DOTS = 1024;
    private static final int CELL_DOTS_MAX = 32;
    // Smaller cells would be more gap than cell.
    private static final int CELL_DOTS_WITH_GAP = 8;
    private static final int MARGIN = 32;
    private static final int TITLE_SIZE = 3;
    private static final int TEXT_SIZE = 2;
    private static final int LINE_DOTS = 28;
    private static final int SWATCH_DOTS = 16;
    private static final int AGE_BAR_DOTS = 128;

    private final AddressMap map;
    private final String name;
    private final MapGrid grid;
    private final Palette palette;
    private final MapLegend legend;
    private final int cellDots;
    private final int gap;
    private final int gridX;
    private final int gridY;

    /// The formats of a file.
    public enum Format {
        /// Dots.
        PNG,
        /// Shapes.
        SVG
    }

    private MapPicture(AddressMap map, String name, int cellsMax) {
        this.map = map;
        this.name = name;
        this.grid = MapGrid.ofArea(map.byteCount(), map.blame().pageSize(), cellsMax);
        this.palette = new Palette(map.ageMax());
        this.legend = new MapLegend(map, name);
        this.cellDots = Math.clamp(SIDE_DOTS / grid.columnCount(), 1, CELL_DOTS_MAX);
        this.gap = cellDots >= CELL_DOTS_WITH_GAP ? 1 : 0;
        this.gridX = MARGIN + textDots(grid.offsetText(0), TEXT_SIZE) + MARGIN / 2;
        this.gridY = MARGIN + 2 * LINE_DOTS + MARGIN / 2;
    }

    /// The bytes of a picture.
    ///
    /// @param name of the snapshot
    public static byte[] encode(AddressMap map, String name, Format format) {
        MapPicture picture =
                new MapPicture(map, name, format == Format.PNG ? PNG_CELLS_MAX : SVG_CELLS_MAX);
        int width = picture.width();
        int height = picture.height();
        Canvas canvas =
                format == Format.PNG
                        ? new PngCanvas(width, height, Palette.BACKGROUND)
                        : new SvgCanvas(width, height, Palette.BACKGROUND);
        picture.draw(canvas);
        return canvas.encoded();
    }

    /// How the cells of a picture are laid out.
    public static MapGrid grid(AddressMap map, Format format) {
        return new MapPicture(map, "", format == Format.PNG ? PNG_CELLS_MAX : SVG_CELLS_MAX).grid;
    }

    private static int textDots(String text, int size) {
        return text.length() * Canvas.LETTER_WIDTH * size;
    }

    private String subtitle() {
        return "%s in cells of %s, rows of %s"
                .formatted(
                        ByteCounts.text(map.byteCount()),
                        ByteCounts.text(grid.cellBytes()),
                        ByteCounts.text(grid.rowBytes()));
    }

    private int width() {
        int widest = gridX + grid.columnCount() * cellDots;
        widest = Math.max(widest, MARGIN + textDots(name, TITLE_SIZE));
        widest = Math.max(widest, MARGIN + textDots(subtitle(), TEXT_SIZE));
        for (MapLegend.Entry entry : legend.entries()) {
            widest = Math.max(widest, legendX() + textDots(legend.text(entry), TEXT_SIZE));
        }
        return widest + MARGIN;
    }

    private int legendX() {
        return MARGIN + AGE_BAR_DOTS + MARGIN / 2;
    }

    private int legendY() {
        return gridY + grid.rowCount() * cellDots + MARGIN;
    }

    private int height() {
        return legendY() + legend.entries().size() * LINE_DOTS + MARGIN - LINE_DOTS / 2;
    }

    private void draw(Canvas canvas) {
        canvas.write(MARGIN, MARGIN, TITLE_SIZE, Palette.TEXT, name);
        canvas.write(MARGIN, MARGIN + LINE_DOTS + 4, TEXT_SIZE, Palette.FAINT_TEXT, subtitle());
        drawOffsets(canvas);
        drawCells(canvas);
        drawLegend(canvas);
    }

    /// Beside every row, or as many as have room.
    private void drawOffsets(Canvas canvas) {
        int letters = Canvas.LETTER_HEIGHT * TEXT_SIZE;
        int every = 1;
        while (every * cellDots < LINE_DOTS && every < grid.rowCount()) {
            every *= 2;
        }
        // Of large pictures a sixteenth is enough.
        every = Math.max(every, Integer.highestOneBit(Math.max(1, grid.rowCount() / 16)));
        for (int row = 0; row < grid.rowCount(); row += every) {
            int middle = gridY + row * cellDots + Math.min(cellDots, LINE_DOTS) / 2;
            int y = Math.max(gridY, middle - letters / 2);
            canvas.write(MARGIN, y, TEXT_SIZE, Palette.FAINT_TEXT, grid.offsetText(row));
        }
    }

    /// Neighbours of one colour are one shape, unless there is a gap between them.
    private void drawCells(Canvas canvas) {
        int[] colours = grid.colours(map, palette);
        int columns = grid.columnCount();
        for (int cell = 0; cell < colours.length; ) {
            int rowEnd = Math.min(colours.length, (cell / columns + 1) * columns);
            int end = cell + 1;
            while (gap == 0 && end < rowEnd && colours[end] == colours[cell]) {
                end++;
            }
            canvas.fill(
                    gridX + cell % columns * cellDots,
                    gridY + cell / columns * cellDots,
                    (end - cell) * cellDots - gap,
                    cellDots - gap,
                    colours[cell]);
            cell = end;
        }
    }

    private void drawLegend(Canvas canvas) {
        int y = legendY();
        for (MapLegend.Entry entry : legend.entries()) {
            if (entry.kind() == Kind.INHERITED) {
                drawAges(canvas, y);
            } else {
                int left = MARGIN + AGE_BAR_DOTS - SWATCH_DOTS;
                int colour = palette.colour(entry.kind(), 0);
                canvas.fill(left, y, SWATCH_DOTS, SWATCH_DOTS, colour);
            }
            canvas.write(legendX(), y + 1, TEXT_SIZE, Palette.TEXT, legend.text(entry));
            y += LINE_DOTS;
        }
    }

    /// From the youngest to the oldest, by the logarithm as the colours are.
    private void drawAges(Canvas canvas, int y) {
        for (int dot = 0; dot < AGE_BAR_DOTS; dot++) {
            double position = dot / (AGE_BAR_DOTS - 1.0);
            int age = (int) Math.round(Math.pow(palette.ageMax(), position));
            int colour = palette.colour(Kind.INHERITED, age);
            canvas.fill(MARGIN + dot, y, 1, SWATCH_DOTS, colour);
        }
    }
}

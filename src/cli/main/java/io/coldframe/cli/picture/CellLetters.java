package io.coldframe.cli.picture;

import io.coldframe.inspect.AddressMap;
import io.coldframe.inspect.AddressMap.Kind;

import java.util.Arrays;

/// Letters for cells, where there are no colours: each stands for what most of its cell is, and of
/// equals for the youngest.
final class CellLetters {

    /// In the order in which equals are preferred.
    private static final String LETTERS = "#123456789+.";

    private static final int OWN = 0;
    private static final int OLD = LETTERS.indexOf('+');
    private static final int ZERO = LETTERS.indexOf('.');

    private final char[] letters;
    private final long[] byteCounts = new long[LETTERS.length()];
    private long cell;

    private CellLetters(int cellCount) {
        this.letters = new char[cellCount];
    }

    /// One for each cell.
    static char[] of(AddressMap map, MapGrid grid) {
        CellLetters cells = new CellLetters(grid.cellCount());
        map.forEachPart(grid.cellBytes(), cells::add);
        cells.finish();
        return cells.letters;
    }

    /// What stands for a kind, in three columns.
    static String legend(Kind kind, int ageMax) {
        return switch (kind) {
            case OWN -> "  #";
            case ZERO -> "  .";
            case INHERITED -> ageMax == 1 ? "  1" : "1-" + LETTERS.charAt(Math.min(ageMax, OLD));
        };
    }

    private static int index(Kind kind, int age) {
        return switch (kind) {
            case OWN -> OWN;
            case INHERITED -> Math.clamp(age, 1, OLD);
            case ZERO -> ZERO;
        };
    }

    private void add(long nextCell, Kind kind, int age, long byteCount) {
        if (nextCell != cell) {
            finish();
            cell = nextCell;
        }
        byteCounts[index(kind, age)] += byteCount;
    }

    private void finish() {
        int most = 0;
        for (int index = 1; index < byteCounts.length; index++) {
            most = byteCounts[index] > byteCounts[most] ? index : most;
        }
        letters[(int) cell] = LETTERS.charAt(most);
        Arrays.fill(byteCounts, 0);
    }
}

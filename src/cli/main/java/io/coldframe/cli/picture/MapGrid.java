package io.coldframe.cli.picture;

import io.coldframe.inspect.AddressMap;
import io.coldframe.memory.PageSize;

/// How an address space is cut into cells, and the cells into rows.
///
/// @param byteCount the length of the memory
/// @param cellBytes what one cell stands for: a page, or a power of two of them
/// @param columnCount how many cells a row has; the last may be short
public record MapGrid(long byteCount, long cellBytes, int columnCount) {

    /// Cells in rows of a given width.
    ///
    /// @param rowsMax the most rows
    public static MapGrid ofWidth(long byteCount, PageSize pageSize, int columnCount, int rowsMax) {
        long cellBytes = cellBytes(byteCount, pageSize, (long) columnCount * rowsMax);
        return new MapGrid(byteCount, cellBytes, columnCount);
    }

    /// Cells in a square, or in two of them side by side.
    ///
    /// @param cellsMax the most cells: a power of two
    public static MapGrid ofArea(long byteCount, PageSize pageSize, int cellsMax) {
        long cellBytes = cellBytes(byteCount, pageSize, cellsMax);
        long cellCount = (byteCount - 1) / cellBytes + 1;
        int shift = Long.SIZE - Long.numberOfLeadingZeros(cellCount - 1);
        return new MapGrid(byteCount, cellBytes, 1 << ((shift + 1) / 2));
    }

    private static long cellBytes(long byteCount, PageSize pageSize, long cellsMax) {
        long cellBytes = pageSize.bytes();
        while ((byteCount - 1) / cellBytes >= cellsMax) {
            cellBytes <<= 1;
        }
        return cellBytes;
    }

    /// How many cells there are.
    public int cellCount() {
        return Math.toIntExact((byteCount - 1) / cellBytes + 1);
    }

    /// How many rows.
    public int rowCount() {
        return (cellCount() - 1) / columnCount + 1;
    }

    /// What a whole row stands for.
    public long rowBytes() {
        return cellBytes * columnCount;
    }

    /// Where a row begins, in as many digits as the last one needs.
    public String offsetText(int row) {
        String last = Long.toHexString(rowBytes() * (rowCount() - 1));
        String digits = Long.toHexString(rowBytes() * row);
        return "0x" + "0".repeat(last.length() - digits.length()) + digits;
    }

    /// The colour of each cell: the mixture of what is in it, in proportion.
    public int[] colours(AddressMap map, Palette palette) {
        int[] colours = new int[cellCount()];
        Mixer mixer = new Mixer(colours);
        map.forEachPart(
                cellBytes,
                (cell, kind, age, partBytes) ->
                        mixer.add((int) cell, palette.colour(kind, age), partBytes));
        mixer.finish();
        return colours;
    }

    /// Mixes the colours of one cell after the other.
    private static final class Mixer {
        private final int[] colours;
        private int cell;
        private double red;
        private double green;
        private double blue;
        private double weight;

        Mixer(int[] colours) {
            this.colours = colours;
        }

        void add(int nextCell, int colour, long partBytes) {
            if (nextCell != cell) {
                finish();
                cell = nextCell;
            }
            red += (double) partBytes * (colour >> 16 & 0xff);
            green += (double) partBytes * (colour >> 8 & 0xff);
            blue += (double) partBytes * (colour & 0xff);
            weight += (double) partBytes;
        }

        void finish() {
            colours[cell] = channel(red) << 16 | channel(green) << 8 | channel(blue);
            red = 0;
            green = 0;
            blue = 0;
            weight = 0;
        }

        private int channel(double sum) {
            return (int) Math.round(sum / weight);
        }
    }
}

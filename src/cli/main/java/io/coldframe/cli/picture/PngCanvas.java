package io.coldframe.cli.picture;

import java.util.Arrays;

/// A picture as a PNG file.
final class PngCanvas implements Canvas {

    private final int width;
    private final int[] dots;

    PngCanvas(int width, int height, int background) {
        this.width = width;
        this.dots = new int[Math.multiplyExact(width, height)];
        Arrays.fill(dots, background);
    }

    @Override
    public void fill(int x, int y, int fillWidth, int fillHeight, int colour) {
        for (int row = y; row < y + fillHeight; row++) {
            int from = row * width + x;
            Arrays.fill(dots, from, from + fillWidth, colour);
        }
    }

    @Override
    public void write(int x, int y, int size, int colour, String text) {
        for (int at = 0; at < text.length(); at++) {
            int left = x + at * LETTER_WIDTH * size;
            for (int row = 0; row < Glyphs.HEIGHT; row++) {
                for (int column = 0; column < Glyphs.WIDTH; column++) {
                    if (Glyphs.isSet(text.charAt(at), column, row)) {
                        fill(left + column * size, y + row * size, size, size, colour);
                    }
                }
            }
        }
    }

    @Override
    public byte[] encoded() {
        return PngFile.encode(dots, width);
    }
}

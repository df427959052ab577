package io.coldframe.cli.picture;

/// What a picture is drawn on, in dots from the upper left corner. Letters are of one width:
/// [#LETTER_WIDTH] dots times their size, and [#LETTER_HEIGHT] high.
interface Canvas {

    int LETTER_WIDTH = Glyphs.WIDTH + 1;
    int LETTER_HEIGHT = Glyphs.HEIGHT;

    /// Fills a rectangle with `0xRRGGBB`.
    void fill(int x, int y, int width, int height, int colour);

    /// Writes a line, whose letters begin at `x` and have their upper edge at `y`.
    void write(int x, int y, int size, int colour, String text);

    /// The file that shows it.
    byte[] encoded();
}

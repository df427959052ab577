package io.coldframe.cli.picture;

import java.nio.charset.StandardCharsets;

/// A picture as an SVG file.
final class SvgCanvas implements Canvas {

    // Of a monospaced font a letter is six tenths of the size wide, and its capitals seven tenths
    // high: as many dots as a letter of a canvas.
    private static final int FONT_SIZE = 10;

    private final StringBuilder body = new StringBuilder();

    SvgCanvas(int width, int height, int background) {
        body.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"
                     shape-rendering="crispEdges"
                     font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace">
                """
                        .formatted(width, height, width, height));
        fill(0, 0, width, height, background);
    }

    @Override
    public void fill(int x, int y, int width, int height, int colour) {
        body.append(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n"
                        .formatted(x, y, width, height, colour));
    }

    @Override
    public void write(int x, int y, int size, int colour, String text) {
        body.append(
                "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"#%06x\" xml:space=\"preserve\">"
                        .formatted(x, y + LETTER_HEIGHT * size, FONT_SIZE * size, colour));
        body.append(escaped(text)).append("</text>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public byte[] encoded() {
        return (body + "</svg>\n").getBytes(StandardCharsets.UTF_8);
    }
}

package io.coldframe.cli;

import java.util.Map;

/// What the reader of standard output can show.
///
/// @param symbols whether a check mark and a cross come out as such
/// @param colours whether ANSI colours do
/// @param allColours whether 2^24 colours do, and not only 256
public record Terminal(boolean symbols, boolean colours, boolean allColours) {

    /// A file, a pipe, or a terminal that can do nothing.
    public static final Terminal PLAIN = new Terminal(false, false, false);

    // Of the 256: 16 of the terminal's own, a cube of 6 x 6 x 6, and 24 greys.
    private static final int CUBE_FIRST = 16;
    private static final int CUBE_SIDE = 6;
    private static final int[] CUBE_LEVELS = {0, 95, 135, 175, 215, 255};
    private static final int GREY_FIRST = 232;
    private static final int GREY_COUNT = 24;

    /// That of this process. The launcher tells whether it is a terminal at all: the JDK's own
    /// answer loads a line editor first, which costs more than the rest of the start.
    public static Terminal ofProcess() {
        return of(
                Boolean.getBoolean("coldframe.terminal"),
                System.getenv(),
                System.out.charset().newEncoder().canEncode('✓'));
    }

    /// Whether standard error goes to a terminal on which a line can be drawn over.
    static boolean errorIsTerminal() {
        return Boolean.getBoolean("coldframe.terminal.error")
                && !"dumb".equals(System.getenv("TERM"));
    }

    /// `NO_COLOR` (any value but the empty one) and `TERM=dumb` are obeyed, and `COLORTERM` is
    /// believed.
    static Terminal of(boolean terminal, Map<String, String> environment, boolean unicode) {
        if (!terminal
                || "dumb".equals(environment.get("TERM"))
                || !environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return PLAIN;
        }
        String claim = environment.getOrDefault("COLORTERM", "");
        return new Terminal(unicode, true, claim.equals("truecolor") || claim.equals("24bit"));
    }

    /// What makes the letters after it a colour, `0xRRGGBB`, or the nearest that there is.
    public String foreground(int colour) {
        return code(38, colour);
    }

    /// What makes the ground of the letters after it a colour.
    public String background(int colour) {
        return code(48, colour);
    }

    private String code(int ground, int colour) {
        return allColours
                ? "\u001b[%d;2;%d;%d;%dm"
                        .formatted(ground, colour >> 16 & 0xff, colour >> 8 & 0xff, colour & 0xff)
                : "\u001b[%d;5;%dm".formatted(ground, nearest(colour));
    }

    /// The nearest of the 240 colours that are the same on all terminals.
    static int nearest(int colour) {
        int best = CUBE_FIRST;
        int bestDistance = Integer.MAX_VALUE;
        for (int index = CUBE_FIRST; index < GREY_FIRST + GREY_COUNT; index++) {
            int distance = distance(colour, fixed(index));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = index;
            }
        }
        return best;
    }

    private static int fixed(int index) {
        if (index >= GREY_FIRST) {
            int level = 8 + 10 * (index - GREY_FIRST);
            return level << 16 | level << 8 | level;
        }
        int inCube = index - CUBE_FIRST;
        return CUBE_LEVELS[inCube / (CUBE_SIDE * CUBE_SIDE)] << 16
                | CUBE_LEVELS[inCube / CUBE_SIDE % CUBE_SIDE] << 8
                | CUBE_LEVELS[inCube % CUBE_SIDE];
    }

    private static int distance(int one, int other) {
        int sum = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int difference = (one >> shift & 0xff) - (other >> shift & 0xff);
            sum += difference * difference;
        }
        return sum;
    }
}

package io.coldframe.cli;

import java.util.Map;

/// What the reader of standard output can show.
///
/// @param symbols whether a check mark and a cross come out as such
/// @param colours whether ANSI colours do
public record Terminal(boolean symbols, boolean colours) {

    /// A file, a pipe, or a terminal that can do nothing.
    public static final Terminal PLAIN = new Terminal(false, false);

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

    /// `NO_COLOR` (any value but the empty one) and `TERM=dumb` are obeyed.
    static Terminal of(boolean terminal, Map<String, String> environment, boolean unicode) {
        if (!terminal
                || "dumb".equals(environment.get("TERM"))
                || !environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return PLAIN;
        }
        return new Terminal(unicode, true);
    }
}

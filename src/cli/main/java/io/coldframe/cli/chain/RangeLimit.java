package io.coldframe.cli.chain;

import picocli.CommandLine.Option;

/// How many lines a list of ranges has, of commands that would print more than anybody reads.
final class RangeLimit {

    private static final int DEFAULT = 40;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Print at most so many ranges; 0 for all. Default: " + DEFAULT + ".")
    private int limit = DEFAULT;

    /// How many of `count` are printed.
    int shown(int count) {
        return limit <= 0 ? count : Math.min(limit, count);
    }

    /// The line that says how many are not, or nothing.
    String rest(int count) {
        int left = count - shown(count);
        return left == 0 ? "" : "%d more; --limit 0 prints all%n".formatted(left);
    }
}

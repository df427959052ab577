package io.coldframe.cli.chain;

import io.coldframe.cli.ByteCounts;

import java.util.Optional;

/// Counts for people.
final class Texts {

    private Texts() {}

    /// As `1 layer`, `2 layers`.
    static String count(long count, String what) {
        return count == 1 ? "1 " + what : count + " " + what + "s";
    }

    /// In a column of numbers `0 bytes` would be the widest.
    static String bytes(long byteCount) {
        return byteCount == 0 ? "0" : ByteCounts.text(byteCount);
    }

    /// The text, if there is any.
    static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}

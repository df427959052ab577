package io.coldframe.bindings.judge;

import java.util.List;

/// A number that Java believes, and the C expression that says whether it is right.
///
/// @param subject the name in C whose absence from a system's headers would excuse it: a constant,
///     a structure, or `structure.field`
/// @param enclosing the subjects that this one is part of
record Expectation(String subject, List<String> enclosing, String expression, long value) {

    /// Whether C says what Java believes. Java may align a structure more strictly than C, which
    /// packs some whose fields lie well all the same: sizes and offsets are judged by themselves.
    boolean isMetBy(long answer) {
        return expression.startsWith("_Alignof") ? value % answer == 0 : value == answer;
    }
}

package io.coldframe.bindings.judge;

import java.util.List;

/// A number that Java believes, and the C expression that says whether it is right.
///
/// @param subject the name in C whose absence from a system's headers would excuse it: a constant,
///     a structure, or `structure.field`
/// @param enclosing the subjects that this one is part of
record Expectation(String subject, List<String> enclosing, String expression, long value) {}

package io.coldframe.house;

/// One place that breaks a rule.
///
/// @param path the file, from the root of the repository
/// @param line the line, from 1; 0 where the file itself is the offence
/// @param what what is wrong there
record Violation(String path, int line, String what) {

    @Override
    public String toString() {
        return path + ":" + line + ": " + what;
    }
}

package io.coldframe.house;

import java.util.List;

/// A text file of the repository.
///
/// @param path from the root of the repository, with `/` between names
/// @param lines without their ends
record SourceFile(String path, List<String> lines) {

    boolean isJava() {
        return path.endsWith(".java");
    }

    /// Whether people write it line by line, so that the width of a line is theirs to choose.
    boolean isCode() {
        return isJava()
                || path.endsWith(".c")
                || path.endsWith(".h")
                || path.endsWith(".sh")
                || (!lines.isEmpty() && lines.getFirst().startsWith("#!"));
    }

    boolean isMarkdown() {
        return path.endsWith(".md");
    }

    /// Java that ships, as opposed to Java that tests.
    boolean isMainJava() {
        return isJava() && path.contains("main/java/");
    }

    boolean isTestJava() {
        return isJava() && path.contains("test/java/");
    }

    boolean isUnder(String folder) {
        return path.startsWith(folder + "/");
    }

    String text() {
        return String.join("\n", lines);
    }
}

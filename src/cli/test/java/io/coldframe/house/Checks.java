package io.coldframe.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What the [HouseRule]s are made of.
final class Checks {

    static final int COLUMNS_MAX = 100;
    static final int FILE_LINES_MAX = 500;

    /// Files that may have more than 500 lines, each with its reason.
    static final Map<String, String> LONG_FILES = Map.of();

    private static final Set<String> DURABLE_FILES =
            Set.of(
                    "src/engine/main/java/io/coldframe/image/AtomicDirectory.java",
                    "src/engine/main/java/io/coldframe/image/AtomicFile.java",
                    "src/engine/main/java/io/coldframe/image/AtomicPair.java",
                    "src/engine/main/java/io/coldframe/image/CommitTarget.java",
                    "src/engine/main/java/io/coldframe/image/DirectoryEntries.java",
                    "src/engine/main/java/io/coldframe/image/DraftFile.java",
                    // It changes an image where it lies, which no rename can make atomic.
                    "src/engine/main/java/io/coldframe/image/OverwrittenFile.java",
                    "src/engine/main/java/io/coldframe/image/ParentDirectory.java",
                    // The door that they all go through.
                    "src/engine/main/java/io/coldframe/os/KernelFileCalls.java");

    private static final Set<String> TOP_LEVEL =
            Set.of(
                    ".ci",
                    ".gitignore",
                    ".mvn",
                    "LICENSE",
                    "README.md",
                    "bench",
                    "bindings",
                    "coldframe",
                    "docs",
                    "mvnw",
                    "pom.xml",
                    "src");

    // May be there: what is often beside a repository and never in it.
    private static final Set<String> TOP_LEVEL_OPTIONAL =
            Set.of(".git", ".idea", ".vscode", "target");

    private Checks() {}

    /// A rule about one file at a time.
    static Function<SourceTree, List<Violation>> perFile(
            Predicate<SourceFile> where, Function<SourceFile, List<Violation>> check) {
        return tree ->
                tree.files().stream()
                        .filter(where)
                        .flatMap(file -> check.apply(file).stream())
                        .toList();
    }

    /// A rule about one line at a time: `what` answers with what is wrong, or with nothing at all.
    static Function<SourceTree, List<Violation>> perLine(
            Predicate<SourceFile> where, Function<String, String> what) {
        return perFile(
                where,
                file -> {
                    List<Violation> found = new ArrayList<>();
                    for (int i = 0; i < file.lines().size(); i++) {
                        String wrong = what.apply(file.lines().get(i));
                        if (!wrong.isEmpty()) {
                            found.add(new Violation(file.path(), i + 1, wrong));
                        }
                    }
                    return found;
                });
    }

    /// A rule that no line may match `regex`.
    static Function<SourceTree, List<Violation>> forbidden(
            Predicate<SourceFile> where, String regex, String what) {
        Pattern pattern = Pattern.compile(regex);
        return perLine(
                where, line -> pattern.matcher(line).find() ? what + ": " + line.strip() : "");
    }

    static String tooWide(String line) {
        // An import is as long as the name that it imports.
        boolean wide = line.length() > COLUMNS_MAX && !line.startsWith("import ");
        return wide ? line.length() + " columns" : "";
    }

    static List<Violation> tooLong(SourceFile file) {
        int lineCount = file.lines().size();
        return lineCount <= FILE_LINES_MAX || LONG_FILES.containsKey(file.path())
                ? List.of()
                : List.of(new Violation(file.path(), 0, lineCount + " lines"));
    }

    static List<Violation> brokenDocComments(SourceFile file) {
        List<Violation> found = new ArrayList<>();
        for (int i = 1; i < file.lines().size(); i++) {
            String line = file.lines().get(i).strip();
            boolean ordinary = line.startsWith("//") && !line.startsWith("///");
            if (ordinary && file.lines().get(i - 1).strip().startsWith("///")) {
                String what = "an ordinary comment right below a doc comment: " + line;
                found.add(new Violation(file.path(), i + 1, what));
            }
        }
        return found;
    }

    static boolean isDurable(SourceFile file) {
        return DURABLE_FILES.contains(file.path());
    }

    static List<Violation> topLevel(SourceTree tree) {
        List<Violation> found = new ArrayList<>();
        Set<String> unknown = new TreeSet<>(tree.topLevel());
        unknown.removeAll(TOP_LEVEL);
        unknown.removeAll(TOP_LEVEL_OPTIONAL);
        unknown.forEach(name -> found.add(new Violation(name, 0, "does not belong here")));
        Set<String> missing = new TreeSet<>(TOP_LEVEL);
        missing.removeAll(tree.topLevel());
        missing.forEach(name -> found.add(new Violation(name, 0, "is missing")));
        return found;
    }
}

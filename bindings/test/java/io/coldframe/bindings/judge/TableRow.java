package io.coldframe.bindings.judge;

import io.coldframe.bindings.Platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One line of bindings.table.
record TableRow(
        String packageSuffix,
        String headerClass,
        String target,
        String header,
        String symbolsName,
        List<String> structs,
        List<String> constants,
        List<String> functions) {
    static final Path BINDINGS = Path.of("").toAbsolutePath();
    static final String ROOT_PACKAGE = "io.coldframe.bindings.generated";

    static List<TableRow> all() {
        return lines(BINDINGS.resolve("bindings.table")).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> parse(line.trim().split(" +")))
                .toList();
    }

    private static TableRow parse(String[] columns) {
        if (columns.length != 5) {
            throw new AssertionError("a row of bindings.table has 5 columns: " + columns[0]);
        }
        List<String> symbols = lines(BINDINGS.resolve(columns[4] + ".symbols"));
        List<String> known = List.of("struct", "union", "typedef", "constant", "function");
        for (String line : symbols) {
            // What this reader does not know, the judge would not check.
            if (known.stream().noneMatch(kind -> line.startsWith("--include-" + kind + " "))) {
                throw new AssertionError(columns[4] + ".symbols: " + line);
            }
        }
        return new TableRow(
                columns[0],
                columns[1],
                columns[2],
                columns[3],
                columns[4],
                symbols.stream()
                        .filter(line -> line.matches("--include-(struct|union|typedef) .*"))
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .toList(),
                included(symbols, "constant"),
                included(symbols, "function"));
    }

    private static List<String> included(List<String> symbols, String kind) {
        String option = "--include-" + kind + " ";
        return symbols.stream()
                .filter(line -> line.startsWith(option))
                .map(line -> line.substring(option.length()))
                .toList();
    }

    /// Whether it is generated once for both architectures of Linux, and `platform` is one.
    boolean isForAllOf(Platform platform) {
        return target.equals("linux") && platform.isLinux();
    }

    String className(String simpleName) {
        return ROOT_PACKAGE + "." + packageSuffix + "." + simpleName;
    }

    /// The header and what it may include of ours, as one text.
    String headerText() {
        Path folder = BINDINGS.resolve("headers").resolve(header).getParent();
        try (var files = Files.list(folder)) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.sorted().toList()) {
                text.append(Files.readString(file)).append('\n');
            }
            return text.toString().replaceAll("(?s)/\\*.*?\\*/", " ");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

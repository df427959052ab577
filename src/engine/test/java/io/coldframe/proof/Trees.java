package io.coldframe.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Whole trees of files.
final class Trees {
    private Trees() {}

    /// Copies a directory and everything in it to a name that nobody has.
    static void copy(Path root, Path target) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(root)) {
            paths = all.sorted().toList();
        }
        for (Path path : paths) {
            Files.copy(path, target.resolve(root.relativize(path)));
        }
    }

    /// Removes a directory and everything in it.
    static void delete(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(root)) {
            paths = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}

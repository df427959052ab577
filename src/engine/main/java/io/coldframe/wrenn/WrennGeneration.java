package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory with a generation of Wrenn's or e2b's, and what it is to be called.
///
/// @param name of the generation, where it goes
/// @param directory has the header, and what [WrennFiles#beside] says
public record WrennGeneration(String name, Path directory) {

    /// {@return the header's file}
    public Path header() {
        return directory.resolve(WrennFiles.HEADER);
    }

    /// {@return the generations in a directory, the oldest first}
    ///
    /// It is one itself if it has a header, which then is called `name`. Otherwise each directory
    /// in it that has a header is one: the newest is called `name`, and another one
    /// `name.<generation>`; where several are of the same generation, because the chain branches,
    /// the first digits of the build's id follow.
    ///
    /// @param directory a generation, or a directory of generations
    /// @param name of the newest
    /// @throws SnapshotException of kind `MISSING` if there is no header; otherwise as
    ///     [WrennHeader#read]
    public static List<WrennGeneration> in(Path directory, String name) throws SnapshotException {
        if (hasHeader(directory)) {
            return List.of(new WrennGeneration(name, directory));
        }
        List<Found> found = new ArrayList<>();
        for (Path entry : directories(directory)) {
            if (hasHeader(entry)) {
                try (WrennHeader header = WrennHeader.read(entry.resolve(WrennFiles.HEADER))) {
                    String build = header.buildId().toString();
                    found.add(new Found(entry, header.generation(), build));
                }
            }
        }
        if (found.isEmpty()) {
            throw new SnapshotException(
                    Kind.MISSING,
                    "no %s in it, or in a directory of it".formatted(WrennFiles.HEADER),
                    directory);
        }
        found.sort(Comparator.comparingLong(Found::generation).thenComparing(Found::build));
        return found.stream().map(each -> each.named(name, found)).toList();
    }

    /// What was found.
    private record Found(Path directory, long generation, String build) {

        WrennGeneration named(String name, List<Found> all) {
            boolean isAlone =
                    all.stream().filter(each -> each.generation == generation).count() == 1;
            String ending =
                    isAlone ? "." + generation : "." + generation + "." + build.substring(0, 8);
            boolean isNewest = isAlone && all.getLast().equals(this);
            return new WrennGeneration(isNewest ? name : name + ending, directory);
        }
    }

    private static boolean hasHeader(Path directory) {
        return Files.isRegularFile(directory.resolve(WrennFiles.HEADER), LinkOption.NOFOLLOW_LINKS);
    }

    private static List<Path> directories(Path directory) throws SnapshotException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new SnapshotException(
                    Kind.MISSING, "can't be listed: " + failure, directory, failure);
        }
    }
}

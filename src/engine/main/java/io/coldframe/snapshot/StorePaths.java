package io.coldframe.snapshot;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;

/// Where everything is in the directory of a store.
///
/// ```
///  .store                  what says that this is one, and of which version
///  .tags/<tag>             the id that a tag stands for
///  .quarantine/…           what repair has moved out of the way
///  <name>/manifest.bin     the commit record; the rest is as it says
///  <name>/state.bin        the machine state
///  <name>/memory.bin       the memory
///  <name>/memory.sums      a sum for each block of the memory
/// ```
///
/// @param root the directory of the store, absolute
record StorePaths(Path root) {

    static final String MANIFEST = "manifest.bin";
    static final String STATE = "state.bin";
    static final String MEMORY = "memory.bin";
    static final String SUMS = "memory.sums";

    /// The files of a snapshot.
    static final Set<String> PARTS = Set.of(MANIFEST, STATE, MEMORY, SUMS);

    static final String MARKER = ".store";
    static final String TAGS = ".tags";
    static final String QUARANTINE = ".quarantine";

    Path marker() {
        return root.resolve(MARKER);
    }

    Path tags() {
        return root.resolve(TAGS);
    }

    Path tag(String tag) {
        return tags().resolve(tag);
    }

    Path quarantine() {
        return root.resolve(QUARANTINE);
    }

    Path snapshot(String name) {
        return root.resolve(name);
    }

    /// Whether there is a directory that may be a snapshot.
    static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }
}

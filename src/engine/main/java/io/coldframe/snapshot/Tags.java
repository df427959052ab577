package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicFile;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.image.OnExisting;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The tags of a store: names that can be moved from one snapshot to another.
///
/// A tag is a file that holds the id of its snapshot and a new line. It holds the id and not the
/// name, so that it can't come to mean another snapshot by itself.
record Tags(StorePaths paths) {

    // The text of an id, and the new line.
    private static final int BYTE_COUNT = 37;

    /// The id that a tag stands for; empty if there is no such tag.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if it does not hold one
    Optional<UUID> find(String tag) throws SnapshotException {
        try {
            return Optional.of(read(paths.tag(tag)));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// Whether something lies where this tag would, readable or not.
    boolean exists(String tag) {
        return Files.exists(paths.tag(tag), LinkOption.NOFOLLOW_LINKS);
    }

    static UUID read(Path file) throws SnapshotException {
        String text = new String(PartFile.read(file, BYTE_COUNT), StandardCharsets.ISO_8859_1);
        boolean isWhole = text.length() == BYTE_COUNT && text.endsWith("\n");
        String id = text.strip();
        if (!isWhole || !Names.isId(id)) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.ENCODING,
                    "a tag is an id and a new line, not these %d bytes".formatted(text.length()),
                    file);
        }
        return UUID.fromString(id);
    }

    /// All tags that can be read.
    SortedMap<String, UUID> all() throws SnapshotException {
        return gather(false);
    }

    /// All tags there are, for whoever removes what none of them names.
    ///
    /// @throws SnapshotException if one can't be read now
    SortedMap<String, UUID> allKnown() throws SnapshotException {
        return gather(true);
    }

    private SortedMap<String, UUID> gather(boolean isEachNeeded) throws SnapshotException {
        SortedMap<String, UUID> tags = new TreeMap<>();
        for (Path file : files()) {
            String tag = file.getFileName().toString();
            if (!Names.isName(tag)) {
                continue;
            }
            try {
                tags.put(tag, read(file));
            } catch (SnapshotException failure) {
                // It went meanwhile, or it is for fsck to tell what is wrong with it.
                boolean isNone = failure.kind() == Kind.MISSING || failure.kind() == Kind.CORRUPT;
                if (isEachNeeded && !isNone) {
                    throw failure;
                }
            }
        }
        return tags;
    }

    /// What lies where tags lie, whatever it is.
    List<Path> files() throws SnapshotException {
        return StorePaths.isDirectory(paths.tags()) ? Catalogue.entries(paths.tags()) : List.of();
    }

    /// The tags of one snapshot.
    ///
    /// @throws SnapshotException if one can't be read now, which may be of this snapshot, too
    List<String> of(UUID id) throws SnapshotException {
        return allKnown().entrySet().stream()
                .filter(tag -> tag.getValue().equals(id))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Makes the place where tags lie, which takes the lock of the store.
    void prepare() throws SnapshotException {
        StoreDirectories.ensure(paths.tags());
    }

    /// Makes the tag, or moves it. Under the lock of the store, after [#prepare()].
    void put(String tag, UUID id) throws SnapshotException {
        try (AtomicFile file = AtomicFile.create(paths.tag(tag), OnExisting.REPLACE)) {
            file.write((id + "\n").getBytes(StandardCharsets.ISO_8859_1));
            file.commit();
        }
    }

    /// Removes the tag.
    void remove(String tag) throws SnapshotException {
        if (!StorePaths.isDirectory(paths.tags())) {
            throw missing(tag);
        }
        try (DirectoryEntries entries = DirectoryEntries.lock(paths.tags())) {
            if (!entries.remove(paths.tag(tag))) {
                throw missing(tag);
            }
        }
    }

    private SnapshotException missing(String tag) {
        return new SnapshotException(Kind.MISSING, "there is no tag " + tag, paths.root());
    }
}

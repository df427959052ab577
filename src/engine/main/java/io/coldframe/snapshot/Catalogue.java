package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The snapshots of a store as they are at one look, which others may change right after it.
///
/// @param readable by name
/// @param broken why the others can't be read, by name
record Catalogue(
        SortedMap<String, StoredSnapshot> readable, SortedMap<String, SnapshotException> broken) {

    static Catalogue of(StorePaths paths) throws SnapshotException {
        SortedMap<String, StoredSnapshot> readable = new TreeMap<>();
        SortedMap<String, SnapshotException> broken = new TreeMap<>();
        for (Path path : entries(paths.root())) {
            String name = path.getFileName().toString();
            if (!Names.isName(name) || !StorePaths.isDirectory(path)) {
                continue;
            }
            try {
                readable.put(name, StoredSnapshot.read(path));
            } catch (SnapshotException failure) {
                // A directory without a manifest is no snapshot, or not any more.
                if (failure.kind() != Kind.MISSING) {
                    broken.put(name, failure);
                }
            }
        }
        return new Catalogue(readable, broken);
    }

    /// What a directory holds, sorted.
    static List<Path> entries(Path directory) throws SnapshotException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(found::add);
        } catch (DirectoryIteratorException failure) {
            throw PartFile.failure(directory, new IOException(failure));
        } catch (IOException failure) {
            throw PartFile.failure(directory, failure);
        }
        found.sort(null);
        return found;
    }

    Optional<StoredSnapshot> withId(UUID id) {
        return readable.values().stream()
                .filter(snapshot -> snapshot.manifest().id().equals(id))
                .findFirst();
    }

    /// The same snapshot in other directories.
    List<StoredSnapshot> copiesOf(StoredSnapshot snapshot) {
        return readable.values().stream()
                .filter(other -> other.manifest().id().equals(snapshot.manifest().id()))
                .filter(other -> !other.path().equals(snapshot.path()))
                .toList();
    }

    /// The snapshots whose parent is gone or unreadable, and was called this.
    List<StoredSnapshot> orphansOf(String name) {
        return readable.values().stream()
                .filter(snapshot -> snapshot.manifest().parent().isPresent())
                .filter(
                        snapshot -> {
                            Manifest.Parent parent = snapshot.manifest().parent().get();
                            return parent.name().equals(name) && withId(parent.id()).isEmpty();
                        })
                .toList();
    }

    /// A snapshot of which nobody can tell here what it is and what it needs, and why. What is
    /// corrupt is none of these: it can't be restored, so it needs nothing. But a later release may
    /// restore what this one can't read, and what the system did not give now it may give again.
    Optional<Map.Entry<String, SnapshotException>> unknown() {
        return broken.entrySet().stream()
                .filter(entry -> entry.getValue().kind() != Kind.CORRUPT)
                .findFirst();
    }

    /// Refuses if there is a snapshot of which nobody can tell here what it needs.
    void requireAllKnown() throws SnapshotException {
        Optional<Map.Entry<String, SnapshotException>> unknown = unknown();
        if (unknown.isPresent()) {
            SnapshotException why = unknown.get().getValue();
            boolean isLater = why.kind() == Kind.UNSUPPORTED;
            throw new SnapshotException(
                    isLater ? Kind.CONFLICT : why.kind(),
                    isLater ? Reason.VERSION : why.reason(),
                    "nobody can tell here what snapshot " + unknown.get().getKey() + " needs",
                    String.valueOf(why.getMessage()),
                    why);
        }
    }

    /// The one snapshot whose id begins like this.
    Optional<StoredSnapshot> withIdLike(String reference, Path root) throws SnapshotException {
        List<StoredSnapshot> found =
                readable.values().stream()
                        .filter(snapshot -> Names.isPrefixOf(reference, snapshot.manifest().id()))
                        .toList();
        if (found.size() > 1) {
            throw new SnapshotException(
                    Kind.MISSING,
                    Reason.UNSPECIFIED,
                    "%s is the beginning of more than one id: %s".formatted(reference, found),
                    root);
        }
        return found.stream().findFirst();
    }
}

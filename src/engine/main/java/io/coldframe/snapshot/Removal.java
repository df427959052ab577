package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Whether a snapshot may go: nothing that lives may need it.
///
/// **Threads.** Under the lock of the store, so that what it finds stays so until it is gone.
record Removal(StorePaths paths) {

    /// Refuses if a living diff lies on the snapshot or a tag names it.
    void requireUnneeded(StoredSnapshot snapshot) throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        catalogue.requireAllKnown();
        UUID id = snapshot.manifest().id();
        refuse(snapshot.path(), "diffs that lie on it", names(catalogue.childrenOf(id)));
        refuse(snapshot.path(), "tags", new Tags(paths).of(id));
    }

    /// The same of a directory whose manifest can't be read, so that nobody knows its id.
    void requireUnneeded(Path broken) throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        catalogue.requireAllKnown();
        String name = broken.getFileName().toString();
        refuse(broken, "diffs that lie on it", names(catalogue.orphansOf(name)));
    }

    /// The snapshot in a directory; empty if its manifest is corrupt.
    ///
    /// @throws SnapshotException of kind `UNSUPPORTED` if a later release made it, `MISSING` if it
    ///     is no snapshot at all
    Optional<StoredSnapshot> find(Path directory) throws SnapshotException {
        try {
            return Optional.of(StoredSnapshot.read(directory));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.CORRUPT) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// Whether a name is that of a snapshot whose manifest is corrupt.
    boolean isBroken(String name) throws SnapshotException {
        if (!Names.isName(name) || !StorePaths.isDirectory(paths.snapshot(name))) {
            return false;
        }
        try {
            return find(paths.snapshot(name)).isEmpty();
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return false;
            }
            throw failure;
        }
    }

    /// The snapshot that a name or an id stands for.
    StoredSnapshot resolve(String reference) throws SnapshotException {
        if (Names.isName(reference) && new Tags(paths).exists(reference)) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.EXISTS,
                    "a tag: remove it, or delete the snapshot by its own name",
                    paths.tag(reference));
        }
        return new SnapshotOpener(paths).resolve(reference);
    }

    /// Deletes a snapshot that nothing needs.
    void delete(StoredSnapshot snapshot) throws SnapshotException {
        AtomicDirectory.remove(
                snapshot.path(),
                () -> {
                    if (!snapshot.isStillThere()) {
                        throw new SnapshotException(
                                Kind.MISSING,
                                "deleted or replaced meanwhile: " + snapshot,
                                snapshot.path());
                    }
                    requireUnneeded(snapshot);
                });
    }

    /// Deletes a directory whose manifest can't be read.
    void deleteBroken(Path directory) throws SnapshotException {
        AtomicDirectory.remove(
                directory,
                () -> {
                    if (find(directory).isPresent()) {
                        throw new SnapshotException(
                                Kind.CONFLICT,
                                Reason.MISMATCH,
                                "replaced meanwhile by a snapshot that is whole",
                                directory);
                    }
                    requireUnneeded(directory);
                });
    }

    private static List<String> names(List<StoredSnapshot> snapshots) {
        return snapshots.stream().map(StoredSnapshot::name).toList();
    }

    private static void refuse(Path path, String what, List<String> names)
            throws SnapshotException {
        if (!names.isEmpty()) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.BUSY,
                    "needed by %s: %s".formatted(what, String.join(", ", names)),
                    path);
        }
    }
}

package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.os.AllocatedBytes;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Whether a snapshot may go: nothing that lives may need it.
///
/// Nothing needs a layer snapshot, whatever was captured on it: who reads its layer finds it on the
/// shelf. Images are needed by the diffs and the layers that lie on them.
///
/// **Threads.** Under the lock of the store, so that what it finds stays so until it is gone.
record Removal(StorePaths paths) {

    /// Refuses if something that lives lies on the snapshot, or a tag names it.
    void requireUnneeded(StoredSnapshot snapshot) throws SnapshotException {
        UUID id = snapshot.manifest().id();
        if (snapshot.manifest().kind() != Manifest.Kind.LAYER) {
            Catalogue catalogue = Catalogue.of(paths);
            catalogue.requireAllKnown();
            List<StoredSnapshot> users = usersOf(catalogue, id);
            refuse(snapshot.path(), "diffs that lie on it", names(users, Manifest.Kind.DIFF));
            refuse(snapshot.path(), "layers that lie on it", names(users, Manifest.Kind.LAYER));
        }
        refuse(snapshot.path(), "tags", new Tags(paths).of(id));
    }

    /// The snapshots that can't be read without an image: diffs whose parent it is, and whatever
    /// layers have blocks of it.
    static List<StoredSnapshot> usersOf(Catalogue catalogue, UUID image) {
        return catalogue.readable().values().stream()
                .filter(stored -> isOn(stored.manifest(), image))
                .toList();
    }

    private static boolean isOn(Manifest manifest, UUID image) {
        return manifest.kind() == Manifest.Kind.LAYER
                ? manifest.memory().baseId().filter(image::equals).isPresent()
                : manifest.parent().map(Manifest.Parent::id).filter(image::equals).isPresent();
    }

    /// The same of a directory whose manifest can't be read, so that nobody knows its id.
    void requireUnneeded(Path broken) throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        catalogue.requireAllKnown();
        String name = broken.getFileName().toString();
        refuse(
                broken,
                "diffs that lie on it",
                names(catalogue.orphansOf(name), Manifest.Kind.DIFF));
        // A base is named by its id alone, so any image that nobody can read may be it.
        refuse(broken, "layers that may lie on it", withoutBase(catalogue));
    }

    private static List<String> withoutBase(Catalogue catalogue) {
        return catalogue.readable().values().stream()
                .filter(
                        stored ->
                                stored.manifest().memory().baseId().stream()
                                        .anyMatch(base -> catalogue.withId(base).isEmpty()))
                .map(StoredSnapshot::name)
                .toList();
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

    /// Deletes a snapshot that nothing needs, and what of its layer nobody else reads.
    void delete(StoredSnapshot snapshot) throws SnapshotException {
        deleteUnswept(snapshot);
        sweepAfter(snapshot.manifest().kind());
    }

    private void sweepAfter(Manifest.Kind kind) {
        if (kind == Manifest.Kind.LAYER) {
            // What is left is told by whoever asks for it: the snapshot is gone in any case.
            LayerSweep _ = new LayerShelf(paths).sweep();
        }
    }

    /// As [#delete], but a layer stays on the shelf, for whoever sweeps after many.
    void deleteUnswept(StoredSnapshot snapshot) throws SnapshotException {
        try {
            remove(snapshot, now -> new LayerShelf(paths).retire(now));
        } catch (SnapshotException full) {
            if (full.kind() != Kind.OUT_OF_SPACE || !snapshot.isStillThere()) {
                throw full;
            }
            deleteUnread(snapshot, full);
        }
    }

    /// On a disk without room for a second name of its layer: whoever deletes wants to make room,
    /// and a layer that nobody else reads is not to be kept.
    private void deleteUnread(StoredSnapshot snapshot, SnapshotException full)
            throws SnapshotException {
        if (!StorePaths.isDirectory(paths.layers())) {
            throw full;
        }
        Optional<LayerLease> lease = LayerLease.tryAlone(paths);
        if (lease.isEmpty()) {
            throw full;
        }
        try (LayerLease _ = lease.get()) {
            remove(
                    snapshot,
                    now -> {
                        if (isReadByOthers(now)) {
                            throw full;
                        }
                    });
        } finally {
            new LayerShelf(paths).sweepIfRefused();
        }
    }

    private boolean isReadByOthers(StoredSnapshot snapshot) throws SnapshotException {
        Manifest manifest = snapshot.manifest();
        LayerNeeds needs = LayerNeeds.of(paths, Catalogue.of(paths), Set.of(manifest.id()));
        return !needs.unknown().isEmpty()
                || manifest.memory().layerId().filter(needs.layers()::contains).isPresent();
    }

    /// What is done for the layer of a snapshot before that goes.
    @FunctionalInterface
    private interface LayerStep {
        void run(StoredSnapshot now) throws SnapshotException;
    }

    private void remove(StoredSnapshot snapshot, LayerStep layerStep) throws SnapshotException {
        AtomicDirectory.remove(
                snapshot.path(),
                () -> {
                    StoredSnapshot now = requireStillThere(snapshot);
                    requireUnneeded(now);
                    layerStep.run(now);
                });
    }

    /// The snapshot as it is now: a compaction may have given it another index.
    private static StoredSnapshot requireStillThere(StoredSnapshot snapshot)
            throws SnapshotException {
        if (!snapshot.isStillThere()) {
            throw new SnapshotException(
                    Kind.MISSING, "deleted or replaced meanwhile: " + snapshot, snapshot.path());
        }
        return StoredSnapshot.read(snapshot.path());
    }

    /// What a snapshot takes on the disk, as far as it is there still.
    ///
    /// @param withLayer whether the layer counts that lies there, and the index that says what is
    ///     in it. An index that has no layer beside it always counts: no other reads it.
    static long byteCount(StoredSnapshot stored, boolean withLayer) throws SnapshotException {
        boolean hasLayer = stored.manifest().memory().layerId().isPresent();
        long byteCount = 0;
        try {
            for (Path file : Catalogue.entries(stored.path())) {
                boolean isOfLayer =
                        hasLayer
                                && (file.equals(stored.part(StorePaths.INDEX))
                                        || file.equals(stored.part(StorePaths.LAYER)));
                if (withLayer || !isOfLayer) {
                    byteCount += AllocatedBytes.of(file);
                }
            }
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
        }
        return byteCount;
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
                    new LayerShelf(paths).retireBroken(directory);
                });
        sweepAfter(Manifest.Kind.LAYER);
    }

    private static List<String> names(List<StoredSnapshot> snapshots, Manifest.Kind kind) {
        return snapshots.stream()
                .filter(stored -> stored.manifest().kind() == kind)
                .map(StoredSnapshot::name)
                .toList();
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

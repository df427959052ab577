package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// The place of a snapshot that is to be saved, and what lies there already.
///
/// It is looked at twice: first without the lock of the store, so that nobody writes gigabytes in
/// vain, and then under it, where it counts.
///
/// **Threads.** One.
final class SaveTarget {

    private final StorePaths paths;
    private final SnapshotRequest request;
    private final Path path;
    private boolean hasRetired;

    SaveTarget(StorePaths paths, SnapshotRequest request) {
        this.paths = paths;
        this.request = request;
        this.path = paths.snapshot(request.name());
    }

    Path path() {
        return path;
    }

    /// Refuses if the name is a tag's, or something needs what is replaced.
    ///
    /// @param needed the image snapshot that the new one needs, which it can't replace
    void check(Optional<UUID> needed) throws SnapshotException {
        find(needed);
    }

    /// As [#check], under the lock of the store and with everything written: what is replaced by
    /// the commit that follows keeps its layer for those who read it.
    void checkAtCommit(Optional<UUID> needed) throws SnapshotException {
        Optional<StoredSnapshot> replaced = find(needed);
        if (replaced.isPresent()) {
            new LayerShelf(paths).retire(replaced.get());
            hasRetired = true;
        } else if (StorePaths.isDirectory(path)) {
            // Its manifest is broken, which nobody needs who reads its layer.
            new LayerShelf(paths).retireBroken(path);
            hasRetired = true;
        }
    }

    /// Lets go what nobody needs any more after the commit, and what can't go now later.
    void afterCommit() {
        if (hasRetired) {
            new LayerShelf(paths).sweep();
        }
    }

    private Optional<StoredSnapshot> find(Optional<UUID> needed) throws SnapshotException {
        if (new Tags(paths).exists(request.name())) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.EXISTS, "there is a tag of this name", path);
        }
        if (!StorePaths.isDirectory(path)) {
            return Optional.empty();
        }
        if (request.onExisting() == OnExisting.REFUSE) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.EXISTS, "there is a snapshot of this name", path);
        }
        Removal removal = new Removal(paths);
        Optional<StoredSnapshot> replaced = findReplaced(removal);
        if (replaced.isEmpty()) {
            removal.requireUnneeded(path);
            return replaced;
        }
        removal.requireUnneeded(replaced.get());
        if (needed.isPresent() && needed.get().equals(replaced.get().manifest().id())) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.EXISTS,
                    "a snapshot can't replace the image that it lies on",
                    path);
        }
        return replaced;
    }

    /// What would be replaced; empty if nobody can read it any more.
    private Optional<StoredSnapshot> findReplaced(Removal removal) throws SnapshotException {
        try {
            return removal.find(path);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                throw new SnapshotException(
                        Kind.CONFLICT,
                        Reason.EXISTS,
                        "a directory is in the way that is no snapshot",
                        path,
                        failure);
            }
            throw failure;
        }
    }

    /// Refuses to lie on what was taken away.
    void requireStillThere(StoredSnapshot parent) throws SnapshotException {
        if (!parent.isStillThere()) {
            throw gone("its parent %s (%s)".formatted(parent.name(), parent.manifest().id()));
        }
    }

    /// Refuses a parent whose memory lies elsewhere.
    void requireLayoutOf(StoredSnapshot parent) {
        Manifest manifest = parent.manifest();
        if (!manifest.memory().layout().equals(request.layout())) {
            throw new IllegalArgumentException(
                    "memory of %s, and the parent %s has %s: %s and %s"
                            .formatted(
                                    request.layout(),
                                    parent.name(),
                                    manifest.memory().layout(),
                                    request.layout().regions(),
                                    manifest.memory().layout().regions()));
        }
    }

    SnapshotException gone(String what) {
        return new SnapshotException(
                Kind.CONFLICT, Reason.MISMATCH, what + " was deleted or replaced meanwhile", path);
    }
}

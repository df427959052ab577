package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.LayerIndex;

import java.util.Optional;
import java.util.UUID;

/// Finds snapshots, and opens them while others may replace, compact or delete them.
record SnapshotOpener(StorePaths paths) {

    // Each round is lost to a commit, which takes an fsync and a rename. Whoever loses this many is
    // not in a race, but looks at a name that never stands still.
    private static final int ATTEMPT_COUNT_MAX = 1000;

    /// The snapshot that a reference names: by its name, by a tag, or by its id.
    StoredSnapshot resolve(String reference) throws SnapshotException {
        Optional<StoredSnapshot> named = named(reference);
        if (named.isPresent()) {
            return named.get();
        }
        Tags tags = new Tags(paths);
        Optional<UUID> tagged = Names.isName(reference) ? tags.find(reference) : Optional.empty();
        if (tagged.isPresent()) {
            UUID id = tagged.get();
            return Catalogue.of(paths)
                    .withId(id)
                    .orElseThrow(() -> missing("tag %s is of %s, which".formatted(reference, id)));
        }
        return Catalogue.of(paths)
                .withIdLike(reference, paths.root())
                .orElseThrow(() -> missing("snapshot \"" + reference + "\""));
    }

    private Optional<StoredSnapshot> named(String name) throws SnapshotException {
        if (!Names.isName(name) || !StorePaths.isDirectory(paths.snapshot(name))) {
            return Optional.empty();
        }
        try {
            return Optional.of(StoredSnapshot.read(paths.snapshot(name)));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private SnapshotException missing(String what) {
        return new SnapshotException(Kind.MISSING, what + " is not there", paths.root());
    }

    /// Opens what a reference names, and all that it needs.
    Snapshot open(String reference) throws SnapshotException {
        for (int attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt++) {
            Optional<Snapshot> opened = new OpeningAttempt(this, resolve(reference)).open();
            if (opened.isPresent()) {
                return opened.get();
            }
        }
        throw busy(reference);
    }

    /// The index of a layer snapshot, without its layers; the caller closes it.
    LayerIndex index(String reference) throws SnapshotException {
        for (int attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt++) {
            StoredSnapshot stored = resolve(reference);
            try {
                // Whatever lies there, the digest says that it is the one of this manifest.
                return LayerPart.index(stored);
            } catch (SnapshotException failure) {
                if (isUnchanged(stored)) {
                    throw failure;
                }
            }
        }
        throw busy(reference);
    }

    /// Whether a failure to read a snapshot is its own, and none of something that was taken away
    /// under the reader.
    static boolean isUnchanged(StoredSnapshot stored) {
        try {
            return stored.isUnchanged();
        } catch (SnapshotException broken) {
            // The first failure says what is wrong.
            return true;
        }
    }

    private SnapshotException busy(String reference) {
        return new SnapshotException(
                Kind.CONFLICT,
                Reason.BUSY,
                "%s was replaced %d times while it was opened"
                        .formatted(reference, ATTEMPT_COUNT_MAX),
                paths.root());
    }

    /// What is done with a snapshot that may be broken, which then fails.
    @FunctionalInterface
    interface Use<T> {
        T of(StoredSnapshot stored) throws SnapshotException;
    }

    /// Uses what a diff lies on, and if that is corrupt, a copy of it in another directory.
    ///
    /// @throws SnapshotException of the first one if all of them are corrupt
    <T> T firstWhole(StoredSnapshot child, Use<T> use) throws SnapshotException {
        return firstWholeOf(parentOf(child), use);
    }

    /// As the other, with the image snapshot whose bytes a layer snapshot shows.
    <T> T firstWholeBase(StoredSnapshot child, UUID base, Use<T> use) throws SnapshotException {
        return firstWholeOf(baseOf(child, base), use);
    }

    private <T> T firstWholeOf(StoredSnapshot first, Use<T> use) throws SnapshotException {
        try {
            return use.of(first);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.CORRUPT) {
                for (StoredSnapshot copy : Catalogue.of(paths).copiesOf(first)) {
                    try {
                        return use.of(copy);
                    } catch (SnapshotException alsoBroken) {
                        failure.addSuppressed(alsoBroken);
                    }
                }
            }
            throw failure;
        }
    }

    /// What a diff lies on: by the name that its manifest says, and if that has come to mean
    /// another snapshot, wherever the id is.
    StoredSnapshot parentOf(StoredSnapshot child) throws SnapshotException {
        Manifest.Parent parent = child.manifest().parent().orElseThrow();
        return needed(child, "parent", parent.id(), parent.name());
    }

    /// The image snapshot that another one needs.
    StoredSnapshot belowOf(StoredSnapshot child) throws SnapshotException {
        return child.manifest().kind() == Manifest.Kind.LAYER
                ? baseOf(child, child.manifest().memory().baseId().orElseThrow())
                : parentOf(child);
    }

    private StoredSnapshot baseOf(StoredSnapshot child, UUID base) throws SnapshotException {
        // Mostly the base is the parent of the first layer, and called as that remembers.
        String name = child.manifest().parent().map(Manifest.Parent::name).orElse("");
        return needed(child, "base", base, name);
    }

    private StoredSnapshot needed(StoredSnapshot child, String what, UUID id, String name)
            throws SnapshotException {
        Optional<StoredSnapshot> named =
                namedOrNone(name).filter(found -> found.manifest().id().equals(id));
        if (named.isPresent()) {
            return named.get();
        }
        Catalogue catalogue = Catalogue.of(paths);
        Optional<StoredSnapshot> found = catalogue.withId(id);
        if (found.isPresent()) {
            return found.get();
        }
        // One that can't be read here or now may be it.
        var unknown = catalogue.unknown();
        if (unknown.isPresent()) {
            SnapshotException why = unknown.get().getValue();
            throw new SnapshotException(
                    why.kind(),
                    why.reason(),
                    "its %s %s (%s) may be one that can't be read here: %s"
                            .formatted(what, name, id, why.getMessage()),
                    child.part(StorePaths.MANIFEST),
                    why);
        }
        throw new SnapshotException(
                Kind.CORRUPT,
                Reason.MISMATCH,
                "its %s %s (%s) is not in the store".formatted(what, name, id),
                child.part(StorePaths.MANIFEST));
    }

    private Optional<StoredSnapshot> namedOrNone(String name) {
        try {
            return named(name);
        } catch (SnapshotException broken) {
            return Optional.empty();
        }
    }
}

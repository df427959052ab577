package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.os.Failures;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Finds snapshots, and opens them while others may replace or delete them.
///
/// The files of a snapshot are opened one after another by their paths, and meanwhile another
/// process may put another snapshot there. An id is given once. So: read the manifest, open the
/// rest, read the manifest again; if its id is the same, everything in between came from one
/// directory. If not, begin anew.
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

    /// Opens what a reference names, and all that it lies on.
    Snapshot open(String reference) throws SnapshotException {
        for (int attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt++) {
            Optional<Snapshot> opened = tryOpen(resolve(reference));
            if (opened.isPresent()) {
                return opened.get();
            }
        }
        throw new SnapshotException(
                Kind.CONFLICT,
                Reason.BUSY,
                "%s was replaced %d times while it was opened"
                        .formatted(reference, ATTEMPT_COUNT_MAX),
                paths.root());
    }

    /// Opens a chain, unless a part of it is replaced or deleted meanwhile.
    private Optional<Snapshot> tryOpen(StoredSnapshot newest) throws SnapshotException {
        List<StoredSnapshot> visited = new ArrayList<>();
        List<OpenedLink> links = new ArrayList<>();
        try {
            FileChannel state = openState(newest);
            try {
                visited.add(newest);
                links.add(OpenedLink.open(newest));
                while (links.getLast().stored().manifest().parent().isPresent()) {
                    OpenedLink parent =
                            firstWhole(
                                    links.getLast().stored(),
                                    stored -> {
                                        visited.add(stored);
                                        return OpenedLink.open(stored);
                                    });
                    links.add(parent);
                    links.get(links.size() - 2).requireOn(parent);
                }
                if (areStillThere(visited)) {
                    return Optional.of(new Snapshot(links, state));
                }
            } catch (Throwable failure) {
                Failures.closeAfter(failure, state);
                throw failure;
            }
            closeQuietly(state);
            links.forEach(OpenedLink::close);
            return Optional.empty();
        } catch (Throwable failure) {
            links.forEach(link -> Failures.closeAfter(failure, link));
            if (failure instanceof SnapshotException && hasChanged(newest, visited)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static FileChannel openState(StoredSnapshot newest) throws SnapshotException {
        Path file = newest.part(StorePaths.STATE);
        try {
            return PartFile.open(file);
        } catch (SnapshotException failure) {
            throw OpenedLink.missingIsCorrupt(failure, file);
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It was only read.
        }
    }

    private static boolean areStillThere(List<StoredSnapshot> snapshots) throws SnapshotException {
        for (StoredSnapshot snapshot : snapshots) {
            if (!snapshot.isStillThere()) {
                return false;
            }
        }
        return true;
    }

    /// Whether a failure may be that of a snapshot which was taken away under the reader.
    private static boolean hasChanged(StoredSnapshot newest, List<StoredSnapshot> visited) {
        try {
            return !newest.isStillThere() || !areStillThere(visited);
        } catch (SnapshotException broken) {
            // The first failure says what is wrong.
            return false;
        }
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
        StoredSnapshot parent = parentOf(child);
        try {
            return use.of(parent);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.CORRUPT) {
                for (StoredSnapshot copy : Catalogue.of(paths).copiesOf(parent)) {
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
        Optional<StoredSnapshot> named =
                namedOrNone(parent.name())
                        .filter(found -> found.manifest().id().equals(parent.id()));
        if (named.isPresent()) {
            return named.get();
        }
        Catalogue catalogue = Catalogue.of(paths);
        Optional<StoredSnapshot> found = catalogue.withId(parent.id());
        if (found.isPresent()) {
            return found.get();
        }
        // One that can't be read here or now may be the parent.
        var unknown = catalogue.unknown();
        if (unknown.isPresent()) {
            SnapshotException why = unknown.get().getValue();
            throw new SnapshotException(
                    why.kind(),
                    why.reason(),
                    "its parent %s (%s) may be one that can't be read here: %s"
                            .formatted(parent.name(), parent.id(), why.getMessage()),
                    child.part(StorePaths.MANIFEST),
                    why);
        }
        throw new SnapshotException(
                Kind.CORRUPT,
                Reason.MISMATCH,
                "its parent %s (%s) is not in the store".formatted(parent.name(), parent.id()),
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

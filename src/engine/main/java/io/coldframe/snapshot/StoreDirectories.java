package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicFile;
import io.coldframe.image.CommitCheck;
import io.coldframe.image.OnExisting;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Making the directories of a store, and telling a store from another directory.
///
/// A store is a directory with a marker: so no command that removes or moves what does not belong
/// in a store can be let loose on a directory that is none.
final class StoreDirectories {

    private static final String MARKER_TEXT = "coldframe store 1\n";
    private static final int MARKER_BYTES_MAX = 64;

    // On a disk with gigabytes in its queue an fsync takes seconds.
    private static final long WAIT_NS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long WAIT_STEP_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private StoreDirectories() {}

    /// Makes a store where there is nothing, or an empty directory.
    static void create(StorePaths paths) throws SnapshotException {
        unlessOthersDo(() -> createMarked(paths), () -> isMarked(paths));
    }

    private static void createMarked(StorePaths paths) throws SnapshotException {
        byte[] marker = MARKER_TEXT.getBytes(StandardCharsets.US_ASCII);
        if (StorePaths.isDirectory(paths.root())) {
            requireNothingIn(paths);
            try (AtomicFile file = AtomicFile.create(paths.marker(), OnExisting.REFUSE)) {
                file.write(marker);
                file.commit();
            }
        } else {
            try (AtomicDirectory directory =
                    AtomicDirectory.create(paths.root(), OnExisting.REFUSE)) {
                directory.write(StorePaths.MARKER, marker);
                directory.commit();
            }
        }
    }

    private static void requireNothingIn(StorePaths paths) throws SnapshotException {
        for (Path entry : Catalogue.entries(paths.root())) {
            // The draft of a marker is not for anybody to keep.
            if (!entry.getFileName().toString().startsWith("." + StorePaths.MARKER + ".")) {
                throw new SnapshotException(
                        Kind.CONFLICT,
                        Reason.EXISTS,
                        "no store, and not empty: it holds " + entry.getFileName(),
                        paths.root());
            }
        }
    }

    static boolean isMarked(StorePaths paths) {
        return Files.exists(paths.marker(), LinkOption.NOFOLLOW_LINKS);
    }

    /// Refuses a directory that is no store.
    static void requireStore(StorePaths paths) throws SnapshotException {
        if (!Files.isDirectory(paths.root())) {
            throw new SnapshotException(Kind.MISSING, "there is no such directory", paths.root());
        }
        if (!isMarked(paths)) {
            throw new SnapshotException(
                    Kind.MISSING,
                    "not a store: there is no " + StorePaths.MARKER + " in it",
                    paths.root());
        }
        byte[] bytes = PartFile.read(paths.marker(), MARKER_BYTES_MAX);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.equals(MARKER_TEXT)) {
            boolean isOther = text.matches("coldframe store [0-9]{1,9}\n");
            throw new SnapshotException(
                    isOther ? Kind.UNSUPPORTED : Kind.CORRUPT,
                    isOther ? Reason.VERSION : Reason.ENCODING,
                    isOther
                            ? "a store of another release: " + text.strip()
                            : "not the marker of a store, in %d bytes".formatted(bytes.length),
                    paths.marker());
        }
    }

    /// Makes a directory that is not there yet, durably.
    static void ensure(Path directory) throws SnapshotException {
        if (StorePaths.isDirectory(directory)) {
            return;
        }
        unlessOthersDo(
                () -> {
                    try (AtomicDirectory draft =
                            AtomicDirectory.create(directory, OnExisting.REFUSE)) {
                        draft.commit();
                    }
                },
                () -> StorePaths.isDirectory(directory));
    }

    /// Makes something that several processes may want to make at once: whoever is second waits for
    /// the first, who takes an fsync or two.
    private static void unlessOthersDo(CommitCheck making, BooleanSupplier isMade)
            throws SnapshotException {
        long startNs = System.nanoTime();
        while (true) {
            try {
                making.run();
                return;
            } catch (SnapshotException failure) {
                if (isMade.getAsBoolean()) {
                    return;
                }
                boolean isBusy = failure.reason() == Reason.BUSY;
                if (!isBusy || System.nanoTime() - startNs > WAIT_NS_MAX) {
                    throw failure;
                }
                LockSupport.parkNanos(WAIT_STEP_NS);
            }
        }
    }

    /// An absolute path without links, so that two stores of one directory are equal.
    static StorePaths paths(Path directory) throws SnapshotException {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            return new StorePaths(Files.exists(absolute) ? absolute.toRealPath() : absolute);
        } catch (IOException failure) {
            throw PartFile.failure(absolute, failure);
        }
    }
}

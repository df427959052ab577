package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Optional;

/// A directory that is held open while it is read by its path, so that a reader learns whether
/// somebody has replaced it meanwhile, and reads again instead of mixing two.
///
/// **Lifetime.** Owns the descriptor.
///
/// **Threads.** One.
final class PinnedDirectory implements AutoCloseable {

    // A replacing save takes milliseconds at least, a reading microseconds to milliseconds: whoever
    // loses this often is not racing, but looking at a directory that never stands still.
    private static final int ATTEMPTS_MAX = 1000;

    private final Path path;
    private final DirectoryStream<Path> opened;
    private final Optional<FileIdentity> identity;

    private PinnedDirectory(
            Path path, DirectoryStream<Path> opened, Optional<FileIdentity> identity) {
        this.path = path;
        this.opened = opened;
        this.identity = identity;
    }

    /// What reads a directory by its path.
    @FunctionalInterface
    interface Reading<T> {
        T read() throws SnapshotException;
    }

    /// What is done with a result that turns out to be of two directories.
    @FunctionalInterface
    interface Discarding<T> {
        void discard(T result);
    }

    /// The result of a reading during which the path named one and the same directory. A failure
    /// of a reading counts only then, too.
    static <T> T read(Path path, Reading<T> reading, Discarding<T> discarding)
            throws SnapshotException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            try (PinnedDirectory pinned = open(path)) {
                T result;
                try {
                    result = reading.read();
                } catch (SnapshotException failure) {
                    if (pinned.isStillNamed()) {
                        throw failure;
                    }
                    continue;
                }
                if (pinned.isStillNamed()) {
                    return result;
                }
                discarding.discard(result);
            }
        }
        throw new SnapshotException(
                Kind.CONFLICT,
                Reason.BUSY,
                "replaced %d times while it was read".formatted(ATTEMPTS_MAX),
                path);
    }

    @SuppressWarnings("StreamResourceLeak") // The result owns it.
    static PinnedDirectory open(Path path) throws SnapshotException {
        try {
            DirectoryStream<Path> opened = Files.newDirectoryStream(path);
            return new PinnedDirectory(path, opened, identity(opened, path));
        } catch (NoSuchFileException gone) {
            throw FileIdentity.missing("directory", path);
        } catch (NotDirectoryException other) {
            throw new SnapshotException(Kind.MISSING, "not a directory", path, other);
        } catch (SnapshotException failure) {
            throw failure;
        } catch (IOException failure) {
            throw FileIdentity.unreadable(path, failure);
        }
    }

    /// Of the opened directory itself where the platform can tell, and otherwise of what the path
    /// names right after the opening.
    private static Optional<FileIdentity> identity(DirectoryStream<Path> opened, Path path)
            throws IOException {
        if (opened instanceof SecureDirectoryStream<Path> secure) {
            BasicFileAttributeView view = secure.getFileAttributeView(BasicFileAttributeView.class);
            return Optional.of(FileIdentity.of(view.readAttributes(), path));
        }
        return FileIdentity.of(path);
    }

    /// Whether the path still means this directory.
    boolean isStillNamed() throws SnapshotException {
        return FileIdentity.of(path).equals(identity);
    }

    @Override
    public void close() {
        try {
            opened.close();
        } catch (IOException ignored) {
            // It was only read.
        }
    }
}

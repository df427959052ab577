package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.os.Failures;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// A small file that was read whole, and is held open so that whether its name still means it can
/// be asked later.
///
/// **Lifetime.** Owns the descriptor.
///
/// **Threads.** One.
final class StateFile implements AutoCloseable {

    // Each attempt is lost to a whole commit of somebody else.
    private static final int ATTEMPTS_MAX = 1000;

    private final Path path;
    private final FileChannel channel;
    private final FileIdentity identity;
    private final byte[] bytes;

    private StateFile(Path path, FileChannel channel, FileIdentity identity, byte[] bytes) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
        this.bytes = bytes;
    }

    /// The bytes of a file of at most `byteCountMax`.
    static byte[] read(Path path, String what, int byteCountMax) throws SnapshotException {
        try (StateFile file = open(path, what, byteCountMax)) {
            return file.bytes();
        }
    }

    /// Reads a file of at most `byteCountMax` bytes, and keeps it open.
    ///
    /// @param what it is, for the message when there is none
    static StateFile open(Path path, String what, int byteCountMax) throws SnapshotException {
        try {
            for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
                FileIdentity before = identityOfRegular(path);
                FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                try {
                    // The name may have come to mean another file before the opening.
                    if (FileIdentity.of(path).equals(Optional.of(before))) {
                        byte[] bytes = read(channel, path, byteCountMax);
                        return new StateFile(path, channel, before, bytes);
                    }
                    channel.close();
                } catch (Throwable failure) {
                    Failures.closeAfter(failure, channel);
                    throw failure;
                }
            }
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.BUSY,
                    "replaced %d times while it was opened".formatted(ATTEMPTS_MAX),
                    path);
        } catch (NoSuchFileException gone) {
            throw FileIdentity.missing(what, path);
        } catch (SnapshotException failure) {
            throw failure;
        } catch (IOException failure) {
            throw FileIdentity.unreadable(path, failure);
        }
    }

    /// The file itself, if the path is a link to one: a pair is read through links, and a state is
    /// not.
    static Path behindLinks(Path path) throws SnapshotException {
        if (!Files.isSymbolicLink(path)) {
            return path;
        }
        try {
            return path.toRealPath();
        } catch (NoSuchFileException gone) {
            throw FileIdentity.missing("state file behind the link", path);
        } catch (IOException failure) {
            throw FileIdentity.unreadable(path, failure);
        }
    }

    private static FileIdentity identityOfRegular(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        // The opening of a pipe would wait for its other end.
        if (!attributes.isRegularFile()) {
            throw new SnapshotException(Kind.UNSUPPORTED, "not a regular file", path);
        }
        return FileIdentity.of(attributes, path);
    }

    private static byte[] read(FileChannel channel, Path path, int byteCountMax)
            throws IOException {
        long byteCount = channel.size();
        if (byteCount > byteCountMax) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.TOO_LARGE,
                    "%d bytes, and %d is the limit".formatted(byteCount, byteCountMax),
                    path);
        }
        ByteBuffer into = ByteBuffer.allocate(Math.toIntExact(byteCount));
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new SnapshotException(
                        Kind.CORRUPT,
                        Reason.TOO_SHORT,
                        "cut to %d bytes while it was read, from %d"
                                .formatted(into.position(), byteCount),
                        path);
            }
        }
        return into.array();
    }

    byte[] bytes() {
        return bytes;
    }

    /// Whether the path still means this file.
    boolean isStillNamed() throws SnapshotException {
        return FileIdentity.of(path).equals(Optional.of(identity));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It was only read.
        }
    }
}

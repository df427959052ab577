package io.coldframe.os;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.FileStatus;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A regular file that is read by offset. It is never mapped: a file that is cut while it is read
/// is an exception here, and nothing worse.
///
/// **Lifetime.** Owns a descriptor, so the file is the one that was opened, whatever becomes of its
/// name. When it is closed, whatever would read it throws [IllegalStateException].
///
/// **Threads.** Any; [#close()] once, by the owner, when nobody reads any more.
public final class ReadFile implements AutoCloseable {
    // O_NONBLOCK, or the opening of a pipe would wait for its other end.
    private static final int FLAGS = Abi.O_RDONLY | Abi.O_CLOEXEC | Abi.O_NOFOLLOW | Abi.O_NONBLOCK;

    private final FileCalls calls;
    private final Path path;
    private final int fd;
    private final long byteCount;
    private volatile boolean closed;

    private ReadFile(FileCalls calls, Path path, int fd, long byteCount) {
        this.calls = calls;
        this.path = path;
        this.fd = fd;
        this.byteCount = byteCount;
    }

    /// Opens a file. A final symbolic link is refused: whoever trusts it resolves it.
    ///
    /// @throws SnapshotException of kind `MISSING` if it is not there, of kind `UNSUPPORTED` if it
    ///     is not a regular file
    public static ReadFile open(FileCalls calls, Path path) throws SnapshotException {
        int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0));
        Syscalls.check(fd, "open", path);
        try {
            return new ReadFile(calls, path, fd, byteCount(calls, fd, path));
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    /// Whether a file can't be opened now because this process, or the host, has too many open: to
    /// be asked when it could not be opened.
    public static boolean isOutOfDescriptors(FileCalls calls, Path path) {
        int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0));
        if (fd >= 0) {
            calls.close(fd);
        }
        return fd == -Errno.EMFILE || fd == -Errno.ENFILE;
    }

    private static long byteCount(FileCalls calls, int fd, Path path) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Syscalls.check(calls.fstat(fd, status), "fstat", path);
            if (!status.is(Abi.S_IFREG)) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        "not a regular file: mode 0%o".formatted(status.mode()),
                        path);
            }
            return status.byteCount();
        }
    }

    /// How long it was when it was opened.
    public long byteCount() {
        return byteCount;
    }

    /// The file, as it was named when it was opened.
    public Path path() {
        return path;
    }

    /// The number of the descriptor, which may be another file's when this one is closed.
    public int descriptor() {
        requireOpen();
        return fd;
    }

    /// Refuses if it is closed.
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed: " + path);
        }
    }

    /// Refuses a file that was opened with another length.
    ///
    /// @param expected the length that it must have
    /// @param owner what has that length, for the message
    public void requireLength(long expected, String owner) throws SnapshotException {
        Transfers.requireLength(byteCount, expected, owner, path);
    }

    /// The unit in which the file system likes the file to be read: where it is larger than a page,
    /// holes may be no finer.
    public long preferredByteCount() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Syscalls.check(calls.fstat(fd, status), "fstat", path);
            return status.preferredByteCount();
        }
    }

    /// Fills a native segment with what the file has from an offset on.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if the file ends before
    public void read(long fileOffset, MemorySegment target) throws SnapshotException {
        Transfers.readFully(calls, descriptor(), target, fileOffset, path);
    }

    /// The first byte at or after an offset that is not in a hole, or the length. Where the file
    /// system does not tell, there are no holes.
    public long nextData(long fromOffset) throws SnapshotException {
        return seek(fromOffset, Abi.SEEK_DATA, "lseek(SEEK_DATA)", fromOffset);
    }

    /// The first byte at or after an offset that is in a hole, or the length.
    public long nextHole(long fromOffset) throws SnapshotException {
        return seek(fromOffset, Abi.SEEK_HOLE, "lseek(SEEK_HOLE)", byteCount);
    }

    private long seek(long fromOffset, int whence, String call, long whereUnknown)
            throws SnapshotException {
        long found;
        do {
            found = calls.lseek(fd, fromOffset, whence);
        } while (found == -Errno.EINTR);
        if (found == -Errno.ENXIO) {
            return byteCount;
        }
        if (found == -Errno.EINVAL || found == -Errno.EOPNOTSUPP) {
            return whereUnknown;
        }
        Syscalls.check(found, call + " from offset " + fromOffset, path);
        return Math.min(found, byteCount);
    }

    /// Refuses a file that has not the length any more that it had.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if that is so
    public void requireSameLength() throws SnapshotException {
        long found = byteCount(calls, fd, path);
        if (found != byteCount) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    "the file has %d bytes by now, and had %d".formatted(found, byteCount),
                    path);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            // It was only read.
            calls.close(fd);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

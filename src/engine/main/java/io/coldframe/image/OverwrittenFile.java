package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.FileStatus;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;
import io.coldframe.os.Transfers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// An image that is changed in place: what becomes zero becomes a hole, where the file system can
/// make one.
///
/// **Lifetime.** Owns a descriptor, and the lock of the file while that is open.
///
/// **Threads.** Any, each in a range of its own; the rest one at a time.
final class OverwrittenFile implements RestoreTarget, AutoCloseable {
    private static final int FLAGS = Abi.O_RDWR | Abi.O_NOFOLLOW | Abi.O_NONBLOCK | Abi.O_CLOEXEC;
    private static final int PUNCH = Abi.FALLOC_FL_PUNCH_HOLE | Abi.FALLOC_FL_KEEP_SIZE;

    private static final long ZEROS_BYTES = 64 << 10;

    private final FileCalls calls;
    private final Path path;
    private final int fd;
    private final Arena arena;
    private final MemorySegment zeros;

    private OverwrittenFile(FileCalls calls, Path path, int fd, Arena arena, MemorySegment zeros) {
        this.calls = calls;
        this.path = path;
        this.fd = fd;
        this.arena = arena;
        this.zeros = zeros;
    }

    /// Opens the file, if nobody else changes it.
    ///
    /// @param byteCount the length that it must have
    static OverwrittenFile open(Path path, long byteCount) throws SnapshotException {
        FileCalls calls = FileCalls.current();
        Arena arena = Arena.ofShared();
        try {
            MemorySegment zeros = arena.allocate(ZEROS_BYTES);
            int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0));
            Syscalls.check(fd, "open", path);
            OverwrittenFile file = new OverwrittenFile(calls, path, fd, arena, zeros);
            file.requireOurs(byteCount);
            return file;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    /// Closes the descriptor of a file that is refused.
    private void requireOurs(long byteCount) throws SnapshotException {
        try {
            requireImage(byteCount);
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    private void requireImage(long byteCount) throws SnapshotException {
        long found;
        try (Arena call = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(call);
            Syscalls.check(calls.fstat(fd, status), "fstat", path);
            requireFile(status);
            found = status.byteCount();
        }
        int locked = Syscalls.retried(() -> calls.flock(fd, Abi.LOCK_EX | Abi.LOCK_NB));
        if (locked == -Errno.EAGAIN) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.BUSY, "somebody else has locked it", path);
        }
        Syscalls.check(locked, "flock", path);
        Transfers.requireLength(found, byteCount, "image", path);
    }

    /// Refuses what is no file, and what has another name: under that it may be part of a snapshot.
    private void requireFile(FileStatus status) throws SnapshotException {
        if (!status.is(Abi.S_IFREG)) {
            throw new SnapshotException(Kind.UNSUPPORTED, "not a regular file", path);
        }
        if (status.linkCount() > 1) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    "the file has %d names, and would change under each: copy it"
                            .formatted(status.linkCount()),
                    path);
        }
    }

    @Override
    public void data(long imageOffset, MemorySegment bytes) throws SnapshotException {
        Transfers.writeFully(calls, fd, bytes, imageOffset, path);
    }

    @Override
    public long zeros(long imageOffset, long byteCount) throws SnapshotException {
        int result = Syscalls.retried(() -> calls.fallocate(fd, PUNCH, imageOffset, byteCount));
        if (result == -Errno.EOPNOTSUPP || result == -Errno.ENOSYS || result == -Errno.EINVAL) {
            for (long at = 0; at < byteCount; at += ZEROS_BYTES) {
                long length = Math.min(ZEROS_BYTES, byteCount - at);
                data(imageOffset + at, zeros.asSlice(0, length));
            }
        } else if (result < 0) {
            throw Syscalls.failure(
                    result,
                    "fallocate(PUNCH_HOLE) of %d bytes at offset %d"
                            .formatted(byteCount, imageOffset),
                    path);
        }
        return byteCount;
    }

    /// Makes everything written durable.
    void sync() throws SnapshotException {
        Syscalls.check(calls.fsync(fd), "fsync", path);
    }

    @Override
    public void close() {
        calls.close(fd);
        arena.close();
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.FileStatus;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;
import io.coldframe.os.Transfers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The blocks of a layer that is not whole yet, maybe begun by a run that was interrupted.
///
/// It is written only while it has a single name: with a second one it may be part of something
/// that is committed, and another file takes its place.
///
/// **Lifetime.** Owns the descriptor, and not the name.
///
/// **Threads.** [#readAt] and [#writeAt] from any.
final class PartialLayer implements AutoCloseable {
    private static final int FLAGS = Abi.O_RDWR | Abi.O_CREAT | Abi.O_NOFOLLOW | Abi.O_CLOEXEC;

    private final FileCalls calls;
    private final Path path;
    private final int fd;
    private final long byteCount;

    private PartialLayer(FileCalls calls, Path path, int fd, long byteCount) {
        this.calls = calls;
        this.path = path;
        this.fd = fd;
        this.byteCount = byteCount;
    }

    /// Opens what is there, or begins anew.
    static PartialLayer open(Path path) throws SnapshotException {
        FileCalls calls = FileCalls.current();
        int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0600));
        Syscalls.check(fd, "open", path);
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = status(calls, fd, path, arena);
            if (status.linkCount() == 1) {
                return new PartialLayer(calls, path, fd, status.byteCount());
            }
        } catch (Throwable failure) {
            Failures.closeAfter(failure, () -> calls.close(fd));
            throw failure;
        }
        calls.close(fd);
        Syscalls.check(calls.unlink(path), "unlink", path);
        int fresh = Syscalls.retried(() -> calls.open(path, FLAGS | Abi.O_EXCL, 0600));
        Syscalls.check(fresh, "open", path);
        return new PartialLayer(calls, path, fresh, 0);
    }

    private static FileStatus status(FileCalls calls, int fd, Path path, Arena arena)
            throws SnapshotException {
        FileStatus status = FileStatus.in(arena);
        Syscalls.check(calls.fstat(fd, status), "fstat", path);
        if (!status.is(Abi.S_IFREG)) {
            throw new SnapshotException(Kind.CONFLICT, "not a file", path);
        }
        return status;
    }

    /// How long it was when it was opened.
    long byteCount() {
        return byteCount;
    }

    /// Cuts what is too much, or makes room.
    void setLength(long newByteCount) throws SnapshotException {
        int result = Syscalls.retried(() -> calls.ftruncate(fd, newByteCount));
        Syscalls.check(result, "ftruncate to %d bytes".formatted(newByteCount), path);
    }

    void readAt(long fileOffset, MemorySegment target) throws SnapshotException {
        Transfers.readFully(calls, fd, target, fileOffset, path);
    }

    void writeAt(MemorySegment bytes, long fileOffset) throws SnapshotException {
        Transfers.writeFully(calls, fd, bytes, fileOffset, path);
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}

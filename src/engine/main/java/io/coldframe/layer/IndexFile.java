package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.FileStatus;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The file of an index, read and not mapped: what somebody cuts while it is read is an exception
/// then, and not a fault.
///
/// **Lifetime.** Owns a descriptor.
///
/// **Threads.** Any.
final class IndexFile implements AutoCloseable {

    // O_NONBLOCK, or the opening of a pipe would wait for its other end.
    private static final int FLAGS = Abi.O_RDONLY | Abi.O_NOFOLLOW | Abi.O_NONBLOCK | Abi.O_CLOEXEC;

    private final FileCalls calls;
    private final Path path;
    private final int fd;
    private final long byteCount;

    private IndexFile(FileCalls calls, Path path, int fd, long byteCount) {
        this.calls = calls;
        this.path = path;
        this.fd = fd;
        this.byteCount = byteCount;
    }

    static IndexFile open(Path path) throws SnapshotException {
        FileCalls calls = FileCalls.current();
        int fd;
        do {
            fd = calls.open(path, FLAGS, 0);
        } while (fd == -Errno.EINTR);
        int opened = Syscalls.check(fd, "open", path);
        try {
            return new IndexFile(calls, path, opened, byteCount(calls, opened, path));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, () -> calls.close(opened));
            throw failure;
        }
    }

    private static long byteCount(FileCalls calls, int fd, Path path) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Syscalls.check(calls.fstat(fd, status), "fstat", path);
            if ((status.mode() & Abi.S_IFMT) != Abi.S_IFREG) {
                throw new SnapshotException(
                        Kind.CORRUPT, Reason.MISMATCH, "not a regular file", path);
            }
            return status.byteCount();
        }
    }

    long byteCount() {
        return byteCount;
    }

    /// Fills a segment.
    void read(long fileOffset, MemorySegment target) throws SnapshotException {
        long done = 0;
        while (done < target.byteSize()) {
            long result = calls.pread(fd, target.asSlice(done), fileOffset + done);
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result <= 0) {
                throw failure(result, target.byteSize() - done, fileOffset + done);
            }
            done += result;
        }
    }

    private SnapshotException failure(long result, long wantedBytes, long fileOffset) {
        String call = "pread of %d bytes at offset %d".formatted(wantedBytes, fileOffset);
        return result == 0
                ? new SnapshotException(
                        Kind.CORRUPT,
                        Reason.TOO_SHORT,
                        call + " found the end of the file: it was cut",
                        path)
                : Syscalls.failure(result, call, path);
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}

package io.coldframe.image;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.FileStatus;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CancellationException;

/// Gives a new file the bytes of one that is there: shared blocks where the file system can, and
/// otherwise a copy with the same holes.
///
/// **Lifetime.** Borrows both descriptors.
///
/// **Threads.** One.
final class FileCopy {

    // Large enough that a disk streams, small enough to stay in a processor's cache of 8 MiB.
    private static final long PIECE_BYTES = 4L << 20;

    // What file systems answer that can't share, or not with that one.
    private static final Set<Integer> NOT_SHARED =
            Set.of(
                    Errno.EOPNOTSUPP,
                    Errno.EXDEV,
                    Errno.EINVAL,
                    Errno.ENOTTY,
                    Errno.ENOSYS,
                    Errno.ETXTBSY,
                    Errno.EPERM);

    private final FileCalls calls;
    private final Path from;
    private final int source;
    private final int target;
    private final Path to;

    private FileCopy(FileCalls calls, Path from, int source, int target, Path to) {
        this.calls = calls;
        this.from = from;
        this.source = source;
        this.target = target;
        this.to = to;
    }

    /// Fills an empty file with the bytes of another.
    ///
    /// @param from a regular file, and no symbolic link
    /// @param target open for writing
    /// @param to its path, for messages
    /// @return how it was done
    static CopyMethod copy(FileCalls calls, Path from, int target, Path to, Progress progress)
            throws SnapshotException {
        int flags = Abi.O_RDONLY | Abi.O_CLOEXEC | Abi.O_NOFOLLOW | Abi.O_NONBLOCK;
        int source = Syscalls.retried(() -> calls.open(from, flags, 0));
        Syscalls.check(source, "open", from);
        try {
            return copy(calls, from, source, target, to, progress);
        } finally {
            // It was only read.
            calls.close(source);
        }
    }

    /// As the other, from a file that is open.
    static CopyMethod copy(
            FileCalls calls, Path from, int source, int target, Path to, Progress progress)
            throws SnapshotException {
        return new FileCopy(calls, from, source, target, to).run(progress);
    }

    private CopyMethod run(Progress progress) throws SnapshotException {
        long byteCount = byteCountOfRegular();
        int shared = calls.ficlone(target, source);
        if (shared >= 0) {
            proceed(progress, byteCount, byteCount);
            return CopyMethod.REFLINK;
        }
        if (!NOT_SHARED.contains(-shared)) {
            Syscalls.check(shared, "ioctl(FICLONE)", to);
        }
        Syscalls.check(calls.ftruncate(target, byteCount), "ftruncate", to);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(Math.clamp(byteCount, 1, PIECE_BYTES));
            copyData(byteCount, piece, progress);
        }
        proceed(progress, byteCount, byteCount);
        return CopyMethod.COPY;
    }

    private long byteCountOfRegular() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Syscalls.check(calls.fstat(source, status), "fstat", from);
            if (!status.is(Abi.S_IFREG)) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        "not a regular file: mode 0%o".formatted(status.mode()),
                        from);
            }
            return status.byteCount();
        }
    }

    private void copyData(long byteCount, MemorySegment piece, Progress progress)
            throws SnapshotException {
        long at = 0;
        while (at < byteCount) {
            long data = calls.lseek(source, at, Abi.SEEK_DATA);
            if (data == -Errno.ENXIO) {
                return;
            }
            long end = byteCount;
            if (data == -Errno.EINVAL || data == -Errno.EOPNOTSUPP) {
                // No holes are known here: everything is data.
                data = at;
            } else {
                Syscalls.check(data, "lseek(SEEK_DATA)", from);
                long hole = calls.lseek(source, data, Abi.SEEK_HOLE);
                end = Math.min(end, Syscalls.check(hole, "lseek(SEEK_HOLE)", from));
            }
            for (at = data; at < end; ) {
                long length = Math.min(piece.byteSize(), end - at);
                copyPiece(piece.asSlice(0, length), at);
                at += length;
                proceed(progress, at, byteCount);
            }
        }
    }

    private void copyPiece(MemorySegment piece, long fileOffset) throws SnapshotException {
        for (long done = 0; done < piece.byteSize(); ) {
            long count = calls.pread(source, piece.asSlice(done), fileOffset + done);
            if (count == 0) {
                throw new SnapshotException(
                        Kind.CORRUPT,
                        Reason.TOO_SHORT,
                        "cut at %d while it was copied".formatted(fileOffset + done),
                        from);
            }
            done += advance(count, "pread", from, fileOffset + done);
        }
        for (long done = 0; done < piece.byteSize(); ) {
            long count = calls.pwrite(target, piece.asSlice(done), fileOffset + done);
            done += advance(count, "pwrite", to, fileOffset + done);
        }
    }

    /// How far a call came, which a signal may have kept from starting.
    private static long advance(long count, String call, Path path, long fileOffset)
            throws SnapshotException {
        if (count == -Errno.EINTR) {
            return 0;
        }
        return Syscalls.check(count, call + " at " + fileOffset, path);
    }

    private static void proceed(Progress progress, long done, long total) {
        if (!progress.proceed(done, total)) {
            throw new CancellationException("cancelled at %d of %d bytes".formatted(done, total));
        }
    }
}

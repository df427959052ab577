package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;
import io.coldframe.os.Transfers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A new file that nobody else has opened, for writing: 0600, never through a symbolic link.
///
/// **Lifetime.** Owns the descriptor, and not the name. Whoever made the draft syncs, closes and
/// removes or renames it; who is handed one only writes.
///
/// **Threads.** [#writeAt] from any; the rest one at a time.
public final class DraftFile {
    private static final int FLAGS =
            Abi.O_RDWR | Abi.O_CREAT | Abi.O_EXCL | Abi.O_NOFOLLOW | Abi.O_CLOEXEC;

    // A heap array reaches the kernel through native memory, a piece at a time.
    private static final int COPY_BYTES = 64 << 10;

    private final FileCalls calls;
    private final Path path;
    private final int fd;
    private final FileIdentity identity;
    private long appendOffset;
    private boolean syncTried;
    private boolean closed;

    private DraftFile(FileCalls calls, Path path, int fd, FileIdentity identity) {
        this.calls = calls;
        this.path = path;
        this.fd = fd;
        this.identity = identity;
    }

    /// Creates the file.
    ///
    /// @throws SnapshotException of kind `CONFLICT` if the name is taken
    static DraftFile create(FileCalls calls, Path path) throws SnapshotException {
        int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0600));
        Syscalls.check(fd, "open", path);
        try {
            return new DraftFile(calls, path, fd, FileIdentity.of(calls, fd, path));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, () -> calls.close(fd), () -> calls.unlink(path));
            throw failure;
        }
    }

    /// {@return where it is until it is committed}
    public Path path() {
        return path;
    }

    FileCalls calls() {
        return calls;
    }

    int descriptor() {
        return fd;
    }

    FileIdentity identity() {
        return identity;
    }

    /// Writes after what was appended before.
    ///
    /// @param bytes a native segment
    /// @throws SnapshotException if not all of it could be written
    public void append(MemorySegment bytes) throws SnapshotException {
        writeAt(bytes, appendOffset);
        appendOffset += bytes.byteSize();
    }

    /// As [#append(MemorySegment)], for bytes on the heap.
    void append(byte[] bytes) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment heap = MemorySegment.ofArray(bytes);
            MemorySegment piece = arena.allocate(Math.min(bytes.length, COPY_BYTES));
            for (long at = 0; at < bytes.length; at += COPY_BYTES) {
                long byteCount = Math.min(COPY_BYTES, bytes.length - at);
                MemorySegment.copy(heap, at, piece, 0, byteCount);
                append(piece.asSlice(0, byteCount));
            }
        }
    }

    /// Writes all bytes of a native segment at an offset, however often the kernel takes only some.
    ///
    /// @param bytes what to write
    /// @param fileOffset where
    /// @throws SnapshotException if not all of it could be written
    public void writeAt(MemorySegment bytes, long fileOffset) throws SnapshotException {
        Transfers.writeFully(calls, fd, bytes, fileOffset, path);
    }

    /// Makes everything written durable. Called once, because a failure is for ever: what the
    /// kernel could not write it may have dropped, and the next `fsync` would say that all is well.
    void sync() throws SnapshotException {
        if (syncTried) {
            throw new IllegalStateException("synced already: " + path);
        }
        syncTried = true;
        Syscalls.check(calls.fsync(fd), "fsync", path);
    }

    /// Whether [#sync()] was called.
    boolean isSynced() {
        return syncTried;
    }

    /// Closes the descriptor: for the owner, not for whoever was lent the file.
    void close() {
        if (!closed) {
            closed = true;
            // What was to be kept is synced, so there is nothing to learn.
            calls.close(fd);
        }
    }
}

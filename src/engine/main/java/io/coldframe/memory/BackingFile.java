package io.coldframe.memory;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.FileStatus;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.Failures;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// An open file that stands behind guest memory.
///
/// **Lifetime.** Owns the descriptor.
///
/// **Threads.** Any.
final class BackingFile implements AutoCloseable {
    private static final int NONE = -1;

    private final int fd;
    private final String name;
    private final boolean mayShrink;
    private boolean closed;

    private BackingFile(int fd, String name, boolean mayShrink) {
        this.fd = fd;
        this.name = name;
        this.mayShrink = mayShrink;
    }

    /// Stands behind memory that has no file.
    static BackingFile none() {
        return new BackingFile(NONE, "no file", false);
    }

    /// Opens a regular file. A final symbolic link is not followed: whoever trusts it resolves it.
    static BackingFile open(Path path, FileMapping mapping) throws SnapshotException {
        int access = mapping == FileMapping.SHARED ? Abi.O_RDWR : Abi.O_RDONLY;
        // O_NONBLOCK, or the opening of a pipe would wait for its other end.
        int flags = access | Abi.O_CLOEXEC | Abi.O_NOFOLLOW | Abi.O_NONBLOCK;
        int fd = Syscalls.check(Libc.open(path, flags, 0), "open", path);
        BackingFile file = new BackingFile(fd, path.toString(), true);
        try {
            file.requireRegular();
        } catch (Throwable failure) {
            Failures.closeAfter(failure, file);
            throw failure;
        }
        return file;
    }

    /// A new file without a name in the file system, of this length for ever: nobody who is sent
    /// the descriptor can cut it, lengthen it or forbid us to write.
    static BackingFile memfd(String name, long byteCount, HostPages pages)
            throws SnapshotException {
        int pool = pages instanceof HostPages.Pooled ? Abi.MFD_HUGETLB : 0;
        int flags = Abi.MFD_CLOEXEC | Abi.MFD_ALLOW_SEALING | pool | Mapping.poolSizeFlag(pages);
        int fd = NativeMemory.memfdCreate(name, flags | Abi.MFD_NOEXEC_SEAL);
        if (fd == -Errno.EINVAL) {
            // A kernel before 6.3, which executes memory files anyway.
            fd = NativeMemory.memfdCreate(name, flags);
        }
        if (fd == -Errno.EINVAL && pool != 0) {
            throw Syscalls.failure(Kind.UNSUPPORTED, fd, "memfd_create", pages);
        }
        Syscalls.check(fd, "memfd_create", name);
        BackingFile file = new BackingFile(fd, "memfd " + name, false);
        try {
            Syscalls.check(Libc.ftruncate(fd, byteCount), "ftruncate", file);
            int seals = Abi.F_SEAL_SHRINK | Abi.F_SEAL_GROW | Abi.F_SEAL_SEAL;
            Syscalls.check(Libc.fcntl(fd, Abi.F_ADD_SEALS, seals), "fcntl(F_ADD_SEALS)", file);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, file);
            throw failure;
        }
        return file;
    }

    private void requireRegular() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = status(arena);
            if (!status.is(Abi.S_IFREG)) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        "not a regular file: mode 0%o".formatted(status.mode()),
                        name);
            }
        }
    }

    /// A layout of one region that is the whole file.
    GuestLayout asOneRegion() throws SnapshotException {
        long found = byteCount();
        if (found == 0 || !GuestLayout.PAGE.isAligned(found)) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    "the file has %d bytes, which is not a positive multiple of %s"
                            .formatted(found, GuestLayout.PAGE),
                    name);
        }
        return GuestLayout.of(found);
    }

    /// The layout, if the file is as long as its image.
    GuestLayout requireLengthOf(GuestLayout layout) throws SnapshotException {
        long found = byteCount();
        if (found != layout.byteCount()) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    "the file has %d bytes, its regions %d".formatted(found, layout.byteCount()),
                    name);
        }
        return layout;
    }

    /// Whether there is a file at all.
    boolean isPresent() {
        return fd != NONE;
    }

    /// Whether somebody else can cut the file.
    boolean mayShrink() {
        return mayShrink;
    }

    /// The descriptor, which stays ours.
    int descriptor() {
        return fd;
    }

    /// How long the file is now.
    ///
    /// @throws IllegalStateException if the file is closed
    long byteCount() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            return status(arena).byteCount();
        }
    }

    // Synchronised with closing: the number of a closed descriptor may be another file's by now.
    private synchronized FileStatus status(Arena arena) throws SnapshotException {
        if (closed) {
            throw new IllegalStateException("closed: " + name);
        }
        FileStatus status = FileStatus.in(arena);
        Syscalls.check(Libc.fstat(fd, status), "fstat", name);
        return status;
    }

    @Override
    public synchronized void close() {
        if (isPresent() && !closed) {
            closed = true;
            // Nothing was written through the descriptor, so there is nothing to learn.
            Libc.close(fd);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

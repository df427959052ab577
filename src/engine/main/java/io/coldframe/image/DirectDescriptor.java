package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;

/// A second descriptor of the draft, which goes past the page cache.
///
/// **Lifetime.** Owns the descriptor.
///
/// **Threads.** Any.
final class DirectDescriptor implements AutoCloseable {
    private static final long TRIAL_BYTES = DirectWriter.ALIGNMENT.bytes();

    private final ImageFile file;
    private final int fd;

    private DirectDescriptor(ImageFile file, int fd) {
        this.file = file;
        this.fd = fd;
    }

    /// The descriptor, if the file system has such.
    static Optional<DirectDescriptor> open(ImageFile file) throws SnapshotException {
        OptionalInt fd = file.openDirect();
        return fd.isPresent()
                ? Optional.of(new DirectDescriptor(file, fd.getAsInt()))
                : Optional.empty();
    }

    int fd() {
        return fd;
    }

    /// Writes into the empty draft, and looks where it went: some file systems take the flag and
    /// use the page cache all the same, and some want larger units than anyone writes.
    ///
    /// @return what is wrong with it, if anything is
    Optional<String> trial() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate(TRIAL_BYTES, TRIAL_BYTES);
            long written = file.calls().pwrite(fd, zeros, 0);
            if (written == -Errno.EINVAL) {
                return Optional.of(
                        "the file system does not take units of %d bytes past the page cache"
                                .formatted(TRIAL_BYTES));
            }
            if (written == TRIAL_BYTES && isCached(arena)) {
                return Optional.of("the file system takes O_DIRECT and uses its page cache");
            }
            // Any other failure comes again, where it is reported with its place.
            return Optional.empty();
        } finally {
            file.setLength(0);
        }
    }

    private boolean isCached(Arena arena) throws SnapshotException {
        FileCalls calls = file.calls();
        long pageBytes = NativeMemory.pageByteCount();
        long address = calls.map(fd, 0, pageBytes, Abi.PROT_READ);
        if (address < 0) {
            return false;
        }
        try {
            MemorySegment resident = arena.allocate(1);
            MemorySegment page = NativeMemory.borrowed(address, pageBytes);
            int result = NativeMemory.mincore(page, resident);
            return result == 0 && (resident.get(ValueLayout.JAVA_BYTE, 0) & 1) != 0;
        } finally {
            Syscalls.check(calls.unmap(address, pageBytes), "munmap", file);
        }
    }

    @Override
    public void close() {
        // Whatever was written is synced through the draft's own descriptor.
        file.calls().close(fd);
    }
}

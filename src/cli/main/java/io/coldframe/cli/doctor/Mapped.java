package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.NativeMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of a trial, unmapped at its end.
///
/// **Threads.** Any: a trial may need a second one.
final class Mapped implements AutoCloseable {

    private static final int READ_WRITE = Abi.PROT_READ | Abi.PROT_WRITE;

    private final Arena arena;
    private final MemorySegment segment;

    private Mapped(long address, long byteCount) {
        arena = Arena.ofShared();
        segment = NativeMemory.segment(address, byteCount, arena, () -> unmap(address, byteCount));
    }

    private static void unmap(long address, long byteCount) {
        // It was mapped whole just before, so this can't fail.
        int ignored = NativeMemory.munmap(address, byteCount);
    }

    /// Private memory without a file.
    ///
    /// @param flags `MAP_…` beside those that make it so
    static Mapped anonymous(long byteCount, int flags, String call) throws Refused {
        return map(byteCount, Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS | flags, -1, call);
    }

    /// A file from its begin, shared.
    static Mapped shared(OpenFile file, long byteCount) throws Refused {
        return map(byteCount, Abi.MAP_SHARED, file.fd(), "mmap(MAP_SHARED)");
    }

    private static Mapped map(long byteCount, int flags, int fd, String call) throws Refused {
        long mapped = NativeMemory.mmap(0, byteCount, READ_WRITE, flags, fd, 0);
        return new Mapped(Refused.check(mapped, call), byteCount);
    }

    MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        arena.close();
    }
}

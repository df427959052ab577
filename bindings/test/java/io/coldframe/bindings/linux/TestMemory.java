package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Fresh memory, page by page, that goes with its arena.
final class TestMemory {
    static final long PAGE_BYTE_COUNT = NativeMemory.pageByteCount();

    private TestMemory() {}

    /// Private anonymous memory, none of it there yet.
    static MemorySegment anonymous(Arena arena, long pageCount) {
        return map(arena, pageCount, Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS, -1);
    }

    /// Memory of a memfd, whose other mappings see what is written.
    static MemorySegment shared(Arena arena, long pageCount, int memfd) {
        return map(arena, pageCount, Abi.MAP_SHARED, memfd);
    }

    /// A memfd that is closed with `arena`.
    static int memfd(Arena arena, long pageCount) {
        int memfd = NativeMemory.memfdCreate("coldframe-test", Abi.MFD_CLOEXEC);
        assertTrue(memfd >= 0, () -> "memfd_create: " + memfd);
        assertEquals(0, Libc.ftruncate(memfd, pageCount * PAGE_BYTE_COUNT));
        MemorySegment unused =
                arena.allocate(1).reinterpret(arena, memory -> assertEquals(0, Libc.close(memfd)));
        assertTrue(unused.isNative());
        return memfd;
    }

    /// One page of a memory.
    static MemorySegment page(MemorySegment memory, long page) {
        return pages(memory, page, 1);
    }

    /// Some pages of a memory.
    static MemorySegment pages(MemorySegment memory, long firstPage, long pageCount) {
        return memory.asSlice(firstPage * PAGE_BYTE_COUNT, pageCount * PAGE_BYTE_COUNT);
    }

    private static MemorySegment map(Arena arena, long pageCount, int flags, int fd) {
        long byteCount = pageCount * PAGE_BYTE_COUNT;
        long address =
                NativeMemory.mmap(0, byteCount, Abi.PROT_READ | Abi.PROT_WRITE, flags, fd, 0);
        assertTrue(address > 0, () -> "mmap: " + address);
        return NativeMemory.segment(
                address,
                byteCount,
                arena,
                () -> assertEquals(0, NativeMemory.munmap(address, byteCount)));
    }
}

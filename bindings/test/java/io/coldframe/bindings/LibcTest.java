package io.coldframe.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

final class LibcTest {

    @Test
    void aFileIsWrittenReadAndDescribed(@TempDir Path folder) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libc.open(folder.resolve("a"), Abi.O_CREAT | Abi.O_RDWR | Abi.O_CLOEXEC, 0600);
            assertTrue(fd > 2, () -> "open: " + fd);
            assertEquals(5, Libc.pwrite(fd, arena.allocateFrom("abcd"), 4096));
            MemorySegment back = arena.allocate(4);
            assertEquals(4, Libc.pread(fd, back, 4096));
            assertEquals('d', back.get(ValueLayout.JAVA_BYTE, 3));
            FileStatus status = FileStatus.in(arena);
            assertEquals(0, Libc.fstat(fd, status));
            assertEquals(4101, status.byteCount());
            assertEquals(Abi.S_IFREG | 0600, status.mode());
            assertEquals(0, Libc.close(fd));
            assertEquals(-Errno.EBADF, Libc.close(fd));
        }
    }

    @Test
    void anonymousMemoryBecomesASegmentThatItsArenaEnds() {
        long page = NativeMemory.pageByteCount();
        long address =
                NativeMemory.mmap(
                        0,
                        page,
                        Abi.PROT_READ | Abi.PROT_WRITE,
                        Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS,
                        -1,
                        0);
        assertTrue(address > 0, () -> "mmap: " + address);
        int[] unmapped = {1};
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory =
                    NativeMemory.segment(
                            address,
                            page,
                            arena,
                            () -> unmapped[0] = NativeMemory.munmap(address, page));
            memory.fill((byte) 7);
            assertEquals(0, NativeMemory.madvise(memory, Abi.MADV_DONTNEED));
            assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, 0));
        }
        assertEquals(0, unmapped[0]);
    }

    @Test
    void waitingFindsWhatIsReadable() {
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libc.eventfd(3, Abi.EFD_CLOEXEC);
            PollSet set = PollSet.in(arena, 2);
            assertEquals(0, set.await(0));
            set.watch(1, fd, Abi.POLLIN);
            assertEquals(1, set.await(-1));
            assertEquals(Abi.POLLIN, set.returned(1));
            assertEquals(0, Libc.close(fd));
        }
    }
}

package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.assertErrno;
import static io.coldframe.bindings.Calls.ok;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// Mappings, against the kernel. What a load or store may not touch is shown without touching it:
/// the kernel is asked to copy there, and answers EFAULT.
final class NativeMemoryTest {
    private static final int READ_WRITE = Abi.PROT_READ | Abi.PROT_WRITE;
    private static final int PRIVATE = Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS;
    private static final long PAGE = NativeMemory.pageByteCount();

    private final Arena arena = Arena.ofShared();

    @TempDir Path folder;

    @AfterEach
    void endMemory() {
        arena.close();
    }

    @Test
    void freshMemoryIsZeroAndWritable() {
        MemorySegment memory = map(4 * PAGE, READ_WRITE, PRIVATE);
        assertEquals(0, memory.get(ValueLayout.JAVA_LONG, 3 * PAGE));
        memory.fill((byte) 7);
        assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, 4 * PAGE - 1));
    }

    @Test
    void mappingSaysWhyNot() {
        assertErrno(Errno.EINVAL, NativeMemory.mmap(0, 0, READ_WRITE, PRIVATE, -1, 0));
        assertErrno(Errno.ENOMEM, NativeMemory.mmap(0, 1L << 62, READ_WRITE, PRIVATE, -1, 0));
        assertErrno(Errno.EBADF, NativeMemory.mmap(0, PAGE, READ_WRITE, Abi.MAP_SHARED, -1, 0));
        int fd = memfd("offset");
        assertErrno(Errno.EINVAL, NativeMemory.mmap(0, PAGE, READ_WRITE, Abi.MAP_SHARED, fd, 1));
        ok(Libc.close(fd));
        int readOnly = ok(Libc.open(Path.of("/proc/self/exe"), Abi.O_RDONLY, 0));
        assertErrno(
                Errno.EACCES, NativeMemory.mmap(0, PAGE, READ_WRITE, Abi.MAP_SHARED, readOnly, 0));
        ok(Libc.close(readOnly));
        int directory = ok(Libc.open(folder, Abi.O_RDONLY, 0));
        assertErrno(
                Errno.ENODEV,
                NativeMemory.mmap(0, PAGE, Abi.PROT_READ, Abi.MAP_PRIVATE, directory, 0));
        ok(Libc.close(directory));
    }

    @Test
    void aSegmentEndsItsMappingOnceAndIsRefusedAfterwards() throws IOException {
        long address = ok(NativeMemory.mmap(0, PAGE, READ_WRITE, PRIVATE, -1, 0));
        int[] ends = new int[1];
        Arena owner = Arena.ofShared();
        MemorySegment memory =
                NativeMemory.segment(
                        address,
                        PAGE,
                        owner,
                        () -> {
                            ends[0]++;
                            ok(NativeMemory.munmap(address, PAGE));
                        });
        memory.set(ValueLayout.JAVA_LONG, 0, 42);
        assertEquals(address, memory.address());
        assertEquals(PAGE, memory.byteSize());
        assertTrue(isMapped(address));
        owner.close();
        assertEquals(1, ends[0]);
        assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_LONG, 0));
        assertThrows(
                IllegalStateException.class, () -> NativeMemory.madvise(memory, Abi.MADV_DONTNEED));
        assertThrows(
                IllegalStateException.class,
                () -> NativeMemory.segment(address, PAGE, owner, () -> ends[0]++));
        assertEquals(1, ends[0], "where no segment is made, no cleanup runs");
    }

    @Test
    void aBorrowedSegmentSeesTheSameMemory() {
        MemorySegment memory = map(PAGE, READ_WRITE, PRIVATE);
        MemorySegment borrowed = NativeMemory.borrowed(memory.address(), PAGE);
        borrowed.set(ValueLayout.JAVA_LONG, 8, 42);
        assertEquals(42, memory.get(ValueLayout.JAVA_LONG, 8));
        assertThrows(
                IndexOutOfBoundsException.class, () -> borrowed.get(ValueLayout.JAVA_BYTE, PAGE));
    }

    @Test
    void aReservationBecomesMemoryBetweenGuardPages() {
        long address = ok(NativeMemory.mmap(0, 4 * PAGE, Abi.PROT_NONE, PRIVATE, -1, 0));
        int flags = PRIVATE | Abi.MAP_FIXED;
        assertEquals(
                address + PAGE,
                NativeMemory.mmap(address + PAGE, 2 * PAGE, READ_WRITE, flags, -1, 0));
        MemorySegment all =
                NativeMemory.segment(
                        address, 4 * PAGE, arena, () -> NativeMemory.munmap(address, 4 * PAGE));
        all.asSlice(PAGE, 2 * PAGE).fill((byte) 7);
        assertErrno(Errno.EFAULT, copyInto(all.asSlice(0, PAGE)));
        assertErrno(Errno.EFAULT, copyInto(all.asSlice(3 * PAGE, PAGE)));
        assertEquals(PAGE, copyInto(all.asSlice(2 * PAGE, PAGE)));
        assertErrno(
                Errno.EEXIST,
                NativeMemory.mmap(
                        address, PAGE, READ_WRITE, PRIVATE | Abi.MAP_FIXED_NOREPLACE, -1, 0));
    }

    @Test
    void protectionIsSetAndLifted() {
        MemorySegment memory = map(2 * PAGE, READ_WRITE, PRIVATE);
        memory.fill((byte) 7);
        assertEquals(0, NativeMemory.mprotect(memory, Abi.PROT_READ));
        assertErrno(Errno.EFAULT, copyInto(memory));
        assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(0, NativeMemory.mprotect(memory, READ_WRITE));
        assertEquals(2 * PAGE, copyInto(memory));
        assertErrno(Errno.EINVAL, NativeMemory.mprotect(memory.asSlice(1, PAGE), READ_WRITE));
        assertErrno(Errno.EINVAL, NativeMemory.mprotect(memory, 1 << 30));
    }

    @Test
    void adviceDropsAndPopulatesPages() {
        MemorySegment memory = map(4 * PAGE, READ_WRITE, PRIVATE);
        assertEquals("0000", resident(memory, 4));
        memory.set(ValueLayout.JAVA_BYTE, PAGE, (byte) 7);
        assertEquals("0100", resident(memory, 4));
        assertEquals(0, NativeMemory.madvise(memory, Abi.MADV_POPULATE_WRITE));
        assertEquals("1111", resident(memory, 4));
        assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, PAGE));
        assertEquals(0, NativeMemory.madvise(memory.asSlice(PAGE, 2 * PAGE), Abi.MADV_DONTNEED));
        assertEquals("1001", resident(memory, 4));
        assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, PAGE));
        assertEquals(0, NativeMemory.madvise(memory, Abi.MADV_POPULATE_READ));
        assertErrno(Errno.EINVAL, NativeMemory.madvise(memory.asSlice(1, PAGE), Abi.MADV_DONTNEED));
        assertErrno(Errno.EINVAL, NativeMemory.madvise(memory, Abi.ABSENT));
    }

    @Test
    void populatingWhatCannotBeReadIsAnErrorAndNoFault() {
        MemorySegment guarded = map(PAGE, Abi.PROT_NONE, PRIVATE);
        assertErrno(Errno.EINVAL, NativeMemory.madvise(guarded, Abi.MADV_POPULATE_READ));
    }

    @Test
    void populatingWhatTheFileNoLongerHasIsAnErrorAndNoFault() {
        int fd = memfd("shrinks");
        ok(Libc.ftruncate(fd, 2 * PAGE));
        MemorySegment memory = map(2 * PAGE, READ_WRITE, Abi.MAP_SHARED, fd);
        ok(Libc.ftruncate(fd, PAGE));
        assertErrno(Errno.EFAULT, NativeMemory.madvise(memory, Abi.MADV_POPULATE_READ));
        ok(Libc.close(fd));
    }

    @Test
    void hugePagesAreAllowedAndForbidden() throws IOException {
        MemorySegment memory = map(4L << 20, READ_WRITE, PRIVATE);
        if (Files.notExists(Path.of("/sys/kernel/mm/transparent_hugepage"))) {
            assertErrno(Errno.EINVAL, NativeMemory.madvise(memory, Abi.MADV_HUGEPAGE));
            return;
        }
        assertEquals(0, NativeMemory.madvise(memory, Abi.MADV_HUGEPAGE));
        assertTrue(flagsOf(memory).contains(" hg"), () -> "VmFlags of " + memory);
        assertEquals(0, NativeMemory.madvise(memory, Abi.MADV_NOHUGEPAGE));
        assertTrue(flagsOf(memory).contains(" nh"), () -> "VmFlags of " + memory);
    }

    @Test
    void thePoolOfHugePagesGivesMemoryOrSaysThatItIsEmpty() {
        int flags = PRIVATE | Abi.MAP_HUGETLB | Abi.MAP_HUGE_2MB;
        long address = NativeMemory.mmap(0, 2L << 20, READ_WRITE, flags, -1, 0);
        if (address < 0) {
            assertErrno(Errno.ENOMEM, address);
            return;
        }
        assertEquals(0, address & ((2L << 20) - 1));
        assertEquals(0, NativeMemory.munmap(address, 2L << 20));
    }

    @Test
    void aTebibyteIsMappedAndSparse() {
        long byteCount = 1L << 40;
        MemorySegment memory = map(byteCount, READ_WRITE, PRIVATE | Abi.MAP_NORESERVE);
        memory.set(ValueLayout.JAVA_LONG, byteCount - 8, 42);
        assertEquals(42, memory.get(ValueLayout.JAVA_LONG, byteCount - 8));
        assertEquals(0, memory.get(ValueLayout.JAVA_LONG, byteCount / 2));
    }

    @Test
    void twoMappingsOfOneFileShareTheirBytes() throws IOException {
        int fd = memfd("größe");
        ok(Libc.ftruncate(fd, 2 * PAGE));
        MemorySegment first = map(2 * PAGE, READ_WRITE, Abi.MAP_SHARED, fd);
        MemorySegment second = map(2 * PAGE, Abi.PROT_READ, Abi.MAP_SHARED, fd);
        MemorySegment own = map(2 * PAGE, READ_WRITE, Abi.MAP_PRIVATE, fd);
        first.set(ValueLayout.JAVA_LONG, PAGE, 42);
        assertEquals(42, second.get(ValueLayout.JAVA_LONG, PAGE));
        own.set(ValueLayout.JAVA_LONG, PAGE, 43);
        assertEquals(42, second.get(ValueLayout.JAVA_LONG, PAGE));
        assertTrue(
                Files.readString(Path.of("/proc/self/maps")).contains("/memfd:größe "),
                "the name is UTF-8");
        assertErrno(Errno.EBUSY, Libc.fcntl(fd, Abi.F_ADD_SEALS, Abi.F_SEAL_WRITE));
        ok(Libc.close(fd));
        assertEquals(42, first.get(ValueLayout.JAVA_LONG, PAGE), "a mapping outlives the file");
    }

    @Test
    void storesToAMappedFileAreWrittenBack() throws IOException {
        Path path = folder.resolve("mapped");
        int fd = ok(Libc.open(path, Abi.O_CREAT | Abi.O_RDWR, 0600));
        ok(Libc.ftruncate(fd, PAGE));
        MemorySegment memory = map(PAGE, READ_WRITE, Abi.MAP_SHARED, fd);
        memory.fill((byte) 7);
        assertEquals(0, NativeMemory.msync(memory, Abi.MS_SYNC));
        assertEquals(7, Files.readAllBytes(path)[Math.toIntExact(PAGE) - 1]);
        assertErrno(Errno.EINVAL, NativeMemory.msync(memory, Abi.MS_SYNC | Abi.MS_ASYNC));
        ok(Libc.close(fd));
    }

    @Test
    void unmappingSaysWhyNot() {
        assertErrno(Errno.EINVAL, NativeMemory.munmap(1, PAGE));
        assertErrno(Errno.EINVAL, NativeMemory.munmap(PAGE, 0));
    }

    @Test
    void aMemoryFileSaysWhyNot() {
        assertErrno(Errno.EINVAL, NativeMemory.memfdCreate("flags", 1 << 30));
        assertErrno(Errno.EINVAL, NativeMemory.memfdCreate("x".repeat(250), 0));
    }

    @Test
    void residencyNeedsAByteForEachPage() {
        MemorySegment memory = map(2 * PAGE, READ_WRITE, PRIVATE);
        assertThrows(
                IllegalArgumentException.class,
                () -> NativeMemory.mincore(memory, arena.allocate(1)));
        assertErrno(Errno.EINVAL, NativeMemory.mincore(memory.asSlice(1, PAGE), arena.allocate(2)));
        MemorySegment none = NativeMemory.borrowed(0, PAGE);
        assertErrno(Errno.ENOMEM, NativeMemory.mincore(none, arena.allocate(1)));
    }

    private MemorySegment map(long byteCount, int protection, int flags) {
        return map(byteCount, protection, flags, -1);
    }

    private MemorySegment map(long byteCount, int protection, int flags, int fd) {
        long address = ok(NativeMemory.mmap(0, byteCount, protection, flags, fd, 0));
        return NativeMemory.segment(
                address, byteCount, arena, () -> ok(NativeMemory.munmap(address, byteCount)));
    }

    private static int memfd(String name) {
        return ok(NativeMemory.memfdCreate(name, Abi.MFD_CLOEXEC | Abi.MFD_ALLOW_SEALING));
    }

    /// Lets the kernel fill `memory` from a file of zeros, and says what it answered.
    private static long copyInto(MemorySegment memory) {
        int fd = memfd("zeros");
        ok(Libc.ftruncate(fd, memory.byteSize()));
        long result = Libc.pread(fd, memory, 0);
        ok(Libc.close(fd));
        return result;
    }

    private String resident(MemorySegment memory, int pageCount) {
        MemorySegment bytes = arena.allocate(pageCount);
        ok(NativeMemory.mincore(memory, bytes));
        StringBuilder text = new StringBuilder();
        for (int page = 0; page < pageCount; page++) {
            text.append(bytes.get(ValueLayout.JAVA_BYTE, page) & 1);
        }
        return text.toString();
    }

    private static boolean isMapped(long address) throws IOException {
        // The kernel joins neighbours, so a mapping need not start a line of its own.
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .anyMatch(
                        range -> {
                            int dash = range.indexOf('-');
                            long first = Long.parseUnsignedLong(range.substring(0, dash), 16);
                            long end = Long.parseUnsignedLong(range.substring(dash + 1), 16);
                            return Long.compareUnsigned(first, address) <= 0
                                    && Long.compareUnsigned(address, end) < 0;
                        });
    }

    private static String flagsOf(MemorySegment memory) throws IOException {
        String smaps = Files.readString(Path.of("/proc/self/smaps"));
        int start = smaps.indexOf(Long.toHexString(memory.address()) + "-");
        assertTrue(start >= 0, () -> "a mapping of its own for " + memory);
        int flags = smaps.indexOf("VmFlags:", start);
        return smaps.substring(flags, smaps.indexOf('\n', flags));
    }
}

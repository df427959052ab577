package io.coldframe.bindings.linux;

import static io.coldframe.bindings.linux.TestMemory.PAGE_BYTE_COUNT;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

final class PagemapScanTest {
    // More than a 2 MiB block, so that huge pages have their chance to spoil it.
    private static final int PAGE_COUNT = 1200;
    private static final Set<UffdFeature> ASYNC_PROTECTION =
            Set.of(
                    UffdFeature.WP_ASYNC,
                    UffdFeature.WP_UNPOPULATED,
                    UffdFeature.WP_HUGETLBFS_SHMEM);

    private static PagemapScan open(PageQuery query) {
        return Facilities.assume(PagemapScan.open(query));
    }

    /// Walks all of `memory` with a vector that is soon full.
    private static BitSet pages(
            PagemapScan scan, MemorySegment memory, Arena arena, int rangesAtOnce) {
        MemorySegment vector =
                arena.allocate(rangesAtOnce * PagemapScan.RANGE_BYTE_COUNT, Long.BYTES);
        BitSet pages = new BitSet();
        long end = memory.address() + memory.byteSize();
        for (long at = memory.address(); at < end; at = scan.walkEnd()) {
            int ranges = scan.scan(at, end, vector);
            assertTrue(ranges >= 0 && ranges <= rangesAtOnce, () -> "scan: " + ranges);
            for (int place = 0; place < ranges; place++) {
                pages.set(
                        page(memory, PagemapScan.start(vector, place)),
                        page(memory, PagemapScan.end(vector, place)));
            }
        }
        return pages;
    }

    private static int page(MemorySegment memory, long address) {
        return Math.toIntExact((address - memory.address()) / PAGE_BYTE_COUNT);
    }

    /// The pages that are written are told, those that are read are not, and each once.
    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void asyncProtectionTellsExactlyThePagesThatWereWritten(boolean isShared, boolean isPopulated) {
        long seed = new Random().nextLong();
        System.out.println("PagemapScanTest seed " + seed);
        Random random = new Random(seed);
        try (Userfaultfd uffd =
                        Facilities.assume(Userfaultfd.open(ASYNC_PROTECTION, Set.of())).uffd();
                PagemapScan scan = open(PageQuery.written(true));
                Arena arena = Arena.ofShared()) {
            MemorySegment memory =
                    isShared
                            ? TestMemory.shared(
                                    arena, PAGE_COUNT, TestMemory.memfd(arena, PAGE_COUNT))
                            : TestMemory.anonymous(arena, PAGE_COUNT);
            if (isPopulated) {
                memory.fill((byte) 1);
            }
            assertTrue(uffd.register(memory, Set.of(UffdMode.WRITE_PROTECT)) > 0);
            UffdHandler handler = UffdHandler.of(uffd, arena);
            assertEquals(0, handler.protect(memory.address(), memory.byteSize()));
            assertEquals(new BitSet(), pages(scan, memory, arena, 4));
            for (int round = 0; round < 30; round++) {
                BitSet written = touch(memory, random);
                assertEquals(written, pages(scan, memory, arena, 1 + random.nextInt(50)));
                assertEquals(new BitSet(), pages(scan, memory, arena, 1));
            }
        }
    }

    private static BitSet touch(MemorySegment memory, Random random) {
        BitSet written = new BitSet();
        int touches = random.nextInt(400);
        for (int touch = 0; touch < touches; touch++) {
            int page = random.nextInt(PAGE_COUNT);
            long at = page * PAGE_BYTE_COUNT + random.nextLong(PAGE_BYTE_COUNT);
            byte now = memory.get(ValueLayout.JAVA_BYTE, at);
            if (random.nextBoolean()) {
                // The same value is a write too.
                memory.set(ValueLayout.JAVA_BYTE, at, now);
                written.set(page);
            }
        }
        return written;
    }

    @Test
    void aScanThatDoesNotProtectTellsTheSamePagesAgain() {
        try (Userfaultfd uffd =
                        Facilities.assume(Userfaultfd.open(ASYNC_PROTECTION, Set.of())).uffd();
                PagemapScan scan = open(PageQuery.written(false));
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = TestMemory.anonymous(arena, PAGE_COUNT);
            assertTrue(uffd.register(memory, Set.of(UffdMode.WRITE_PROTECT)) > 0);
            UffdHandler handler = UffdHandler.of(uffd, arena);
            assertEquals(0, handler.protect(memory.address(), memory.byteSize()));
            TestMemory.pages(memory, 100, 7).fill((byte) 1);
            BitSet written = new BitSet();
            written.set(100, 107);
            assertEquals(written, pages(scan, memory, arena, 4));
            assertEquals(written, pages(scan, memory, arena, 4));
        }
    }

    @Test
    void memoryThatIsNotWatchedCannotBeProtected() {
        try (PagemapScan scan = open(PageQuery.written(true));
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = TestMemory.anonymous(arena, 4);
            memory.fill((byte) 1);
            MemorySegment vector = arena.allocate(4 * PagemapScan.RANGE_BYTE_COUNT, 8);
            long end = memory.address() + memory.byteSize();
            assertEquals(-Errno.EPERM, scan.scan(memory.address(), end, vector));
        }
    }

    @Test
    void theStatesOfPagesAreTold() {
        Set<PageState> told = EnumSet.of(PageState.PRESENT, PageState.SHARED_ZERO, PageState.FILE);
        PageQuery query = new PageQuery(Set.of(), Set.of(), told, told, false);
        try (PagemapScan scan = open(query);
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = TestMemory.anonymous(arena, 8);
            byte zero = memory.get(ValueLayout.JAVA_BYTE, 2 * PAGE_BYTE_COUNT);
            memory.set(ValueLayout.JAVA_BYTE, 5 * PAGE_BYTE_COUNT, (byte) (zero + 1));
            MemorySegment vector = arena.allocate(8 * PagemapScan.RANGE_BYTE_COUNT, 8);
            long end = memory.address() + memory.byteSize();
            assertEquals(2, scan.scan(memory.address(), end, vector));
            assertEquals(end, scan.walkEnd());
            assertEquals(2, page(memory, PagemapScan.start(vector, 0)));
            assertEquals(
                    PageState.bits(Set.of(PageState.PRESENT, PageState.SHARED_ZERO)),
                    PagemapScan.states(vector, 0));
            assertEquals(5, page(memory, PagemapScan.start(vector, 1)));
            assertEquals(6, page(memory, PagemapScan.end(vector, 1)));
            assertEquals(PageState.bits(Set.of(PageState.PRESENT)), PagemapScan.states(vector, 1));
        }
    }

    @Test
    void aQueryExcludesStates() {
        PageQuery query =
                new PageQuery(
                        Set.of(PageState.PRESENT),
                        Set.of(PageState.SHARED_ZERO),
                        Set.of(),
                        Set.of(PageState.PRESENT),
                        false);
        try (PagemapScan scan = open(query);
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = TestMemory.anonymous(arena, 8);
            byte zero = memory.get(ValueLayout.JAVA_BYTE, 2 * PAGE_BYTE_COUNT);
            memory.set(ValueLayout.JAVA_BYTE, 5 * PAGE_BYTE_COUNT, (byte) (zero + 1));
            BitSet expected = new BitSet();
            expected.set(5);
            assertEquals(expected, pages(scan, memory, arena, 3));
        }
    }

    @Test
    void memoryOfAFileIsToldAsSuch() {
        try (PagemapScan scan = open(PageQuery.having(Set.of(PageState.FILE)));
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = TestMemory.shared(arena, 4, TestMemory.memfd(arena, 4));
            memory.fill((byte) 1);
            BitSet all = new BitSet();
            all.set(0, 4);
            assertEquals(all, pages(scan, memory, arena, 4));
        }
    }

    @Test
    void aVectorThatTheKernelCannotFillIsRefused() {
        try (PagemapScan scan = open(PageQuery.having(Set.of(PageState.PRESENT)));
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = TestMemory.anonymous(arena, 1);
            MemorySegment closed;
            try (Arena ended = Arena.ofShared()) {
                closed = ended.allocate(PagemapScan.RANGE_BYTE_COUNT, Long.BYTES);
            }
            MemorySegment onHeap = MemorySegment.ofArray(new long[3]);
            long start = memory.address();
            long end = start + memory.byteSize();
            assertThrows(IllegalStateException.class, () -> scan.scan(start, end, closed));
            assertThrows(IllegalArgumentException.class, () -> scan.scan(start, end, onHeap));
        }
    }

    @Test
    void aClosedScanIsNotADescriptorOfSomebodyElse() {
        PagemapScan scan = open(PageQuery.written(false));
        scan.close();
        scan.close();
        assertThrows(IllegalStateException.class, () -> scan.scan(0, 0, MemorySegment.NULL));
        assertThrows(IllegalStateException.class, scan::walkEnd);
    }
}

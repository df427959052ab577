package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.NativeMemory;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// What guest memory promises, whatever stands behind it. A new kind of memory extends this.
abstract class GuestMemoryContract {
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
    static final long PAGE = GuestLayout.PAGE.bytes();
    static final long MIB = 1L << 20;
    static final long GIB = 1L << 30;
    static final long TIB = 1L << 40;

    /// Two regions with a hole between them, which begin in the image at 0 and at 3 pages.
    static final GuestLayout TWO = GuestLayout.of(3 * PAGE).then(16 * PAGE, 2 * PAGE);

    /// Memory that is zero and can be written.
    abstract GuestMemory open(GuestLayout layout) throws IOException;

    /// Whether touching it may fault.
    abstract boolean mayFault();

    @Test
    void itIsZeroAtFirstAndKeepsWhatIsWritten() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            for (int region = 0; region < 2; region++) {
                MemorySegment segment = memory.segment(region);
                assertTrue(PageScan.isZero(segment, 0, segment.byteSize()));
                segment.fill((byte) (region + 1));
            }
            assertEquals(1, memory.slice(3 * PAGE - 1, 1).get(BYTE, 0));
            assertEquals(2, memory.slice(3 * PAGE, 1).get(BYTE, 0));
        }
    }

    @Test
    void itsRegionsAreThoseOfTheLayout() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            assertEquals(TWO, memory.layout());
            assertEquals(TWO.regions(), memory.regions());
            assertEquals(5 * PAGE, memory.byteCount());
            assertEquals(3 * PAGE, memory.segment(0).byteSize());
            assertEquals(2 * PAGE, memory.segment(1).byteSize());
            assertThrows(IndexOutOfBoundsException.class, () -> memory.segment(2));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.segment(-1));
        }
    }

    @Test
    void itSaysWhetherItMayFault() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            assertEquals(mayFault(), memory.mayFault());
            assertEquals(mayFault(), memory.mayFault(0));
            assertEquals(mayFault(), memory.mayFault(1));
        }
    }

    @Test
    void aSliceLiesInOneRegion() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            assertEquals(memory.segment(1).address() + 8, memory.slice(3 * PAGE + 8, 16).address());
            assertEquals(3 * PAGE, memory.slice(0, 3 * PAGE).byteSize());
            assertEquals(0, memory.slice(5 * PAGE, 0).byteSize());
            assertThrows(IllegalArgumentException.class, () -> memory.slice(3 * PAGE - 1, 2));
            assertThrows(IllegalArgumentException.class, () -> memory.slice(0, 5 * PAGE));
        }
    }

    @Test
    void slicesCrossTheBorders() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            List<MemorySegment> slices = memory.slices(PAGE, 3 * PAGE);
            assertEquals(2, slices.size());
            assertEquals(memory.segment(0).address() + PAGE, slices.get(0).address());
            assertEquals(2 * PAGE, slices.get(0).byteSize());
            assertEquals(memory.segment(1).address(), slices.get(1).address());
            assertEquals(PAGE, slices.get(1).byteSize());
            assertEquals(List.of(), memory.slices(PAGE, 0));
        }
    }

    @Test
    void whatIsNotInTheImageIsRefused() throws IOException {
        try (GuestMemory memory = open(TWO);
                Arena arena = Arena.ofConfined()) {
            long end = 5 * PAGE;
            long[][] outside = {
                {end, 1}, {end - 1, 2}, {-1, 1}, {0, -1}, {1, Long.MAX_VALUE}, {Long.MAX_VALUE, 1}
            };
            for (long[] range : outside) {
                assertOutside(() -> memory.slice(range[0], range[1]));
                assertOutside(() -> memory.slices(range[0], range[1]));
                assertOutside(
                        () -> {
                            memory.ensurePresent(range[0], range[1]);
                            return 0;
                        });
            }
            MemorySegment buffer = arena.allocate(2);
            assertOutside(() -> copyTo(memory, end - 1, buffer));
            assertOutside(() -> copyFrom(memory, end - 1, buffer));
        }
    }

    private static void assertOutside(Callable<?> use) {
        assertThrows(IndexOutOfBoundsException.class, use::call);
    }

    /// Every range that begins and ends around a border, copied in and out again.
    @Test
    void copiesCrossTheBordersOfRegions() throws IOException {
        try (GuestMemory memory = open(TWO);
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(5 * PAGE);
            for (long from = 3 * PAGE - 9; from <= 3 * PAGE + 9; from++) {
                for (long to = from; to <= 3 * PAGE + 9; to++) {
                    all.fill((byte) 0);
                    memory.copyFrom(0, all);
                    MemorySegment source = arena.allocate(to - from).fill((byte) 0x5A);
                    memory.copyFrom(from, source);
                    MemorySegment.copy(source, 0, all, from, to - from);
                    assertHolds(memory, all);
                    MemorySegment target = arena.allocate(to - from);
                    memory.copyTo(from, target);
                    assertEquals(-1, source.mismatch(target));
                }
            }
        }
    }

    /// Byte for byte, by the regions themselves.
    private static void assertHolds(GuestMemory memory, MemorySegment expected) {
        for (GuestRegion region : memory.regions()) {
            assertEquals(
                    -1,
                    MemorySegment.mismatch(
                            memory.segment(region.index()),
                            0,
                            region.byteCount(),
                            expected,
                            region.imageOffset(),
                            region.endImageOffset()));
        }
    }

    @Test
    void nothingIsCutToAnIntPastTwoGibibytes() throws IOException {
        GuestLayout layout = GuestLayout.of(5 * GIB).then(8 * GIB, 3 * GIB);
        try (GuestMemory memory = open(layout);
                Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(2 * PAGE).fill((byte) 7);
            long[] offsets = {0, 2 * GIB - PAGE, 4 * GIB, 5 * GIB - PAGE, 8 * GIB - 2 * PAGE};
            for (long offset : offsets) {
                MemorySegment target = arena.allocate(2 * PAGE);
                memory.copyTo(offset, target);
                assertTrue(PageScan.isZero(target, 0, 2 * PAGE), () -> "offset " + offset);
                memory.copyFrom(offset, source);
                memory.copyTo(offset, target);
                assertEquals(-1, source.mismatch(target), () -> "offset " + offset);
                source.fill((byte) (source.get(BYTE, 0) + 1));
                assertEquals(offset, layout.imageOffset(layout.guestAddress(offset)).orElseThrow());
            }
        }
    }

    @Test
    void aTebibyteTakesOnlyWhatIsWritten() throws IOException {
        try (GuestMemory memory = open(GuestLayout.of(TIB))) {
            MemorySegment segment = memory.segment(0);
            assertEquals(TIB, segment.byteSize());
            for (long offset = 0; offset < TIB; offset += TIB / 16) {
                segment.set(WORD, offset, offset + 1);
            }
            segment.set(WORD, TIB - 8, 42);
            for (long offset = 0; offset < TIB; offset += TIB / 16) {
                assertEquals(offset + 1, segment.get(WORD, offset));
            }
            assertEquals(42, memory.slice(TIB - 8, 8).get(WORD, 0));
            // A file system reads ahead; nobody reads a gibibyte ahead.
            assertTrue(Smaps.at(segment.address()).residentBytes() < GIB);
        }
    }

    @Test
    void whatIsEnsuredIsPresent() throws IOException {
        long hostPage = NativeMemory.pageByteCount();
        GuestLayout layout = GuestLayout.of(64 * hostPage).then(128 * hostPage, 64 * hostPage);
        try (GuestMemory memory = open(layout)) {
            // From the last byte of a page to the first of another, in the next region.
            memory.ensurePresent(62 * hostPage - 1, 4 * hostPage + 2);
            assertEquals(3, present(memory.segment(0).asSlice(61 * hostPage)));
            assertEquals(3, present(memory.segment(1).asSlice(0, 3 * hostPage)));
            memory.ensurePresent(0, memory.byteCount());
            assertEquals(64, present(memory.segment(0)));
            assertEquals(64, present(memory.segment(1)));
            memory.ensurePresent(memory.byteCount(), 0);
        }
    }

    private static long present(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pages = arena.allocate(memory.byteSize() / NativeMemory.pageByteCount());
            assertEquals(0, NativeMemory.mincore(memory, pages));
            return pages.elements(BYTE).filter(page -> (page.get(BYTE, 0) & 1) != 0).count();
        }
    }

    @Test
    void guardedCodeReturnsAndThrowsAsItWouldAlone() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            memory.segment(0).set(WORD, 8, 42);
            assertEquals(42, memory.guarded("reading", () -> memory.segment(0).get(WORD, 8)));
            memory.runGuarded("writing", () -> memory.segment(0).set(WORD, 8, 43));
            assertEquals(43, memory.segment(0).get(WORD, 8));
            IOException failure = new IOException("of the code itself");
            assertSame(
                    failure,
                    assertThrows(
                            IOException.class,
                            () ->
                                    memory.runGuarded(
                                            "failing",
                                            () -> {
                                                throw failure;
                                            })));
        }
    }

    @Test
    void afterClosingNothingIsHandedOut() throws IOException {
        GuestMemory memory = open(TWO);
        memory.close();
        memory.close();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(8);
            List<Callable<?>> uses =
                    List.of(
                            () -> memory.segment(0),
                            () -> memory.slice(0, 8),
                            () -> memory.slices(0, 8),
                            () -> memory.descriptor(),
                            () -> copyTo(memory, 0, buffer),
                            () -> copyFrom(memory, 0, buffer),
                            () -> memory.guarded("reading", () -> 1),
                            () -> {
                                memory.ensurePresent(0, 8);
                                return 0;
                            });
            uses.forEach(use -> assertThrows(IllegalStateException.class, use::call));
        }
        assertEquals(TWO, memory.layout());
    }

    static int copyTo(GuestMemory memory, long imageOffset, MemorySegment target)
            throws IOException {
        memory.copyTo(imageOffset, target);
        return 0;
    }

    static int copyFrom(GuestMemory memory, long imageOffset, MemorySegment source)
            throws IOException {
        memory.copyFrom(imageOffset, source);
        return 0;
    }

    @Test
    void openingAndClosingLeaksNothing() throws Exception {
        Leaks.assertNone(
                () -> {
                    try (GuestMemory memory = open(TWO)) {
                        memory.segment(0).set(BYTE, 0, (byte) 1);
                    }
                });
    }

    @Test
    void ofManyThreadsThatCloseOneDoes() throws Exception {
        int threadCount = 4;
        try (ExecutorService threads = Executors.newFixedThreadPool(threadCount)) {
            for (int round = 0; round < 50; round++) {
                GuestMemory memory = open(TWO);
                CyclicBarrier start = new CyclicBarrier(threadCount);
                List<Future<?>> closed = new ArrayList<>();
                for (int thread = 0; thread < threadCount; thread++) {
                    closed.add(
                            threads.submit(
                                    () -> {
                                        start.await();
                                        memory.close();
                                        assertThrows(
                                                IllegalStateException.class,
                                                () -> memory.segment(0));
                                        return 0;
                                    }));
                }
                for (Future<?> one : closed) {
                    one.get();
                }
            }
        }
    }

    /// Readers meet either the memory or an exception, never a mapping that is gone.
    @Test
    void closingUnderReadersGivesThemAnException() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 20; round++) {
                GuestMemory memory = open(TWO);
                CyclicBarrier start = new CyclicBarrier(3);
                Consumer<GuestMemory> read = it -> assertEquals(0, it.slice(PAGE, 8).get(WORD, 0));
                List<Future<?>> readers = new ArrayList<>();
                for (int reader = 0; reader < 2; reader++) {
                    readers.add(
                            threads.submit(
                                    () -> {
                                        start.await();
                                        assertThrows(
                                                IllegalStateException.class,
                                                () -> readForEver(memory, read));
                                        return 0;
                                    }));
                }
                start.await();
                memory.close();
                for (Future<?> one : readers) {
                    one.get();
                }
                assertFalse(readers.isEmpty());
            }
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void readForEver(GuestMemory memory, Consumer<GuestMemory> read) {
        while (true) {
            read.accept(memory);
        }
    }
}

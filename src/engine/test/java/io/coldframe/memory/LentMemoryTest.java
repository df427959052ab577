package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

final class LentMemoryTest extends GuestMemoryContract {
    private final List<GuestMemory> lenders = new ArrayList<>();

    @Override
    GuestMemory open(GuestLayout layout) throws IOException {
        GuestMemory lender = GuestMemory.anonymous(layout);
        synchronized (lenders) {
            lenders.add(lender);
        }
        return GuestMemory.lent(layout, segmentsOf(lender));
    }

    private static List<MemorySegment> segmentsOf(GuestMemory lender) {
        return lender.regions().stream().map(region -> lender.segment(region.index())).toList();
    }

    @Override
    boolean mayFault() {
        return false;
    }

    @AfterEach
    void theLenderCloses() {
        lenders.forEach(GuestMemory::close);
    }

    /// Here the lender is what has to be closed.
    @Override
    @Test
    void openingAndClosingLeaksNothing() throws Exception {
        try (GuestMemory lender = GuestMemory.anonymous(TWO)) {
            Leaks.assertNone(() -> GuestMemory.lent(TWO, segmentsOf(lender)).close());
        }
    }

    @Test
    void closingLeavesItToTheLender() throws IOException {
        try (GuestMemory lender = GuestMemory.anonymous(TWO)) {
            GuestMemory memory = GuestMemory.lent(TWO, segmentsOf(lender));
            MemorySegment view = memory.slice(8, 8);
            view.set(WORD, 0, 42);
            memory.close();
            assertEquals(42, view.get(WORD, 0));
            assertEquals(42, lender.segment(0).get(WORD, 8));
        }
    }

    @Test
    void theLenderMayCloseFirst() throws IOException {
        GuestMemory lender = GuestMemory.anonymous(TWO);
        try (GuestMemory memory = GuestMemory.lent(TWO, segmentsOf(lender))) {
            lender.close();
            assertThrows(IllegalStateException.class, () -> memory.slice(0, 8).get(WORD, 0));
            assertThrows(IllegalStateException.class, () -> copyTo(memory, 0, memory.slice(8, 8)));
            assertThrows(IllegalStateException.class, () -> memory.ensurePresent(0, 8));
        }
    }

    @Test
    void oneSegmentIsOneRegionAtZero() {
        try (Arena arena = Arena.ofShared();
                GuestMemory memory = GuestMemory.lent(arena.allocate(4 * PAGE, PAGE))) {
            assertEquals(GuestLayout.of(4 * PAGE), memory.layout());
            assertEquals(OptionalInt.empty(), memory.descriptor());
        }
    }

    @Test
    void memoryOfTheHeapIsRefused() {
        MemorySegment heap = MemorySegment.ofArray(new long[1 << 10]);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> GuestMemory.lent(heap));
        assertTrue(refused.toString().contains("not a part of the Java heap"));
    }

    @Test
    void memoryOfOneThreadIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment confined = arena.allocate(PAGE, PAGE);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> GuestMemory.lent(confined));
            assertTrue(refused.toString().contains("not confined to one"));
        }
    }

    @Test
    void memoryThatIsClosedIsRefused() {
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(PAGE, PAGE);
        arena.close();
        assertThrows(IllegalStateException.class, () -> GuestMemory.lent(segment));
    }

    @Test
    void segmentsThatDoNotFitTheLayoutAreRefused() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment three = arena.allocate(3 * PAGE, PAGE);
            MemorySegment two = arena.allocate(2 * PAGE, PAGE);
            MemorySegment odd = arena.allocate(PAGE + 1, PAGE);
            GuestMemory.lent(TWO, List.of(three, two)).close();
            assertRefused(List.of(two, three));
            assertRefused(List.of(three));
            assertRefused(List.of(three, two, two));
            assertThrows(IllegalArgumentException.class, () -> GuestMemory.lent(odd));
        }
    }

    private static void assertRefused(List<MemorySegment> segments) {
        assertThrows(IllegalArgumentException.class, () -> GuestMemory.lent(TWO, segments));
    }

    /// The kernel populates whole pages, and lent memory may begin in the middle of one.
    @Test
    void memoryThatIsNotAlignedCanBeMadePresent() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment odd = arena.allocate(3 * PAGE).asSlice(9, 2 * PAGE);
            try (GuestMemory memory = GuestMemory.lent(odd)) {
                memory.ensurePresent(0, 1);
                memory.ensurePresent(2 * PAGE - 1, 1);
                memory.ensurePresent(0, 2 * PAGE);
            }
        }
    }

    @Test
    void aLentMappingMayFaultAndSaysSo(@TempDir Path folder) throws IOException {
        try (Arena arena = Arena.ofShared();
                FileChannel channel = create(folder.resolve("lent"), 2 * PAGE)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * PAGE, arena);
            MemorySegment plain = arena.allocate(3 * PAGE, PAGE);
            try (GuestMemory memory = GuestMemory.lent(TWO, List.of(plain, mapped))) {
                assertTrue(memory.mayFault());
                assertFalse(memory.mayFault(0));
                assertTrue(memory.mayFault(1));
                memory.copyFrom(0, arena.allocate(5 * PAGE).fill((byte) 1));
                channel.truncate(PAGE);
                MemorySegment target = arena.allocate(5 * PAGE);
                memory.copyTo(0, target.asSlice(0, 4 * PAGE));
                FaultGuardTest.assertCorrupt(
                        "the file behind it was cut or failed", () -> memory.copyTo(0, target));
            }
        }
    }

    private static FileChannel create(Path file, long byteCount) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel.write(java.nio.ByteBuffer.allocate(Math.toIntExact(byteCount)));
        return channel;
    }
}

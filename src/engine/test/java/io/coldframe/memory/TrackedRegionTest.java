package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

final class TrackedRegionTest {

    private static final PageSize PAGE = PageSize.KIB_16;
    private static final PageSize BLOCK = PageSize.MIB_2;
    private static final long START = 0x8000_0000L;
    private static final long WINDOW_NS = 100_000_000;
    private static final int BLOCK_PAGES = 128;

    // Two blocks and a half.
    private static final PageGrid GRID = new PageGrid(START, 5L << 20, PAGE);

    private final AtomicLong clock = new AtomicLong();
    private final TrackedRegion region =
            TrackedRegion.create(GRID, GranulePolicy.standard(PAGE), clock::get);
    private final DirtyBitmap taken = DirtyBitmap.create(GRID);

    @AfterEach
    void close() {
        region.close();
        taken.close();
    }

    private static long address(long page) {
        return START + PAGE.bytes(page);
    }

    private static BitSet pages(int first, int end) {
        BitSet pages = new BitSet();
        pages.set(first, end);
        return pages;
    }

    private BitSet drain() {
        region.drainTo(taken);
        return BitmapJudge.collect(taken::drain);
    }

    /// Faults in one block until it has stepped down.
    private void stepDown() {
        for (int fault = 0; fault <= 32; fault++) {
            region.onFault(address(2L * fault));
        }
        assertEquals(PAGE, region.granule());
    }

    @Test
    void aFaultMarksItsBlockAndGrantsLessThanTheBlock() {
        WriteGrant grant = region.onFault(address(5) + 77).orElseThrow();
        assertEquals(new WriteGrant(address(4), 32 << 10), grant);
        assertEquals(BLOCK, region.granule());
        assertEquals(pages(0, BLOCK_PAGES), drain());
        assertTrue(drain().isEmpty());
    }

    @Test
    void aBlockWhoseEveryGrantIsWrittenStepsDown() {
        // Each fault writes to what it was not granted yet, as a guest does.
        long faults = 0;
        long at = address(0);
        while (at < address(BLOCK_PAGES)) {
            WriteGrant grant = region.onFault(at).orElseThrow();
            assertTrue(grant.address() <= at && at < grant.address() + grant.byteCount());
            at = grant.address() + grant.byteCount();
            faults++;
            assertEquals(faults > 32 ? PAGE : BLOCK, region.granule());
        }
        assertEquals(32 + 2 * 32, faults);
    }

    @Test
    void inPagesAFaultMarksAndGrantsOnePage() {
        stepDown();
        // What was dirty in blocks is dirty whole.
        assertEquals(pages(0, BLOCK_PAGES), drain());
        assertEquals(
                Optional.of(new WriteGrant(address(131), 16 << 10)),
                region.onFault(address(131) + 16383));
        assertEquals(pages(131, 132), drain());
    }

    @Test
    void theLastBlockMayBePartial() {
        assertEquals(320, GRID.pageCount());
        assertEquals(
                Optional.of(new WriteGrant(address(318), 32 << 10)), region.onFault(address(319)));
        assertEquals(pages(2 * BLOCK_PAGES, 320), drain());
    }

    @Test
    void aGrantDoesNotReachPastTheRegion() {
        PageGrid odd = new PageGrid(START + PAGE.bytes(), PAGE.bytes(3), PAGE);
        try (TrackedRegion small = TrackedRegion.create(odd)) {
            assertEquals(
                    Optional.of(new WriteGrant(address(3), 16 << 10)), small.onFault(address(3)));
            assertEquals(
                    Optional.of(new WriteGrant(address(1), 32 << 10)), small.onFault(address(2)));
        }
    }

    @Test
    void anAddressOutsideMarksAndGrantsNothing() {
        for (long address : new long[] {START - 1, address(320), 0, -1, Long.MIN_VALUE}) {
            assertEquals(Optional.empty(), region.onFault(address));
            assertEquals(Mark.OUT_OF_RANGE, region.mark(address));
            assertEquals(Mark.OUT_OF_RANGE, region.markWritten(address, 1));
        }
        assertEquals(Mark.OUT_OF_RANGE, region.markWritten(address(319), PAGE.bytes() + 1));
        assertEquals(Mark.OUT_OF_RANGE, region.markWritten(START, -1));
        assertTrue(drain().isEmpty());
    }

    @Test
    void marksTellWhetherTheGranuleWasClean() {
        assertEquals(Mark.FRESH, region.mark(address(0)));
        assertEquals(Mark.ALREADY_DIRTY, region.mark(address(1)));
        assertEquals(Mark.FRESH, region.markWritten(address(127), 2L * PAGE.bytes()));
        assertEquals(Mark.ALREADY_DIRTY, region.markWritten(address(255), 1));
        assertEquals(pages(0, 2 * BLOCK_PAGES), drain());
    }

    @Test
    void faultsThatAreSlowOrSpreadNeverStepDown() {
        for (int fault = 0; fault < 500; fault++) {
            region.onFault(address(fault % BLOCK_PAGES));
            clock.addAndGet(WINDOW_NS / 32 + 1);
        }
        assertEquals(BLOCK, region.granule());
        clock.addAndGet(10 * WINDOW_NS);
        for (int fault = 0; fault < 32; fault++) {
            region.onFault(address(fault));
            region.onFault(address(BLOCK_PAGES + fault));
        }
        assertEquals(BLOCK, region.granule());
        region.onFault(address(BLOCK_PAGES + 40));
        assertEquals(PAGE, region.granule());
    }

    @Test
    void itStaysInPagesUntilACheckpoint() {
        stepDown();
        clock.addAndGet(1000 * WINDOW_NS);
        assertFalse(drain().isEmpty());
        assertEquals(PAGE, region.granule());
        region.onFault(address(200));
        assertEquals(PAGE, region.granule());
        region.checkpoint();
        assertEquals(BLOCK, region.granule());
    }

    @Test
    void aCheckpointStartsToCountAnew() {
        for (int fault = 0; fault < 32; fault++) {
            region.onFault(address(fault));
        }
        region.checkpoint();
        for (int fault = 0; fault < 32; fault++) {
            region.onFault(address(fault));
        }
        assertEquals(BLOCK, region.granule());
        region.onFault(address(32));
        assertEquals(PAGE, region.granule());
        region.checkpoint();
        stepDown();
    }

    @Test
    void whatWasMarkedAfterTheDrainIsInTheNextOneAfterACheckpoint() {
        stepDown();
        drain();
        region.mark(address(130));
        region.checkpoint();
        assertEquals(pages(BLOCK_PAGES, 2 * BLOCK_PAGES), drain());
        assertTrue(drain().isEmpty());
        // And nothing of it is left in the pages for the next step down.
        stepDown();
        assertEquals(pages(0, BLOCK_PAGES), drain());
    }

    @Test
    void aFailedCaptureIsPutBackAlsoAcrossASwitch() {
        region.mark(address(130));
        region.drainTo(taken);
        stepDown();
        assertEquals(pages(0, BLOCK_PAGES), drainedElsewhere());
        region.putBack(taken);
        assertEquals(0, taken.dirtyCount());
        assertEquals(pages(BLOCK_PAGES, 2 * BLOCK_PAGES), drain());

        region.mark(address(7));
        region.drainTo(taken);
        region.checkpoint();
        region.putBack(taken);
        assertEquals(pages(0, BLOCK_PAGES), drain());
    }

    private BitSet drainedElsewhere() {
        try (DirtyBitmap other = DirtyBitmap.create(GRID)) {
            region.drainTo(other);
            return BitmapJudge.collect(other::drain);
        }
    }

    @Test
    void aDrainAddsToWhatTheCaptureHas() {
        taken.markPage(300);
        region.mark(address(0));
        BitSet expected = pages(0, BLOCK_PAGES);
        expected.set(300);
        assertEquals(expected, drain());
    }

    @Test
    void whatIsNotOfThisRegionIsRefused() {
        try (DirtyBitmap blocks = DirtyBitmap.create(GRID.in(BLOCK))) {
            assertThrows(IllegalArgumentException.class, () -> region.drainTo(blocks));
            assertThrows(IllegalArgumentException.class, () -> region.putBack(blocks));
        }
        GranulePolicy policy = GranulePolicy.standard(PAGE);
        for (PageGrid wrong :
                List.of(
                        GRID.in(PageSize.KIB_4),
                        new PageGrid(START + 4096, 5L << 20, PAGE),
                        new PageGrid(START, (5L << 20) - 1, PAGE))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> TrackedRegion.create(wrong, policy, clock::get));
        }
    }

    @Test
    void aClosedRegionIsNotUsed() {
        TrackedRegion closed = TrackedRegion.create(GRID);
        assertEquals(GRID, closed.grid());
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.mark(START));
    }

    /// What may be dirty and what must be, by a model that knows nothing of bits and words.
    private final class Model {
        private BitSet dirty = new BitSet();
        private final FaultModel faults = new FaultModel();
        private boolean inPages;

        void mark(int page) {
            if (inPages) {
                dirty.set(page);
            } else {
                int first = page / BLOCK_PAGES * BLOCK_PAGES;
                dirty.set(first, Math.min(first + BLOCK_PAGES, 320));
            }
        }

        void fault(int page) {
            if (!inPages && faults.exceed(page / BLOCK_PAGES, clock.get())) {
                inPages = true;
            }
            mark(page);
        }

        void checkpoint() {
            inPages = false;
            faults.clear();
            BitSet before = dirty;
            dirty = new BitSet();
            before.stream().forEach(this::mark);
        }
    }

    /// Every fault since the last checkpoint.
    private static final class FaultModel {
        private final List<long[]> faults = new java.util.ArrayList<>();

        boolean exceed(long block, long nowNs) {
            faults.add(new long[] {block, nowNs});
            return faults.stream().filter(f -> f[0] == block && nowNs - f[1] <= WINDOW_NS).count()
                    > 32;
        }

        void clear() {
            faults.clear();
        }
    }

    @Test
    void randomOperationsAgreeWithTheModel() {
        long seed = Long.getLong("coldframe.seed", System.nanoTime());
        Random random = new Random(seed);
        Model model = new Model();
        int stepsDown = 0;
        for (int step = 0; step < Soak.count(20_000, 1_000_000); step++) {
            int page = random.nextInt(320);
            int operation = random.nextInt(400);
            boolean wasInPages = model.inPages;
            if (operation < 300) {
                model.fault(page);
                WriteGrant grant = region.onFault(address(page)).orElseThrow();
                long granted = GRID.page(grant.address());
                assertTrue(granted <= page && page < granted + grant.byteCount() / PAGE.bytes());
                assertEquals(model.inPages ? 1 : 2, grant.byteCount() / PAGE.bytes());
            } else if (operation < 390) {
                model.mark(page);
                region.mark(address(page));
            } else if (operation < 394) {
                assertEquals(model.dirty, drain(), () -> "seed " + seed);
                model.dirty.clear();
            } else if (operation < 397) {
                region.drainTo(taken);
                region.putBack(taken);
            } else {
                model.checkpoint();
                region.checkpoint();
            }
            stepsDown += !wasInPages && model.inPages ? 1 : 0;
            assertEquals(model.inPages ? PAGE : BLOCK, region.granule(), () -> "seed " + seed);
            // From too slow to exceed the threshold to fast enough.
            clock.addAndGet(random.nextLong(2 * WINDOW_NS / 80));
        }
        assertTrue(stepsDown > 10, stepsDown + " steps down");
    }
}

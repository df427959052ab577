package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

final class DirtyBitmapTest {

    private static final int[] PAGE_COUNTS = {1, 63, 64, 65, 127, 128, 1000};
    private static final long SEED = 31;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private DirtyBitmap bitmap(long pageCount) {
        return BitmapJudge.withGarbage(BitmapJudge.grid(pageCount), arena);
    }

    @Test
    void eachSinglePageIsFoundFromEveryStart() {
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            BitmapJudge.assertSame(new BitSet(), bitmap, "clean, " + pageCount);
            for (int page = 0; page < pageCount; page++) {
                BitSet one = new BitSet();
                one.set(page);
                BitmapJudge.load(bitmap, one);
                BitmapJudge.assertSame(one, bitmap, page + " of " + pageCount);
            }
        }
    }

    @Test
    void eachSingleCleanPageIsFoundFromEveryStart() {
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            for (int page = 0; page < pageCount; page++) {
                BitSet rest = new BitSet();
                rest.set(0, pageCount);
                rest.clear(page);
                BitmapJudge.load(bitmap, rest);
                BitmapJudge.assertSame(rest, bitmap, "all but " + page + " of " + pageCount);
            }
        }
    }

    @Test
    void everyRunIsMarkedWholeAndAlone() {
        for (int pageCount : new int[] {1, 63, 64, 65, 127, 128, 200}) {
            DirtyBitmap bitmap = bitmap(pageCount);
            for (int first = 0; first < pageCount; first++) {
                for (int end = first + 1; end <= pageCount; end++) {
                    bitmap.clear();
                    assertEquals(Mark.FRESH, bitmap.markPages(first, end - first));
                    assertEquals(Mark.ALREADY_DIRTY, bitmap.markPages(first, end - first));
                    assertEquals(first, bitmap.nextDirty(0));
                    assertEquals(end, bitmap.nextClean(first));
                    assertEquals(pageCount, bitmap.nextDirty(end));
                    assertEquals(end - first, bitmap.dirtyCount());
                }
            }
        }
    }

    @Test
    void randomPagesAreFoundFromEveryStart() {
        Random random = new Random(SEED);
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            for (int round = 0; round < 60; round++) {
                BitSet pages = BitmapJudge.random(random, pageCount);
                BitmapJudge.load(bitmap, pages);
                BitmapJudge.assertSame(pages, bitmap, pageCount + " pages, round " + round);
                assertEquals(pages, BitmapJudge.collect(bitmap::drain));
                assertEquals(0, bitmap.dirtyCount());
            }
        }
    }

    @Test
    void aPageIsABitOfALittleEndianWord() {
        DirtyBitmap bitmap = DirtyBitmap.create(BitmapJudge.grid(200), arena);
        for (int page = 0; page < 200; page++) {
            bitmap.clear();
            bitmap.markPage(page);
            for (int i = 0; i < bitmap.words().byteSize(); i++) {
                byte expected = (byte) (i == page / 8 ? 1 << page % 8 : 0);
                assertEquals(expected, bitmap.words().get(ValueLayout.JAVA_BYTE, i), "byte " + i);
            }
        }
    }

    @Test
    void whatAKernelWritesIntoTheWordsIsDirty() {
        DirtyBitmap bitmap = DirtyBitmap.create(BitmapJudge.grid(65), arena);
        assertEquals(16, bitmap.words().byteSize());
        bitmap.words().set(ValueLayout.JAVA_BYTE, 0, (byte) 0x81);
        bitmap.words().set(ValueLayout.JAVA_BYTE, 8, (byte) 0xff);
        BitSet expected = new BitSet();
        expected.set(0);
        expected.set(7);
        expected.set(64);
        BitmapJudge.assertSame(expected, bitmap, "kernel");
    }

    @Test
    void aMarkTellsWhetherThePageWasClean() {
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            PageGrid grid = bitmap.grid();
            for (int page = 0; page < pageCount; page++) {
                long first = grid.address(page);
                long last = first + grid.byteCount(new PageRange(page, 1)) - 1;
                assertFalse(bitmap.isDirty(first));
                assertEquals(Mark.FRESH, bitmap.mark(page % 2 == 0 ? first : last));
                assertEquals(Mark.ALREADY_DIRTY, bitmap.mark(first));
                assertEquals(Mark.ALREADY_DIRTY, bitmap.mark(last));
                assertEquals(Mark.ALREADY_DIRTY, bitmap.markPage(page));
                assertTrue(bitmap.isDirty(last));
                assertEquals(page + 1, bitmap.dirtyCount());
            }
        }
    }

    @Test
    void aMarkOutOfRangeMarksNothingAndSaysSo() {
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            long start = bitmap.grid().startAddress();
            long end = bitmap.grid().endAddress();
            for (long address :
                    new long[] {start - 1, end, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertEquals(Mark.OUT_OF_RANGE, bitmap.mark(address));
                assertEquals(Mark.OUT_OF_RANGE, bitmap.markBytes(address, 1));
                assertEquals(Mark.OUT_OF_RANGE, bitmap.markWritten(address, 1));
                assertFalse(bitmap.isDirty(address));
            }
            for (long page : new long[] {-1, pageCount, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertEquals(Mark.OUT_OF_RANGE, bitmap.markPage(page));
                assertEquals(Mark.OUT_OF_RANGE, bitmap.markPages(page, 1));
                assertFalse(bitmap.isPageDirty(page));
            }
            assertEquals(Mark.OUT_OF_RANGE, bitmap.markPages(0, pageCount + 1L));
            assertEquals(Mark.OUT_OF_RANGE, bitmap.markPages(1, Long.MAX_VALUE));
            assertEquals(Mark.OUT_OF_RANGE, bitmap.markPages(0, -1));
            assertEquals(Mark.OUT_OF_RANGE, bitmap.markBytes(start, end - start + 1));
            assertEquals(Mark.OUT_OF_RANGE, bitmap.markBytes(start + 1, Long.MAX_VALUE));
            assertEquals(Mark.OUT_OF_RANGE, bitmap.markBytes(start, -1));
            assertEquals(0, bitmap.dirtyCount());
        }
    }

    @Test
    void nothingToMarkIsAlreadyDirty() {
        DirtyBitmap bitmap = bitmap(65);
        assertEquals(Mark.ALREADY_DIRTY, bitmap.markPages(0, 0));
        assertEquals(Mark.ALREADY_DIRTY, bitmap.markPages(65, 0));
        assertEquals(Mark.ALREADY_DIRTY, bitmap.markBytes(BitmapJudge.START, 0));
        assertEquals(0, bitmap.dirtyCount());
    }

    @Test
    void writtenBytesMarkEveryPageThatTheyTouch() {
        long page = BitmapJudge.PAGE.bytes();
        DirtyBitmap bitmap = bitmap(5);
        long[] edges = {0, 1, page - 1, page, page + 1, 2 * page - 1, 2 * page, 5 * page - 1};
        for (long first : edges) {
            for (long end : edges) {
                if (first < end) {
                    bitmap.clear();
                    bitmap.markWritten(BitmapJudge.START + first, end - first);
                    BitSet expected = new BitSet();
                    expected.set((int) (first / page), (int) ((end - 1) / page) + 1);
                    BitmapJudge.assertSame(expected, bitmap, first + " to " + end);
                }
            }
        }
    }

    @Test
    void aFailingVisitPutsItsRunAndTheRestBack() {
        Random random = new Random(SEED);
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            for (int round = 0; round < 40; round++) {
                BitSet pages = BitmapJudge.random(random, pageCount);
                int failAt = random.nextInt(6);
                BitmapJudge.load(bitmap, pages);
                BitSet handed = drainUntil(bitmap, failAt);
                BitSet rest = (BitSet) pages.clone();
                rest.andNot(handed);
                BitmapJudge.assertSame(rest, bitmap, pageCount + " pages, fails at " + failAt);
            }
        }
    }

    /// Drains with a visitor that fails at the run of that number, if there are so many.
    private static BitSet drainUntil(DirtyBitmap bitmap, int failAt) {
        BitSet handed = new BitSet();
        Exception failure = new Exception("full");
        int[] visits = {0};
        try {
            bitmap.drain(
                    (first, count) -> {
                        if (visits[0]++ == failAt) {
                            throw failure;
                        }
                        handed.set((int) first, (int) (first + count));
                    });
        } catch (Exception thrown) {
            assertSame(failure, thrown);
        }
        return handed;
    }

    @Test
    void aFailingPeekChangesNothing() {
        DirtyBitmap bitmap = bitmap(200);
        bitmap.markPages(10, 100);
        assertThrows(
                IllegalStateException.class,
                () ->
                        bitmap.forEachDirty(
                                (_, _) -> {
                                    throw new IllegalStateException("stop");
                                }));
        assertEquals(100, bitmap.dirtyCount());
    }

    @Test
    void aMarkDuringItsOwnVisitStaysForTheNextDrain() {
        DirtyBitmap bitmap = bitmap(200);
        bitmap.markPages(10, 2);
        bitmap.markPage(150);
        bitmap.drain(
                (first, _) -> {
                    if (first == 10) {
                        assertEquals(Mark.FRESH, bitmap.markPage(10));
                    }
                });
        BitSet expected = new BitSet();
        expected.set(10);
        BitmapJudge.assertSame(expected, bitmap, "marked while visited");
    }

    @Test
    void drainingAddsToTheTargetAndPuttingBackUndoesIt() {
        for (int pageCount : PAGE_COUNTS) {
            Random random = new Random(SEED);
            DirtyBitmap live = bitmap(pageCount);
            DirtyBitmap taken = bitmap(pageCount);
            BitSet before = BitmapJudge.random(random, pageCount);
            BitSet there = BitmapJudge.random(random, pageCount);
            BitmapJudge.load(live, before);
            BitmapJudge.load(taken, there);
            BitSet both = (BitSet) before.clone();
            both.or(there);
            live.drainTo(taken);
            BitmapJudge.assertSame(new BitSet(), live, "drained");
            BitmapJudge.assertSame(both, taken, "taken");
            live.markPage(0);
            live.putBack(taken);
            both.set(0);
            BitmapJudge.assertSame(both, live, "put back");
            BitmapJudge.assertSame(new BitSet(), taken, "given back");
        }
    }

    @Test
    void aLogIsAddedWithoutWhatFollowsItsLastPage() {
        Random random = new Random(SEED);
        for (int pageCount : PAGE_COUNTS) {
            DirtyBitmap bitmap = bitmap(pageCount);
            DirtyBitmap log = bitmap(pageCount);
            BitSet before = BitmapJudge.random(random, pageCount);
            BitSet logged = BitmapJudge.random(random, pageCount);
            BitmapJudge.load(bitmap, before);
            BitmapJudge.load(log, logged);
            bitmap.ingest(log.words());
            before.or(logged);
            BitmapJudge.assertSame(before, bitmap, "log of " + pageCount);
            BitmapJudge.assertSame(logged, log, "the log itself");
        }
    }

    @Test
    void aLogMayLieOnTheHeapAndBeLonger() {
        DirtyBitmap bitmap = bitmap(65);
        bitmap.ingest(MemorySegment.ofArray(new long[] {5, -1, -1}));
        assertEquals(3, bitmap.dirtyCount());
        assertTrue(bitmap.isPageDirty(64));
    }

    @Test
    void aLogThatIsTooShortOrMisalignedIsRefused() {
        DirtyBitmap bitmap = bitmap(65);
        MemorySegment log = arena.allocate(32, 8);
        log.fill((byte) -1);
        assertThrows(IllegalArgumentException.class, () -> bitmap.ingest(log.asSlice(0, 15)));
        assertThrows(IllegalArgumentException.class, () -> bitmap.ingest(log.asSlice(4, 16)));
        assertEquals(0, bitmap.dirtyCount());
        PageGrid grid = bitmap.grid();
        assertThrows(
                IllegalArgumentException.class, () -> DirtyBitmap.over(grid, log.asSlice(1, 16)));
        assertThrows(
                IllegalArgumentException.class, () -> DirtyBitmap.over(grid, log.asReadOnly()));
    }

    @Test
    void everyFoldMarksExactlyWhatItsPagesAreMadeOf() {
        Random random = new Random(SEED);
        for (int ratio : new int[] {2, 8, 64, 512}) {
            for (int finePages : new int[] {1, 63, 65, 500, 1000, 1025}) {
                PageGrid grid = BitmapJudge.grid(finePages);
                PageSize coarsePage = PageSize.ofBytes((long) ratio * BitmapJudge.PAGE.bytes());
                DirtyBitmap fine = BitmapJudge.withGarbage(grid, arena);
                DirtyBitmap coarse = BitmapJudge.withGarbage(grid.in(coarsePage), arena);
                BitSet blocks = BitmapJudge.random(random, (int) coarse.pageCount());
                BitSet before = BitmapJudge.random(random, finePages);
                BitmapJudge.load(coarse, blocks);
                BitmapJudge.load(fine, before);
                BitSet folded = (BitSet) before.clone();
                blocks.stream()
                        .forEach(b -> folded.set(b * ratio, Math.min((b + 1) * ratio, finePages)));
                coarse.foldInto(fine);
                BitmapJudge.assertSame(folded, fine, "folded by " + ratio);
                BitmapJudge.assertSame(blocks, coarse, "folding leaves the source");

                BitSet coarsened = (BitSet) blocks.clone();
                folded.stream().forEach(page -> coarsened.set(page / ratio));
                fine.coarsenInto(coarse);
                BitmapJudge.assertSame(coarsened, coarse, "coarsened by " + ratio);
            }
        }
    }

    @Test
    void aFoldNeedsTheSameRangeAndAStrictlyFinerPage() {
        PageGrid grid = BitmapJudge.grid(100);
        DirtyBitmap bitmap = DirtyBitmap.create(grid, arena);
        DirtyBitmap same = DirtyBitmap.create(grid, arena);
        DirtyBitmap coarser = DirtyBitmap.create(grid.in(PageSize.KIB_4), arena);
        DirtyBitmap other = DirtyBitmap.create(BitmapJudge.grid(101), arena);
        coarser.foldInto(bitmap);
        bitmap.coarsenInto(coarser);
        for (DirtyBitmap wrong : List.of(bitmap, same, coarser, other)) {
            assertThrows(IllegalArgumentException.class, () -> bitmap.foldInto(wrong));
        }
        for (DirtyBitmap wrong : List.of(bitmap, same, other)) {
            assertThrows(IllegalArgumentException.class, () -> bitmap.coarsenInto(wrong));
        }
        assertThrows(IllegalArgumentException.class, () -> coarser.foldInto(other));
    }

    @Test
    void bitmapsOfOtherPagesOrTheSameWordsDoNotMix() {
        DirtyBitmap bitmap = bitmap(100);
        DirtyBitmap alias = DirtyBitmap.over(bitmap.grid(), bitmap.words());
        bitmap.markPage(5);
        for (DirtyBitmap wrong : List.of(bitmap, alias, bitmap(101))) {
            assertThrows(IllegalArgumentException.class, () -> bitmap.drainTo(wrong));
            assertThrows(IllegalArgumentException.class, () -> bitmap.putBack(wrong));
            assertThrows(IllegalArgumentException.class, () -> bitmap.union(wrong));
            assertThrows(IllegalArgumentException.class, () -> bitmap.andNot(wrong));
        }
        assertEquals(1, bitmap.dirtyCount());
    }

    @Test
    void aCursorStartsAnywhereButBelowZero() {
        DirtyBitmap bitmap = bitmap(65);
        assertEquals(65, bitmap.nextDirty(Long.MAX_VALUE));
        assertEquals(65, bitmap.nextClean(65));
        assertThrows(IllegalArgumentException.class, () -> bitmap.nextDirty(-1));
        assertThrows(IllegalArgumentException.class, () -> bitmap.nextClean(Long.MIN_VALUE));
    }

    @Test
    void anOwnedBitmapIsFreedOnceAndALentOneNever() {
        PageGrid grid = BitmapJudge.grid(10);
        DirtyBitmap owned = DirtyBitmap.create(grid);
        owned.close();
        owned.close();
        assertThrows(IllegalStateException.class, () -> owned.markPage(1));
        assertThrows(IllegalStateException.class, owned::dirtyCount);

        DirtyBitmap lent = DirtyBitmap.create(grid, arena);
        lent.close();
        assertEquals(Mark.FRESH, lent.markPage(1));
        assertEquals("dirty pages of " + grid, lent.toString());
    }

    @Test
    void aTebibyteTakes32MebibytesOfWords() {
        PageGrid tebibyte = new PageGrid(0, 1L << 40, PageSize.KIB_4);
        assertEquals(32L << 20, DirtyBitmap.wordBytes(tebibyte));
        assertEquals(8, DirtyBitmap.wordBytes(new PageGrid(0, 1, PageSize.KIB_4)));
        assertEquals(16, DirtyBitmap.wordBytes(new PageGrid(0, 4096 * 64 + 1, PageSize.KIB_4)));
    }

    @Test
    void morePagesThanAnIntCountsAreAllThere() {
        long pageCount = (1L << 31) + 1000;
        try (DirtyBitmap bitmap = DirtyBitmap.create(BitmapJudge.grid(pageCount))) {
            long last = pageCount - 1;
            assertEquals(pageCount, bitmap.nextDirty(0));
            assertEquals(Mark.FRESH, bitmap.mark(bitmap.grid().endAddress() - 1));
            assertEquals(Mark.FRESH, bitmap.markPages((1L << 31) - 100, 200));
            assertEquals((1L << 31) - 100, bitmap.nextDirty(0));
            assertEquals((1L << 31) + 100, bitmap.nextClean((1L << 31) - 100));
            assertEquals(last, bitmap.nextDirty((1L << 31) + 100));
            assertEquals(pageCount, bitmap.nextClean(last));
            assertEquals(201, bitmap.dirtyCount());
            List<PageRange> runs = new ArrayList<>();
            bitmap.drain((first, count) -> runs.add(new PageRange(first, count)));
            assertEquals(
                    List.of(new PageRange((1L << 31) - 100, 200), new PageRange(last, 1)), runs);
            assertEquals(pageCount, bitmap.nextDirty(0));
        }
    }
}

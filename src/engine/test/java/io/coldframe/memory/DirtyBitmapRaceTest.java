package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Soak;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Real threads that mark while another takes bits out. A bit becomes dirty as often as a mark says
/// fresh, and clean as often as it is taken, so the two counts must agree.
final class DirtyBitmapRaceTest {

    private static final int PAGE_COUNT = 1000;
    private static final int MARKS = 4000;

    // So far from the words that no prefetch brings both.
    private static final long DISTANT_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final DirtyBitmap bitmap = DirtyBitmap.create(BitmapJudge.grid(PAGE_COUNT), arena);
    private final DirtyBitmap target = DirtyBitmap.create(BitmapJudge.grid(PAGE_COUNT), arena);
    private final AtomicLong fresh = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicBoolean marking = new AtomicBoolean();

    @AfterEach
    void closeArena() {
        arena.close();
    }

    /// Marks pages in an order of its own, all over the bitmap or all in two words.
    private void markMany(int round, int stride) {
        int span = round % 2 == 0 ? PAGE_COUNT : 128;
        long count = 0;
        long page = round;
        for (int i = 0; i < MARKS; i++) {
            page = (page + stride) % span;
            count += bitmap.markPage(page) == Mark.FRESH ? 1 : 0;
        }
        fresh.addAndGet(count);
    }

    /// Those who take end too when the marks fail, or the test would never say so.
    private void whileMarking(Runnable marks) {
        try {
            marks.run();
        } finally {
            marking.set(false);
        }
    }

    private void takeWhileMarking(Runnable take) {
        while (marking.get()) {
            take.run();
        }
    }

    private void countDrained() {
        bitmap.drain((_, count) -> taken.addAndGet(count));
    }

    private void countMoved() {
        bitmap.drainTo(target);
        target.drain((_, count) -> taken.addAndGet(count));
    }

    private void race(Runnable take) throws Exception {
        marking.set(true);
        Rounds.run(
                Soak.count(300, 30_000),
                round -> {
                    take.run();
                    assertEquals(fresh.get(), taken.get(), "round " + round);
                    assertEquals(0, bitmap.dirtyCount());
                    marking.set(true);
                },
                round -> whileMarking(() -> markMany(round, 37)),
                round -> markMany(round, 1),
                _ -> takeWhileMarking(take));
    }

    @Test
    void everyFreshMarkIsDrainedOnce() throws Exception {
        race(this::countDrained);
    }

    @Test
    void everyFreshMarkIsMovedOnce() throws Exception {
        race(this::countMoved);
    }

    @Test
    void aFailingDrainLosesNoRacingMark() throws Exception {
        BitSet handed = new BitSet();
        Runnable drain =
                () -> {
                    int[] visitsLeft = {3};
                    try {
                        bitmap.drain(
                                (first, count) -> {
                                    if (visitsLeft[0]-- == 0) {
                                        throw new ArithmeticException("stop");
                                    }
                                    handed.set((int) first, (int) (first + count));
                                });
                    } catch (ArithmeticException stopped) {
                        assertEquals("stop", stopped.getMessage());
                    }
                };
        marking.set(true);
        Rounds.run(
                Soak.count(300, 30_000),
                round -> {
                    bitmap.drain((first, count) -> handed.set((int) first, (int) (first + count)));
                    assertEquals(PAGE_COUNT, handed.cardinality(), "round " + round);
                    handed.clear();
                    marking.set(true);
                },
                _ ->
                        whileMarking(
                                () -> {
                                    for (int page = 0; page < PAGE_COUNT; page++) {
                                        bitmap.markPage(page * 37L % PAGE_COUNT);
                                    }
                                }),
                _ -> takeWhileMarking(drain));
    }

    @Test
    void everyOperationOnWholeWordsLeavesRacingMarksAlone() throws Exception {
        // The even pages belong to the operations, the odd ones are marked meanwhile.
        DirtyBitmap even = DirtyBitmap.create(BitmapJudge.grid(PAGE_COUNT), arena);
        for (int page = 0; page < PAGE_COUNT; page += 2) {
            even.markPage(page);
        }
        Rounds.run(
                Soak.count(300, 30_000),
                round -> {
                    BitSet expected = new BitSet();
                    for (int page = 1; page < PAGE_COUNT; page += 2) {
                        expected.set(page);
                    }
                    assertEquals(expected, BitmapJudge.collect(bitmap::drain), "round " + round);
                },
                _ -> {
                    for (int page = 1; page < PAGE_COUNT; page += 2) {
                        bitmap.markPage(page);
                    }
                },
                _ -> {
                    for (int i = 0; i < 20; i++) {
                        bitmap.union(even);
                        bitmap.ingest(even.words());
                        bitmap.andNot(even);
                    }
                });
    }

    /// One write and its mark against one drain and its copy, in lock step, again and again. The
    /// page is dirty from before, so the mark finds nothing to change: only because it changes the
    /// word all the same can the write not arrive after a copy that took the bit.
    @Test
    void aPageThatIsMarkedWrittenIsCopiedAsItWasWrittenOrNewer() throws Exception {
        int races = Soak.count(5_000, 500_000);
        MemorySegment page = arena.allocate(DISTANT_BYTES, DISTANT_BYTES);
        long[] copied = {0};
        long[] lost = {0};
        PageGrid grid = bitmap.grid();
        LockStep steps = new LockStep();
        Rounds.run(
                1,
                _ -> {
                    assertEquals(races, page.get(ValueLayout.JAVA_LONG, 0));
                    assertEquals(0, lost[0], "writes lost in " + races + " races");
                },
                _ -> {
                    for (int race = 1; race <= races; race++) {
                        bitmap.markPage(0);
                        steps.meet();
                        page.set(ValueLayout.JAVA_LONG, 0, race);
                        bitmap.markWritten(grid.startAddress(), Long.BYTES);
                        steps.meet();
                        // Counted, because the other one would wait for a thread that has failed.
                        lost[0] += bitmap.isPageDirty(0) || copied[0] == race ? 0 : 1;
                    }
                },
                _ -> {
                    for (int race = 1; race <= races; race++) {
                        steps.meet();
                        bitmap.drain((_, _) -> copied[0] = page.get(ValueLayout.JAVA_LONG, 0));
                        steps.meet();
                    }
                });
    }

    /// Lets two threads go on together, by spinning: what they do in between takes nanoseconds.
    private static final class LockStep {
        // After so many looks the other one is not about to come, it is not running.
        private static final int LOOKS = 1000;

        private final AtomicInteger arrived = new AtomicInteger();

        @SuppressWarnings("ThreadPriorityCheck") // It yields for speed, not for an order.
        void meet() {
            int all = (arrived.getAndIncrement() / 2 + 1) * 2;
            for (int looks = 1; arrived.get() - all < 0; looks++) {
                if (looks % LOOKS == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }
}

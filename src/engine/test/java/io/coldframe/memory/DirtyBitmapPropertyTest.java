package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;

/// Random operations on a bitmap and on a [BitSet], which must agree after each of them.
final class DirtyBitmapPropertyTest {

    private static final int[] PAGE_COUNTS = {1, 63, 64, 65, 127, 128, 1000};

    /// A bitmap, its model, and a second pair for the operations on two.
    private static final class Pair {
        final DirtyBitmap bitmap;
        final BitSet model = new BitSet();
        final int pageCount;

        Pair(int pageCount, Arena arena) {
            this.bitmap = BitmapJudge.withGarbage(BitmapJudge.grid(pageCount), arena);
            this.pageCount = pageCount;
        }

        Mark expectMark(int first, int end) {
            boolean fresh = model.nextClearBit(first) < end;
            model.set(first, end);
            return fresh ? Mark.FRESH : Mark.ALREADY_DIRTY;
        }
    }

    @Test
    void randomOperationsAgreeWithTheModel() {
        long seed = Long.getLong("coldframe.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(20, 2_000); round++) {
            for (int pageCount : PAGE_COUNTS) {
                try (Arena arena = Arena.ofConfined()) {
                    operate(random, pageCount, arena, "seed " + seed);
                }
            }
        }
    }

    private static void operate(Random random, int pageCount, Arena arena, String what) {
        Pair one = new Pair(pageCount, arena);
        Pair other = new Pair(pageCount, arena);
        for (int step = 0; step < 60; step++) {
            Pair here = random.nextBoolean() ? one : other;
            Pair there = here == one ? other : one;
            int operation = random.nextInt(14);
            if (operation < 5) {
                mark(random, operation, here);
            } else if (operation < 10) {
                combine(operation, here, there);
            } else {
                take(random, operation, here);
            }
            String done = what + ", step " + step + ", operation " + operation;
            assertEquals(one.model, BitmapJudge.collect(one.bitmap::forEachDirty), done);
            assertEquals(other.model, BitmapJudge.collect(other.bitmap::forEachDirty), done);
            assertEquals(one.model.cardinality(), one.bitmap.dirtyCount(), done);
            if (random.nextInt(4) == 0) {
                BitmapJudge.setGarbage(one.bitmap.words(), pageCount);
                BitmapJudge.setGarbage(other.bitmap.words(), pageCount);
            }
        }
        BitmapJudge.assertSame(one.model, one.bitmap, what);
        BitmapJudge.assertSame(other.model, other.bitmap, what);
    }

    private static void mark(Random random, int operation, Pair here) {
        PageGrid grid = here.bitmap.grid();
        int first = random.nextInt(here.pageCount);
        int end = first + 1 + random.nextInt(here.pageCount - first);
        long address = grid.address(first) + random.nextInt(100);
        switch (operation) {
            case 0 -> assertEquals(here.expectMark(first, first + 1), here.bitmap.mark(address));
            case 1 -> assertEquals(here.expectMark(first, first + 1), here.bitmap.markPage(first));
            case 2 ->
                    assertEquals(
                            here.expectMark(first, end), here.bitmap.markPages(first, end - first));
            case 3 -> {
                long bytes = grid.byteCount(PageRange.between(first, end));
                assertEquals(
                        here.expectMark(first, end),
                        here.bitmap.markWritten(grid.address(first), bytes));
            }
            default -> {
                long[] words = new long[(here.pageCount + Long.SIZE - 1) / Long.SIZE];
                words[first / Long.SIZE] = random.nextLong();
                here.bitmap.ingest(MemorySegment.ofArray(words));
                here.model.or(BitSet.valueOf(words));
                here.model.clear(here.pageCount, here.pageCount + Long.SIZE);
            }
        }
    }

    private static void combine(int operation, Pair here, Pair there) {
        switch (operation) {
            case 5 -> {
                here.bitmap.drainTo(there.bitmap);
                there.model.or(here.model);
                here.model.clear();
            }
            case 6 -> {
                here.bitmap.putBack(there.bitmap);
                here.model.or(there.model);
                there.model.clear();
            }
            case 7 -> {
                here.bitmap.union(there.bitmap);
                here.model.or(there.model);
            }
            case 8 -> {
                here.bitmap.andNot(there.bitmap);
                here.model.andNot(there.model);
            }
            default -> {
                here.bitmap.clear();
                here.model.clear();
            }
        }
    }

    private static void take(Random random, int operation, Pair here) {
        if (operation == 10) {
            assertEquals(here.model, BitmapJudge.collect(here.bitmap::drain));
            here.model.clear();
            return;
        }
        // Fails at the run after some, so the runs before it are out and the rest is back.
        int[] visitsLeft = {random.nextInt(5)};
        try {
            here.bitmap.drain(
                    (first, count) -> {
                        if (visitsLeft[0]-- == 0) {
                            throw new ArithmeticException("stop");
                        }
                        here.model.clear((int) first, (int) (first + count));
                    });
        } catch (ArithmeticException stopped) {
            assertEquals("stop", stopped.getMessage());
        }
    }
}

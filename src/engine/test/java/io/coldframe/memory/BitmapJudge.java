package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;

/// Judges a [DirtyBitmap] by a [BitSet], and makes bitmaps with garbage past their last page.
final class BitmapJudge {

    static final PageSize PAGE = new PageSize(9);
    static final long START = 0x4000_1000L;

    private BitmapJudge() {}

    /// So many pages, of which the last is partial.
    static PageGrid grid(long pageCount) {
        return new PageGrid(START, PAGE.bytes(pageCount) - 1, PAGE);
    }

    /// A clean bitmap with every bit past the last page set, in its last word and in one after it.
    static DirtyBitmap withGarbage(PageGrid grid, Arena arena) {
        long wordBytes = DirtyBitmap.wordBytes(grid);
        MemorySegment words = arena.allocate(wordBytes + Long.BYTES, Long.BYTES);
        words.asSlice(wordBytes).fill((byte) -1);
        setGarbage(words, grid.pageCount());
        return DirtyBitmap.over(grid, words);
    }

    /// Sets the bits past the last page; what takes bits out may clear them.
    static void setGarbage(MemorySegment words, long pageCount) {
        if (pageCount % Long.SIZE != 0) {
            long offset = pageCount / Long.SIZE * Long.BYTES;
            long bits = words.get(BitmapWords.WORD, offset);
            words.set(BitmapWords.WORD, offset, bits | -1L << pageCount);
        }
    }

    static void load(DirtyBitmap bitmap, BitSet pages) {
        bitmap.clear();
        for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
            bitmap.markPage(page);
        }
        setGarbage(bitmap.words(), bitmap.pageCount());
    }

    static BitSet random(Random random, int pageCount) {
        BitSet pages = new BitSet();
        int density = random.nextInt(1, 11);
        boolean inRuns = random.nextBoolean();
        int at = 0;
        while (at < pageCount) {
            int end = Math.min(pageCount, at + (inRuns ? 1 + random.nextInt(150) : 1));
            pages.set(at, end, random.nextInt(11) < density);
            at = end;
        }
        return pages;
    }

    /// Compares all that can be read without changing it, from every start position.
    static void assertSame(BitSet expected, DirtyBitmap actual, String what) {
        int pageCount = (int) actual.pageCount();
        assertEquals(expected.cardinality(), actual.dirtyCount(), what);
        assertEquals(expected, collect(actual::forEachDirty), what);
        for (int from = 0; from <= pageCount; from++) {
            int dirty = expected.nextSetBit(from);
            int clean = Math.min(expected.nextClearBit(from), pageCount);
            assertEquals(dirty < 0 ? pageCount : dirty, actual.nextDirty(from), what);
            assertEquals(clean, actual.nextClean(from), what);
            assertEquals(expected.get(from), actual.isPageDirty(from), what);
        }
    }

    interface Walk {
        void to(PageRunVisitor<RuntimeException> visitor);
    }

    /// What a walk visits; each run must come after the one before, with a clean page in between.
    static BitSet collect(Walk walk) {
        BitSet pages = new BitSet();
        long[] end = {-1};
        walk.to(
                (firstPage, pageCount) -> {
                    if (firstPage <= end[0] || pageCount < 1) {
                        throw new AssertionError(firstPage + "+" + pageCount + " after " + end[0]);
                    }
                    end[0] = firstPage + pageCount;
                    pages.set((int) firstPage, (int) end[0]);
                });
        return pages;
    }
}

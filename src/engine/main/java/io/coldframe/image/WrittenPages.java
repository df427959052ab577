package io.coldframe.image;

import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageRunVisitor;
import io.coldframe.memory.PageSize;

import java.util.BitSet;

/// Which pages of an image it holds: all of them, or those of a diff.
///
/// **Threads.** Immutable, as long as nobody changes the bits.
final class WrittenPages {

    private final long pageCount;
    private final boolean all;
    private final BitSet bits;

    private WrittenPages(long pageCount, boolean all, BitSet bits) {
        this.pageCount = pageCount;
        this.all = all;
        this.bits = bits;
    }

    static WrittenPages all(long pageCount) {
        return new WrittenPages(pageCount, true, new BitSet());
    }

    /// @param bits one per page, none at or past `pageCount`
    static WrittenPages of(BitSet bits, long pageCount) {
        if (pageCount > ImageSums.DIFF_PAGES_MAX) {
            throw new IllegalArgumentException(
                    "a diff of %d pages; the most is %d"
                            .formatted(pageCount, ImageSums.DIFF_PAGES_MAX));
        }
        return new WrittenPages(pageCount, false, bits);
    }

    /// The dirty pages of a bitmap, in pages of this size or smaller: a bit for each.
    static BitSet bits(DirtyBitmap dirty, PageSize pageSize) {
        BitSet bits = new BitSet();
        long ratio = dirty.grid().pageSize().pagesOf(pageSize);
        long pageCount = pageSize.pageCount(dirty.grid().byteCount());
        dirty.forEachDirty(
                (first, count) ->
                        bits.set(
                                (int) (first * ratio),
                                (int) Math.min(pageCount, (first + count) * ratio)));
        return bits;
    }

    boolean isAll() {
        return all;
    }

    /// How many pages the image has, held or not.
    long pageCount() {
        return pageCount;
    }

    /// How many it holds.
    long count() {
        return all ? pageCount : bits.cardinality();
    }

    boolean contains(long page) {
        return all || bits.get((int) page);
    }

    /// The first page at or after `fromPage` that is held, or the number of pages.
    long next(long fromPage) {
        if (all || fromPage >= pageCount) {
            return Math.min(fromPage, pageCount);
        }
        int found = bits.nextSetBit((int) fromPage);
        return found < 0 ? pageCount : found;
    }

    /// The first page at or after `fromPage` that is not held, or the number of pages.
    long nextMissing(long fromPage) {
        if (all || fromPage >= pageCount) {
            return pageCount;
        }
        return Math.min(pageCount, bits.nextClearBit((int) fromPage));
    }

    <X extends Exception> void forEachRun(PageRunVisitor<X> visitor) throws X {
        for (long at = next(0); at < pageCount; ) {
            long end = nextMissing(at);
            visitor.visit(at, end - at);
            at = next(end);
        }
    }

    /// How many runs there are.
    long runCount() {
        long[] count = new long[1];
        forEachRun((first, pages) -> count[0]++);
        return count[0];
    }

    /// The bits as words of 64; none if all are held.
    long[] words() {
        return bits.toLongArray();
    }

    /// The blocks of 2^shift pages of which a page is held.
    WrittenPages inBlocks(int shift) {
        if (all) {
            return all(((pageCount - 1) >>> shift) + 1);
        }
        if (shift == 0) {
            return this;
        }
        BitSet blocks = new BitSet();
        forEachRun(
                (first, pages) ->
                        blocks.set(
                                (int) (first >>> shift),
                                (int) ((first + pages - 1) >>> shift) + 1));
        return new WrittenPages(((pageCount - 1) >>> shift) + 1, false, blocks);
    }
}

package io.coldframe.image;

import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;

/// The dirty pages that a capture has taken out, until it is known what becomes of it.
///
/// **Threads.** One at a time; others may go on marking.
final class DrainedPages {
    private @Nullable DirtyBitmap source;
    private @Nullable DirtyBitmap taken;

    /// Takes all dirty pages out.
    void take(DirtyBitmap dirty) {
        DirtyBitmap mine = DirtyBitmap.create(dirty.grid());
        source = dirty;
        taken = mine;
        dirty.drainTo(mine);
    }

    /// What was taken, in pages of this size or smaller.
    BitSet inPagesOf(PageSize pageSize) {
        DirtyBitmap mine = taken;
        if (mine == null) {
            throw new IllegalStateException("nothing was taken");
        }
        BitSet bits = new BitSet();
        long ratio = mine.grid().pageSize().pagesOf(pageSize);
        long pageCount = pageSize.pageCount(mine.grid().byteCount());
        mine.forEachDirty(
                (first, count) ->
                        bits.set(
                                (int) (first * ratio),
                                (int) Math.min(pageCount, (first + count) * ratio)));
        return bits;
    }

    /// Ends it: the pages are clean, or dirty as before. Again does nothing.
    void release(boolean clean) {
        DirtyBitmap mine = taken;
        DirtyBitmap theirs = source;
        if (mine != null && theirs != null) {
            taken = null;
            source = null;
            if (!clean) {
                theirs.putBack(mine);
            }
            mine.close();
        }
    }
}

package io.coldframe.wrenn;

import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;

/// What two generations tell of each other without a look at their bytes.
///
/// **Threads.** Any, for everything.
public final class WrennChanges {

    /// The pages in which this counts: the smallest block of a header.
    public static final PageSize PAGE_SIZE = WrennFields.UNIT;

    private WrennChanges() {}

    /// {@return the pages of 4 KiB that are not where they were}
    ///
    /// What has kept its build and its place has kept its bytes: a compact file never changes.
    ///
    /// @param before the older generation
    /// @param after the newer one, of as many bytes
    public static DirtyBitmap between(WrennHeader before, WrennHeader after) {
        DirtyBitmap dirty =
                DirtyBitmap.create(new PageGrid(0, after.byteCount(), WrennFields.UNIT));
        long offset = 0;
        for (int older = 0, newer = 0; offset < after.byteCount(); ) {
            WrennRecord was = before.record(older);
            WrennRecord is = after.record(newer);
            long end = Math.min(was.endOffset(), is.endOffset());
            if (!isSamePlace(was, is)) {
                mark(dirty, offset, Math.min(end, after.byteCount()));
            }
            older += was.endOffset() == end ? 1 : 0;
            newer += is.endOffset() == end ? 1 : 0;
            offset = end;
        }
        return dirty;
    }

    private static boolean isSamePlace(WrennRecord one, WrennRecord other) {
        return one.buildId().equals(other.buildId())
                && (one.isZero()
                        || one.storageOffset() - one.offset()
                                == other.storageOffset() - other.offset());
    }

    private static void mark(DirtyBitmap dirty, long offset, long end) {
        PageSize page = WrennFields.UNIT;
        dirty.markPages(page.page(offset), page.pageCount(end) - page.page(offset));
    }

    /// {@return the pages of 4 KiB that lie in a file; all others are zero}
    ///
    /// @param header of the generation
    public static PageRanges data(WrennHeader header) {
        PageRanges.Builder data = new PageRanges.Builder();
        PageSize page = WrennFields.UNIT;
        for (int index = 0; index < header.recordCount(); index++) {
            WrennRecord record = header.record(index);
            if (!record.isZero()) {
                data.add(page.page(record.offset()), page.pageCount(record.byteCount()));
            }
        }
        return data.build();
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;

/// Memory that is stored somewhere, of which is known where it may be other than zero.
final class PagesSource implements BlockSource {

    private final PageSource pages;
    private final PageRanges data;
    private final PageSize pageSize;

    PagesSource(PageSource pages, PageRanges data, PageSize pageSize) {
        this.pages = pages;
        this.data = data;
        this.pageSize = pageSize;
    }

    @Override
    public long byteCount() {
        return pages.byteCount();
    }

    @Override
    public long nextData(long fromOffset) {
        int found = firstEndingAfter(pageSize.page(fromOffset));
        return found == data.rangeCount()
                ? byteCount()
                : offset(Math.max(fromOffset, pageSize.bytes(data.range(found).firstPage())));
    }

    @Override
    public long dataEnd(long fromOffset) {
        PageRange range = data.range(firstEndingAfter(pageSize.page(fromOffset)));
        return offset(pageSize.bytes(range.endPage()));
    }

    private long offset(long byteOffset) {
        return Math.min(byteCount(), byteOffset);
    }

    /// The first range that does not end before a page or with it.
    private int firstEndingAfter(long page) {
        int from = 0;
        int end = data.rangeCount();
        while (from < end) {
            int middle = (from + end) >>> 1;
            if (data.range(middle).endPage() > page) {
                end = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    @Override
    public MemorySegment view(long offset, long byteCount, MemorySegment scratch)
            throws SnapshotException {
        copy(offset, byteCount, scratch);
        return scratch;
    }

    @Override
    public void copy(long offset, long byteCount, MemorySegment scratch) throws SnapshotException {
        pages.read(offset, scratch.asSlice(0, byteCount));
        scratch.asSlice(byteCount).fill((byte) 0);
    }

    @Override
    public void close() {}
}

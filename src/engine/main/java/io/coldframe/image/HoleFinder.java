package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;

/// Finds what of guest memory has to be written when zeros are left out.
final class HoleFinder {

    // The finest hole that any file system of ours has.
    private static final PageSize GRANULE = PageSize.KIB_4;

    private HoleFinder() {}

    /// Takes a part of a slice.
    @FunctionalInterface
    interface Parts {
        void visit(long offset, long byteCount) throws SnapshotException;
    }

    /// Visits the parts of a slice that must be written: all of it, or what is not zero.
    static void forEachPart(Lane lane, long imageOffset, MemorySegment slice, Parts parts)
            throws SnapshotException {
        if (!lane.plan().options().holes()) {
            parts.visit(0, slice.byteSize());
            return;
        }
        lane.ensurePresent(imageOffset, slice.byteSize());
        PageRanges data = lane.plan().memory().guarded("looking for zeros", () -> data(slice));
        for (PageRange range : data.asList()) {
            long from = GRANULE.bytes(range.firstPage());
            long end = Math.min(slice.byteSize(), GRANULE.bytes(range.endPage()));
            parts.visit(from, end - from);
        }
    }

    private static PageRanges data(MemorySegment slice) {
        PageRanges.Builder data = new PageRanges.Builder();
        BlockScan.of(slice, GRANULE)
                .forEachRun(
                        (state, first, count) -> {
                            if (state != BlockState.ZERO) {
                                data.add(first, count);
                            }
                        });
        return data.build();
    }
}

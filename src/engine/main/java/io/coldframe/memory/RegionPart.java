package io.coldframe.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What of a range of the image lies in one region.
///
/// @param region the region
/// @param offset where the part begins in the region
/// @param byteCount its length, at least 1
record RegionPart(GuestRegion region, long offset, long byteCount) {

    /// The part as a view of its region.
    ///
    /// @param segments of all regions
    MemorySegment of(List<MemorySegment> segments) {
        return segments.get(region.index()).asSlice(offset, byteCount);
    }

    @Override
    public String toString() {
        return "%d bytes at image offset 0x%x".formatted(byteCount, region.imageOffset() + offset);
    }
}

package io.coldframe.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What memory must be to be lent.
final class LentSegments {
    private LentSegments() {}

    static void check(GuestLayout layout, List<MemorySegment> segments) {
        if (segments.size() != layout.regions().size()) {
            throw new IllegalArgumentException(
                    "%d segments for %d regions"
                            .formatted(segments.size(), layout.regions().size()));
        }
        for (GuestRegion region : layout.regions()) {
            check(region, segments.get(region.index()));
        }
    }

    private static void check(GuestRegion region, MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "lent memory is native, not a part of the Java heap: " + segment);
        }
        // A thread that no arena can be confined to, because it has never run.
        if (!segment.isAccessibleBy(Thread.ofPlatform().unstarted(() -> {}))) {
            throw new IllegalArgumentException(
                    "lent memory is accessible from any thread, not confined to one: " + segment);
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("lent memory is closed already: " + segment);
        }
        if (segment.byteSize() != region.byteCount()) {
            throw new IllegalArgumentException(
                    "the segment has %d bytes, its region %d: %s"
                            .formatted(segment.byteSize(), region.byteCount(), region));
        }
    }
}

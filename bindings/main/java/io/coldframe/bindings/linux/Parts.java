package io.coldframe.bindings.linux;

import java.lang.foreign.MemorySegment;

/// Segments that the kernel reads or fills by a length of its own.
final class Parts {
    private Parts() {}

    /// The first `byteCount` bytes of a caller's segment. The kernel does not know where the
    /// segment ends, so this is where it is checked.
    static MemorySegment exactly(Object part, MemorySegment segment, long byteCount) {
        if (!segment.isNative() || segment.byteSize() < byteCount) {
            throw new IllegalArgumentException(
                    part + " is " + byteCount + " native bytes, not " + segment);
        }
        return segment.asSlice(0, byteCount);
    }
}

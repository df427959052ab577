package io.coldframe.image;

import io.coldframe.SnapshotException;

import java.lang.foreign.MemorySegment;

/// The guest memory of a unit, cut where regions end.
final class Slices {

    private Slices() {}

    /// Takes a piece of guest memory.
    @FunctionalInterface
    interface Visitor {
        void visit(long imageOffset, MemorySegment slice) throws SnapshotException;
    }

    /// Visits what a unit holds, in ascending order, in pieces of at most `pieceBytes`.
    static void forEach(WritePlan plan, WriteUnit unit, long pieceBytes, Visitor visitor)
            throws SnapshotException {
        plan.forEachRun(
                unit,
                (imageOffset, byteCount) -> {
                    for (long at = 0; at < byteCount; at += pieceBytes) {
                        long length = Math.min(pieceBytes, byteCount - at);
                        forEach(plan, imageOffset + at, length, visitor);
                    }
                });
    }

    /// Visits a range of the image.
    static void forEach(WritePlan plan, long imageOffset, long byteCount, Visitor visitor)
            throws SnapshotException {
        long at = imageOffset;
        for (MemorySegment slice : plan.memory().slices(imageOffset, byteCount)) {
            visitor.visit(at, slice);
            at += slice.byteSize();
        }
    }
}

package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageScan;

import java.lang.foreign.MemorySegment;

/// The memory of a guest. Zeros are not written where there are zeros: fresh memory stays as small
/// as the guest's was.
///
/// **Threads.** Any, each in a range of its own.
///
/// @param memory borrowed
record FilledMemory(GuestMemory memory) implements RestoreTarget {

    // Short, so that one page that is not zero makes few others take memory; long enough for a
    // scan at full speed.
    private static final long PIECE_BYTES = 64 << 10;

    @Override
    public void data(long imageOffset, MemorySegment bytes) throws SnapshotException {
        memory.copyFrom(imageOffset, bytes);
    }

    @Override
    public long zeros(long imageOffset, long byteCount) throws SnapshotException {
        return memory.guarded(
                "clearing what is not zero at image offset 0x%x".formatted(imageOffset),
                () -> {
                    long written = 0;
                    for (MemorySegment slice : memory.slices(imageOffset, byteCount)) {
                        written += clear(slice);
                    }
                    return written;
                });
    }

    private static long clear(MemorySegment slice) {
        long written = 0;
        for (long at = 0; at < slice.byteSize(); at += PIECE_BYTES) {
            long length = Math.min(PIECE_BYTES, slice.byteSize() - at);
            if (!PageScan.isZero(slice, at, length)) {
                slice.asSlice(at, length).fill((byte) 0);
                written += length;
            }
        }
        return written;
    }
}

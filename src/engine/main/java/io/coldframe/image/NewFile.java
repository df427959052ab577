package io.coldframe.image;

import io.coldframe.SnapshotException;

import java.lang.foreign.MemorySegment;

/// A file that is one hole yet.
///
/// **Threads.** Any.
///
/// @param draft borrowed
record NewFile(DraftFile draft) implements RestoreTarget {

    @Override
    public void data(long imageOffset, MemorySegment bytes) throws SnapshotException {
        draft.writeAt(bytes, imageOffset);
    }

    @Override
    public long zeros(long imageOffset, long byteCount) {
        return 0;
    }
}

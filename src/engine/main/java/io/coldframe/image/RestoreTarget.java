package io.coldframe.image;

import io.coldframe.SnapshotException;

import java.lang.foreign.MemorySegment;

/// Where memory is brought back to.
///
/// **Threads.** Any, each in a range of its own.
interface RestoreTarget {

    /// Takes bytes that are not all zero.
    void data(long imageOffset, MemorySegment bytes) throws SnapshotException;

    /// Takes zeros.
    ///
    /// @return how many of them had to be written; the others were there already
    long zeros(long imageOffset, long byteCount) throws SnapshotException;
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;

import java.lang.foreign.MemorySegment;

/// How a [LayerWriter] gets at the bytes of a source.
///
/// **Threads.** Any.
sealed interface BlockSource extends LayerSource permits FileSource, MemorySource, PagesSource {

    /// The first byte at or after `fromOffset` that may be other than zero, or [#byteCount()].
    long nextData(long fromOffset) throws SnapshotException;

    /// The end of what begins with `fromOffset`, a byte that may be other than zero: the first byte
    /// after it that is known to be zero, or [#byteCount()].
    long dataEnd(long fromOffset) throws SnapshotException;

    /// Lets the kernel have the pages of a range before Java code touches them.
    default void prepare(long offset, long byteCount) throws SnapshotException {}

    /// Some bytes as they are now: in the scratch memory, or where they lie if that cannot fault.
    ///
    /// @param offset where they begin
    /// @param byteCount how many
    /// @param scratch takes them, and zeros after them
    /// @return at least `byteCount` bytes, and whatever has more is the scratch memory
    MemorySegment view(long offset, long byteCount, MemorySegment scratch) throws SnapshotException;

    /// Copies some bytes as they are now.
    ///
    /// @param scratch takes them, and zeros after them
    void copy(long offset, long byteCount, MemorySegment scratch) throws SnapshotException;

    /// Looks a last time whether it is what it was.
    default void requireWhole() throws SnapshotException {}
}

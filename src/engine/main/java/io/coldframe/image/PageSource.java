package io.coldframe.image;

import io.coldframe.SnapshotException;

import java.lang.foreign.MemorySegment;

/// Guest memory that can be read at any offset, wherever its bytes lie: what was stored is checked
/// before it is handed out.
///
/// **Lifetime.** Borrows what it reads from, unless the implementation says otherwise.
///
/// **Threads.** Any.
public interface PageSource {

    /// {@return the length of the memory}
    long byteCount();

    /// Copies bytes that were checked. Whole blocks are the cheapest to read, and many at once.
    ///
    /// @param imageOffset where they begin
    /// @param target a native segment, which takes as many as it has room for
    /// @throws IndexOutOfBoundsException if the range is not in the memory
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; what the target holds is
    ///     undefined then
    void read(long imageOffset, MemorySegment target) throws SnapshotException;
}

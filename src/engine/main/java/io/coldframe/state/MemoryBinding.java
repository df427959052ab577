package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.UnknownFields;

/// Which memory belongs to a state, so that no other is ever taken for it.
///
/// @param diff whether it holds written pages only
/// @param byteCount its length
/// @param digest what identifies it: the digest of its sums
/// @param encodedSums the sums of its blocks, opaque here; may be empty where they are elsewhere
/// @param unknown what a newer release stored with it
public record MemoryBinding(
        boolean diff, long byteCount, Sha256 digest, Blob encodedSums, UnknownFields unknown) {

    /// Refuses a negative length.
    public MemoryBinding {
        if (byteCount < 0) {
            throw new IllegalArgumentException("byteCount is negative: " + byteCount);
        }
    }

    /// A memory.
    ///
    /// @param diff whether it holds written pages only
    /// @param byteCount its length
    /// @param digest what identifies it
    /// @param encodedSums the sums of its blocks
    public MemoryBinding(boolean diff, long byteCount, Sha256 digest, Blob encodedSums) {
        this(diff, byteCount, digest, encodedSums, UnknownFields.NONE);
    }
}

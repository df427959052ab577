package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.UnknownFields;

import java.util.Optional;

/// Which memory belongs to a state, so that no other is ever taken for it.
///
/// @param diff whether it holds written pages only
/// @param byteCount its length
/// @param digest what identifies it: the digest of its sums
/// @param base what identifies the memory that a diff lies on, where that is known
/// @param encodedSums the sums of its blocks, opaque here; may be empty where they are elsewhere
/// @param unknown what a newer release stored with it
public record MemoryBinding(
        boolean diff,
        long byteCount,
        Sha256 digest,
        Optional<Sha256> base,
        Blob encodedSums,
        UnknownFields unknown) {

    /// Refuses a negative length, and a base of a memory that lies on nothing.
    public MemoryBinding {
        if (byteCount < 0) {
            throw new IllegalArgumentException("byteCount is negative: " + byteCount);
        }
        if (base.isPresent() && !diff) {
            throw new IllegalArgumentException("only a diff has a base: " + base.get());
        }
    }

    /// A memory of which is not said what it lies on.
    ///
    /// @param diff whether it holds written pages only
    /// @param byteCount its length
    /// @param digest what identifies it
    /// @param encodedSums the sums of its blocks
    public MemoryBinding(boolean diff, long byteCount, Sha256 digest, Blob encodedSums) {
        this(diff, byteCount, digest, Optional.empty(), encodedSums, UnknownFields.NONE);
    }

    /// {@return the same of a diff that lies on a memory}
    ///
    /// @param value what identifies that memory
    public MemoryBinding withBase(Sha256 value) {
        return new MemoryBinding(diff, byteCount, digest, Optional.of(value), encodedSums, unknown);
    }
}

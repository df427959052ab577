package io.coldframe.wrenn;

import java.util.UUID;

/// Where one run of a guest's memory lies: in the file of a build, or nowhere because it is zero.
///
/// @param offset where the run begins in the guest's memory
/// @param byteCount how long it is
/// @param buildId in whose file it lies; [#ZERO] if it is zero
/// @param storageOffset where it begins in that file; without a meaning where it is zero
public record WrennRecord(long offset, long byteCount, UUID buildId, long storageOffset) {

    /// The id that stands for no file: what has it reads as zero.
    public static final UUID ZERO = new UUID(0, 0);

    /// {@return whether the run is zero, and lies in no file}
    public boolean isZero() {
        return buildId.equals(ZERO);
    }

    /// {@return where the run ends in the guest's memory}
    public long endOffset() {
        return offset + byteCount;
    }
}

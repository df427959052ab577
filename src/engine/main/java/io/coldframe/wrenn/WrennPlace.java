package io.coldframe.wrenn;

import java.util.UUID;

/// Where a block of a guest's memory lies, and how much follows it there.
///
/// @param buildId in whose file; [WrennRecord#ZERO] if it is zero
/// @param storageOffset where in that file
/// @param byteCount how many bytes follow from there in the same record, whole blocks
public record WrennPlace(UUID buildId, long storageOffset, long byteCount) {

    /// {@return whether the block is zero, and lies in no file}
    public boolean isZero() {
        return buildId.equals(WrennRecord.ZERO);
    }
}

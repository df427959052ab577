package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.image.WriteReport;

/// What [SnapshotPair#save] has committed.
///
/// @param isDiff whether only pages that were written are in it
/// @param pagesWritten how many pages of the memory file were written, of a full one all
/// @param memoryDigest what names the memory: the base of a diff that is saved after it
/// @param stateBytes the length of the state file
/// @param memory how the memory was written
public record SaveReport(
        boolean isDiff,
        long pagesWritten,
        Sha256 memoryDigest,
        long stateBytes,
        WriteReport memory) {}

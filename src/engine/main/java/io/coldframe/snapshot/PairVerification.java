package io.coldframe.snapshot;

import io.coldframe.Sha256;

import java.nio.file.Path;

/// What [SnapshotPair#verifyPair] has found whole.
///
/// @param isDiff whether only pages that were written are in it
/// @param byteCount the length of the memory
/// @param pagesWritten how many pages of the memory file were read and are what was saved
/// @param memoryDigest what names the memory
/// @param memoryFile where the memory was: the pair's file, or the one that a save which did not
///     end has kept
public record PairVerification(
        boolean isDiff, long byteCount, long pagesWritten, Sha256 memoryDigest, Path memoryFile) {}

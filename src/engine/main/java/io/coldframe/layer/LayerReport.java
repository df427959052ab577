package io.coldframe.layer;

import io.coldframe.image.Output;

/// What a [LayerWriter] found and did. The four counts of blocks make all of the memory.
///
/// @param dataBlocks how many blocks it stored
/// @param zeroBlocks how many became zero, or are zero where there is no parent
/// @param unchangedBlocks how many it looked at and found as the parent has them
/// @param cleanBlocks how many are the parent's without a look
/// @param bytesRead how much of the memory was read; holes of a file are not
/// @param parentBytesRead how much of the parent was read to compare it
/// @param bytesWritten the length of the layer
/// @param output how the bytes got into the file; never [Output#AUTO]
/// @param why why that way, in words
public record LayerReport(
        long dataBlocks,
        long zeroBlocks,
        long unchangedBlocks,
        long cleanBlocks,
        long bytesRead,
        long parentBytesRead,
        long bytesWritten,
        Output output,
        String why) {}

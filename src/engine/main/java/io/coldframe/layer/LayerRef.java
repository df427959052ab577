package io.coldframe.layer;

import io.coldframe.Sha256;

import java.util.UUID;

/// A layer, as an index that maps blocks to it names it.
///
/// @param id its own id, which is not that of a snapshot
/// @param storedBlockCount how many blocks it stores
/// @param sumsDigest stands for its sums, and so for every byte of it
public record LayerRef(UUID id, long storedBlockCount, Sha256 sumsDigest) {

    /// Refuses what no layer can be.
    public LayerRef {
        Bytes.requireId(id);
        if (storedBlockCount < 0 || storedBlockCount > LayerSums.STORED_BLOCKS_MAX) {
            throw new IllegalArgumentException(
                    "a layer of %d blocks; the most is %d"
                            .formatted(storedBlockCount, LayerSums.STORED_BLOCKS_MAX));
        }
    }
}

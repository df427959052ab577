package io.coldframe.layer;

import io.coldframe.memory.PageSize;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What a map is about, and what its ordinals stand for.
///
/// @param blockSize what is stored, zero or the parent's as one
/// @param byteCount the length of the address space; its last block may be short
/// @param base the image snapshot whose bytes the blocks in the state `PARENT` have
/// @param layers by ordinal
/// @param origins by ordinal
public record LayerTable(
        PageSize blockSize,
        long byteCount,
        Optional<UUID> base,
        List<LayerRef> layers,
        List<Origin> origins) {

    /// Copies the lists.
    public LayerTable {
        layers = List.copyOf(layers);
        origins = List.copyOf(origins);
    }

    /// {@return how many blocks the address space has}
    public long blockCount() {
        return blockSize.pageCount(byteCount);
    }
}

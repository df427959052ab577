package io.coldframe.layer;

import io.coldframe.memory.PageSize;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What a map is about, and what its ordinals stand for.
///
/// **Lifetime.** Keeps the lists as they are, and does not copy them: those of an index borrow its
/// memory, and there may be a million origins.
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

    /// Refuses a negative length, and lets nobody change the lists through here.
    public LayerTable {
        if (byteCount < 0) {
            throw new IllegalArgumentException("byteCount is negative: " + byteCount);
        }
        layers = Collections.unmodifiableList(layers);
        origins = Collections.unmodifiableList(origins);
    }

    /// {@return how many blocks the address space has}
    public long blockCount() {
        return blockSize.pageCount(byteCount);
    }

    /// How many blocks each layer stores, by ordinal.
    long[] storedBlockCounts() {
        return layers.stream().mapToLong(LayerRef::storedBlockCount).toArray();
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.layer.IndexSections.Section;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.nio.file.Path;
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

    /// {@return the table of an index file: the map and the sums in it are not read}
    ///
    /// @param indexFile the index
    /// @param arena owns the memory of the origins
    /// @throws SnapshotException of kind `MISSING` if there is no such file, `CORRUPT` if one bit
    ///     of what is read is not as it was written
    public static LayerTable open(Path indexFile, Arena arena) throws SnapshotException {
        try (IndexPieces file = IndexPieces.open(indexFile)) {
            return new LayerTable(
                    file.header().blockSize(),
                    file.header().byteCount(),
                    IndexParts.base(
                            file.find(Section.BASE, IndexParts.BASE_BYTES, arena), indexFile),
                    TableEntries.layers(
                            file.require(Section.LAYERS, TableEntries.LAYERS_BYTES_MAX, arena),
                            indexFile),
                    TableEntries.origins(
                            file.require(Section.ORIGINS, TableEntries.ORIGINS_BYTES_MAX, arena),
                            indexFile));
        }
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

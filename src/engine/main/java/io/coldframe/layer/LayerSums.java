package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;

/// A layer's id, and the CRC-32C of every block that it stores.
///
/// **Lifetime.** Borrows memory of an arena.
///
/// **Threads.** Immutable.
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class LayerSums {

    /// The most blocks that a layer may store: 4 TiB in blocks of 4 KiB. Whoever has more memory
    /// takes larger blocks.
    public static final long STORED_BLOCKS_MAX = 1L << 30;

    private LayerSums() {}

    /// {@return the sums of a new layer, copied}
    ///
    /// @param layerId its id
    /// @param blockSize what has one sum
    /// @param sums little-endian, 4 bytes each, in the order of the stored blocks
    /// @param arena owns the copy
    /// @throws SnapshotException of kind `UNSUPPORTED` if there are more than [#STORED_BLOCKS_MAX]
    public static LayerSums of(UUID layerId, PageSize blockSize, MemorySegment sums, Arena arena)
            throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return the sums in an index file: nothing else of it is read}
    ///
    /// @param indexFile the index beside the layer
    /// @param arena owns the memory
    /// @throws SnapshotException of kind `MISSING` if there is no such file, `CORRUPT` if it holds
    ///     no sums or not those that were written
    public static LayerSums open(Path indexFile, Arena arena) throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return the layer that they are of}
    public UUID layerId() {
        throw new UnsupportedOperationException();
    }

    /// {@return what has one sum}
    public PageSize blockSize() {
        throw new UnsupportedOperationException();
    }

    /// {@return how many blocks the layer stores}
    public long storedBlockCount() {
        throw new UnsupportedOperationException();
    }

    /// {@return the length of the layer's file: whole blocks}
    public long layerBytes() {
        throw new UnsupportedOperationException();
    }

    /// {@return the CRC-32C of a block as it is stored, its padding with it}
    ///
    /// @param storedBlock one of the layer's
    public int sum(long storedBlock) {
        throw new UnsupportedOperationException();
    }

    /// {@return what stands for the layer: the SHA-256 of its id, its block size and all sums}
    public Sha256 digest() {
        throw new UnsupportedOperationException();
    }

    /// {@return the layer as an index names it}
    public LayerRef ref() {
        return new LayerRef(layerId(), storedBlockCount(), digest());
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Where every block of an address space is: extents, in ascending order and without a gap.
///
/// **Lifetime.** Borrows memory of an arena.
///
/// **Threads.** Immutable.
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class ExtentMap {

    /// How many bytes an extent takes.
    public static final int RECORD_BYTES = 16;

    /// The most blocks of an address space.
    public static final long BLOCKS_MAX = 1L << 40;

    /// The most extents: as many as 1 TiB has blocks of 4 KiB.
    public static final int EXTENTS_MAX = 1 << 28;

    private ExtentMap() {}

    /// {@return a map of which all is checked}
    ///
    /// @param records borrowed
    /// @param blockCount how many blocks the address space has
    /// @param storedBlockCounts how many blocks each layer stores, by ordinal
    /// @param originCount how many origins there are
    /// @param resource what the records were read from, for messages
    /// @throws SnapshotException of kind `CORRUPT` if they are no map
    public static ExtentMap of(
            MemorySegment records,
            long blockCount,
            long[] storedBlockCounts,
            int originCount,
            Object resource)
            throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return a map in which every block is the parent's}
    ///
    /// @param blockCount how many blocks
    /// @param arena owns the memory
    public static ExtentMap ofParent(long blockCount, Arena arena) {
        throw new UnsupportedOperationException();
    }

    /// {@return how many blocks the address space has}
    public long blockCount() {
        throw new UnsupportedOperationException();
    }

    /// {@return how many extents there are}
    public int extentCount() {
        throw new UnsupportedOperationException();
    }

    /// {@return the records, read-only}
    public MemorySegment records() {
        throw new UnsupportedOperationException();
    }

    /// {@return the extent that holds a block}
    ///
    /// @param block one of the address space
    public int find(long block) {
        throw new UnsupportedOperationException();
    }

    /// {@return the first block of an extent}
    ///
    /// @param extent its ordinal
    public long firstBlock(int extent) {
        throw new UnsupportedOperationException();
    }

    /// {@return the block after the last one of an extent}
    ///
    /// @param extent its ordinal
    public long endBlock(int extent) {
        throw new UnsupportedOperationException();
    }

    /// {@return where the blocks of an extent are}
    ///
    /// @param extent its ordinal
    public BlockPlace place(int extent) {
        throw new UnsupportedOperationException();
    }

    /// {@return the ordinal of the layer that stores an extent, -1 if none does}
    ///
    /// @param extent its ordinal
    public int layer(int extent) {
        throw new UnsupportedOperationException();
    }

    /// {@return which block of its layer is the first one of an extent, 0 if none stores it}
    ///
    /// @param extent its ordinal
    public long storedBlock(int extent) {
        throw new UnsupportedOperationException();
    }

    /// {@return the ordinal of the origin of an extent, 0 for what is the parent's}
    ///
    /// @param extent its ordinal
    public int origin(int extent) {
        throw new UnsupportedOperationException();
    }

    /// {@return this map, laid over another: what is the parent's here is as it is below}
    ///
    /// @param below of the same table and as many blocks
    /// @param arena owns the memory
    public ExtentMap over(ExtentMap below, Arena arena) {
        throw new UnsupportedOperationException();
    }

    /// {@return this map with other ordinals}
    ///
    /// @param layers the new ordinal of each layer, -1 for one that is not used
    /// @param origins the new ordinal of each origin, likewise
    /// @param arena owns the memory
    public ExtentMap renumbered(int[] layers, int[] origins, Arena arena) {
        throw new UnsupportedOperationException();
    }

    /// {@return part of this map, as an address space of its own}
    ///
    /// @param firstBlock its first block, block 0 of the result
    /// @param blockCount how many blocks
    /// @param arena owns the memory
    public ExtentMap slice(long firstBlock, long blockCount, Arena arena) {
        throw new UnsupportedOperationException();
    }

    /// Makes a map, in ascending order. Neighbours are joined where the result says the same: in
    /// place, layer, origin and storage.
    ///
    /// **Threads.** One at a time.
    public static final class Builder implements AutoCloseable {

        /// A map without an extent yet.
        ///
        /// @param blockCount how many blocks it will have
        public Builder(long blockCount) {
            throw new UnsupportedOperationException();
        }

        /// Blocks that a layer stores.
        ///
        /// @param firstBlock the first one, which follows the last one before
        /// @param blockCount how many, at least one
        /// @param layer the layer's ordinal
        /// @param storedBlock which of its blocks the first one is
        /// @param origin the ordinal of who wrote them
        public void data(
                long firstBlock, long blockCount, int layer, long storedBlock, int origin) {
            throw new UnsupportedOperationException();
        }

        /// Blocks that are zero.
        ///
        /// @param firstBlock the first one, which follows the last one before
        /// @param blockCount how many, at least one
        /// @param origin the ordinal of who wrote them
        public void zero(long firstBlock, long blockCount, int origin) {
            throw new UnsupportedOperationException();
        }

        /// Blocks that are the parent's.
        ///
        /// @param firstBlock the first one, which follows the last one before
        /// @param blockCount how many, at least one
        public void parent(long firstBlock, long blockCount) {
            throw new UnsupportedOperationException();
        }

        /// {@return the map, which is complete}
        ///
        /// @param arena owns the memory
        public ExtentMap build(Arena arena) {
            throw new UnsupportedOperationException();
        }

        /// Frees what it has gathered.
        @Override
        public void close() {}
    }
}

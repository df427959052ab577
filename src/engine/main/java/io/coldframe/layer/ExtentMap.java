package io.coldframe.layer;

import io.coldframe.SnapshotException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Where every block of an address space is: extents of blocks that are in one layer, one after
/// another, or zero, or the parent's. They are in ascending order and leave no gap.
///
/// ```
///  block     0        3     5              9          12
///            | data   | zero| parent       | data     |
///            | A 0..2 |     |              | B 7..9   |
///  extent    0        1     2              3
/// ```
/// It lies off the heap, in the records of the file, 16 bytes an extent. The same blocks are said
/// in one way only: neighbours are one extent if they are in the same place, of the same origin,
/// and where they are data also next to each other in storage. That the addresses touch is not
/// enough.
///
/// Layers and origins are ordinals of a table, as [LayerTable] is one. Maps that meet in
/// [#over(ExtentMap, Arena)] are of one table; [#renumbered(int[], int[], Arena)] makes them so.
///
/// **Lifetime.** Borrows memory of an arena; when that is closed, whatever would read the map
/// throws [IllegalStateException].
///
/// **Threads.** Immutable. Any, if the arena allows it.
public final class ExtentMap {

    /// How many bytes an extent takes.
    public static final int RECORD_BYTES = ExtentRecord.BYTE_COUNT;

    /// The most blocks of an address space: 4 PiB in blocks of 4 KiB.
    public static final long BLOCKS_MAX = 1L << 40;

    /// The most extents that an index may have: as many as 1 TiB has blocks of 4 KiB.
    public static final int EXTENTS_MAX = 1 << 28;

    private final MemorySegment records;
    private final long blockCount;
    private final int extentCount;
    private final BlockDirectory directory;

    private ExtentMap(MemorySegment records, long blockCount) {
        this.records = records.asReadOnly();
        this.blockCount = blockCount;
        this.extentCount = Math.toIntExact(records.byteSize() / RECORD_BYTES);
        this.directory = BlockDirectory.of(records, extentCount, blockCount);
    }

    /// {@return a map of which all is checked}
    ///
    /// @param records borrowed
    /// @param blockCount how many blocks the address space has
    /// @param storedBlockCounts how many blocks each layer stores, by ordinal
    /// @param originCount how many origins there are
    /// @param resource what the records were read from, for messages
    /// @throws SnapshotException of kind `CORRUPT` if they are no map, or not said in the one way
    public static ExtentMap of(
            MemorySegment records,
            long blockCount,
            long[] storedBlockCounts,
            int originCount,
            Object resource)
            throws SnapshotException {
        new ExtentCheck(storedBlockCounts, originCount).check(records, blockCount, resource);
        return ofChecked(records, blockCount);
    }

    /// A map of records that are known to be one.
    static ExtentMap ofChecked(MemorySegment records, long blockCount) {
        return new ExtentMap(records, blockCount);
    }

    /// {@return a map in which every block is the parent's}
    ///
    /// @param blockCount how many blocks
    /// @param arena owns the memory
    public static ExtentMap ofParent(long blockCount, Arena arena) {
        try (Builder builder = new Builder(blockCount)) {
            if (blockCount > 0) {
                builder.parent(0, blockCount);
            }
            return builder.build(arena);
        }
    }

    /// {@return how many blocks the address space has}
    public long blockCount() {
        return blockCount;
    }

    /// {@return how many extents there are; none if there is no block}
    public int extentCount() {
        return extentCount;
    }

    /// {@return the records, read-only}
    public MemorySegment records() {
        return records;
    }

    /// {@return the extent that holds a block}
    ///
    /// @param block one of the address space
    public int find(long block) {
        Objects.checkIndex(block, blockCount);
        return search(records, block, directory.low(block), directory.high(block));
    }

    /// The last extent from `low` to `high` that begins at or before a block.
    private static int search(MemorySegment records, long block, int low, int high) {
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (ExtentRecord.block(ExtentRecord.firstWord(records, middle)) <= block) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// {@return the first block of an extent}
    ///
    /// @param extent its ordinal
    public long firstBlock(int extent) {
        return ExtentRecord.block(firstWord(extent));
    }

    /// {@return the block after the last one of an extent}
    ///
    /// @param extent its ordinal
    public long endBlock(int extent) {
        Objects.checkIndex(extent, extentCount);
        return extent == extentCount - 1 ? blockCount : firstBlock(extent + 1);
    }

    /// {@return where the blocks of an extent are}
    ///
    /// @param extent its ordinal
    public BlockPlace place(int extent) {
        return switch (ExtentRecord.ordinal(firstWord(extent))) {
            case ExtentRecord.PLACE_ZERO -> BlockPlace.ZERO;
            case ExtentRecord.PLACE_PARENT -> BlockPlace.PARENT;
            default -> BlockPlace.DATA;
        };
    }

    /// {@return the ordinal of the layer that stores an extent, -1 if none does}
    ///
    /// @param extent its ordinal
    public int layer(int extent) {
        return Math.max(-1, ExtentRecord.ordinal(firstWord(extent)) - ExtentRecord.PLACE_LAYERS);
    }

    /// {@return which block of its layer is the first one of an extent, 0 if none stores it}
    ///
    /// @param extent its ordinal
    public long storedBlock(int extent) {
        return ExtentRecord.block(secondWord(extent));
    }

    /// {@return the ordinal of the origin of an extent, 0 for what is the parent's}
    ///
    /// @param extent its ordinal
    public int origin(int extent) {
        return ExtentRecord.ordinal(secondWord(extent));
    }

    long firstWord(int extent) {
        return ExtentRecord.firstWord(records, Objects.checkIndex(extent, extentCount));
    }

    long secondWord(int extent) {
        return ExtentRecord.secondWord(records, Objects.checkIndex(extent, extentCount));
    }

    /// {@return this map, laid over another: what is the parent's here is as it is below}
    ///
    /// @param below of the same table and as many blocks
    /// @param arena owns the memory
    public ExtentMap over(ExtentMap below, Arena arena) {
        return ExtentAlgebra.over(this, below, arena);
    }

    /// {@return this map with other ordinals}
    ///
    /// @param layers the new ordinal of each layer; that of one that the map does not name is
    ///     not looked at
    /// @param origins the new ordinal of each origin, likewise
    /// @param arena owns the memory
    public ExtentMap renumbered(int[] layers, int[] origins, Arena arena) {
        return ExtentAlgebra.renumbered(this, layers, origins, arena);
    }

    /// {@return part of this map, as an address space of its own}
    ///
    /// @param firstBlock its first block, which is block 0 of the result
    /// @param blockCount how many blocks
    /// @param arena owns the memory
    public ExtentMap slice(long firstBlock, long blockCount, Arena arena) {
        return ExtentAlgebra.slice(this, firstBlock, blockCount, arena);
    }

    @Override
    public String toString() {
        return "%d blocks in %d extents".formatted(blockCount, extentCount);
    }

    /// Makes a map, in ascending order. Neighbours that say the same are joined.
    ///
    /// **Lifetime.** Owns the memory in which it gathers, until [#close()].
    ///
    /// **Threads.** One at a time, whichever.
    public static final class Builder implements AutoCloseable {
        private final long blockCount;
        private final ExtentBuffer buffer;

        /// A map without an extent yet.
        ///
        /// @param blockCount how many blocks it will have
        public Builder(long blockCount) {
            if (blockCount < 0 || blockCount > BLOCKS_MAX) {
                throw new IllegalArgumentException(
                        "a map of %d blocks; the most is %d".formatted(blockCount, BLOCKS_MAX));
            }
            this.blockCount = blockCount;
            this.buffer = new ExtentBuffer();
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
            Objects.checkIndex(layer, ExtentRecord.LAYERS_MAX);
            Objects.checkFromIndexSize(storedBlock, blockCount, BLOCKS_MAX);
            add(firstBlock, blockCount, ExtentRecord.PLACE_LAYERS + layer, storedBlock, origin);
        }

        /// Blocks that are zero.
        ///
        /// @param firstBlock the first one, which follows the last one before
        /// @param blockCount how many, at least one
        /// @param origin the ordinal of who wrote them
        public void zero(long firstBlock, long blockCount, int origin) {
            add(firstBlock, blockCount, ExtentRecord.PLACE_ZERO, 0, origin);
        }

        /// Blocks that are the parent's.
        ///
        /// @param firstBlock the first one, which follows the last one before
        /// @param blockCount how many, at least one
        public void parent(long firstBlock, long blockCount) {
            add(firstBlock, blockCount, ExtentRecord.PLACE_PARENT, 0, 0);
        }

        private void add(
                long firstBlock, long addedBlocks, int place, long storedBlock, int origin) {
            Objects.checkIndex(origin, ExtentRecord.ORDINALS_MAX);
            if (firstBlock != buffer.endBlock()) {
                throw new IllegalArgumentException(
                        "block %d follows block %d".formatted(firstBlock, buffer.endBlock() - 1));
            }
            if (addedBlocks <= 0 || addedBlocks > blockCount - firstBlock) {
                throw new IllegalArgumentException(
                        "%d blocks from block %d, of %d"
                                .formatted(addedBlocks, firstBlock, blockCount));
            }
            buffer.add(addedBlocks, place, ExtentRecord.word(storedBlock, origin));
        }

        /// {@return the map, which is complete}
        ///
        /// @param arena owns the memory
        public ExtentMap build(Arena arena) {
            if (buffer.endBlock() != blockCount) {
                throw new IllegalStateException(
                        "only %d of %d blocks are mapped".formatted(buffer.endBlock(), blockCount));
            }
            return buffer.build(arena);
        }

        /// Frees what it has gathered.
        @Override
        public void close() {
            buffer.close();
        }
    }
}

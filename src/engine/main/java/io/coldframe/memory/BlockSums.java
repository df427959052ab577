package io.coldframe.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// The CRC-32C of each block of a memory, one little-endian 32-bit word a block, off the heap.
///
/// A scan fills in the sum of each block that it finds to be data and leaves the others alone.
///
/// **Lifetime.** The words and a scratch page belong to the arena that the caller names.
///
/// **Threads.** One scan at a time. A second thread scans with a [#sharing] of its own, over other
/// blocks.
public final class BlockSums {

    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment words;
    private final Crc32c crc;

    private BlockSums(MemorySegment words, Crc32c crc) {
        this.words = words;
        this.crc = crc;
    }

    /// Room for `blockCount` sums, all zero.
    ///
    /// @param blockCount how many blocks there are
    /// @param arena owns the words
    /// @return the sums
    public static BlockSums allocate(long blockCount, Arena arena) {
        if (blockCount < 0) {
            throw new IllegalArgumentException("blockCount is negative: " + blockCount);
        }
        return new BlockSums(arena.allocate(SUM, blockCount), new Crc32c(arena));
    }

    /// The same sums for one more thread, with scratch of its own.
    ///
    /// @param arena owns the scratch
    /// @return another view of these sums
    public BlockSums sharing(Arena arena) {
        return new BlockSums(words, new Crc32c(arena));
    }

    /// {@return how many blocks there are}
    public long blockCount() {
        return words.byteSize() / SUM.byteSize();
    }

    /// The sum of one block, or 0 while no scan has found it to be data.
    ///
    /// @param block the block's number
    /// @return its CRC-32C
    public int get(long block) {
        return words.getAtIndex(SUM, Objects.checkIndex(block, blockCount()));
    }

    /// {@return the words as they lie, which is also how an index stores them; read only}
    public MemorySegment words() {
        return words.asReadOnly();
    }

    void sum(long block, MemorySegment memory, long offset, long byteCount) {
        words.setAtIndex(SUM, block, crc.of(memory, offset, byteCount));
    }
}

package io.coldframe.layer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A set of blocks, off the heap. Block `b` is bit `b & 63` of word `b >>> 6`.
///
/// **Lifetime.** The arena's.
///
/// **Threads.** One at a time.
public final class BlockSet {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final long blockCount;
    private final MemorySegment words;
    private long size;

    /// An empty set.
    ///
    /// @param blockCount how many blocks there are
    /// @param arena owns the memory
    public BlockSet(long blockCount, Arena arena) {
        this.blockCount = blockCount;
        this.words = arena.allocate(WORD, Math.ceilDiv(blockCount, Long.SIZE));
    }

    /// {@return how many blocks there are}
    public long blockCount() {
        return blockCount;
    }

    /// {@return how many of them are in the set}
    public long size() {
        return size;
    }

    /// Puts blocks in that lie together.
    ///
    /// @param first the first one
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are no such blocks
    public void add(long first, long count) {
        if (first < 0 || count < 0 || first > blockCount - count) {
            throw new IndexOutOfBoundsException(
                    "blocks %d and %d more of %d".formatted(first, count, blockCount));
        }
        for (long block = first, end = first + count; block < end; ) {
            long word = block >>> 6;
            long bitCount = Math.min(end - block, Long.SIZE - (block & 63));
            long bits = (-1L >>> (Long.SIZE - bitCount)) << (block & 63);
            long held = words.getAtIndex(WORD, word);
            size += Long.bitCount(bits & ~held);
            words.setAtIndex(WORD, word, held | bits);
            block += bitCount;
        }
    }
}

package io.coldframe.layer;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Some blocks that a lane looks at while they are in its cache, and what it has found out.
///
/// **Lifetime.** Borrows the bytes, until it begins anew.
///
/// **Threads.** One.
final class BlockPiece {

    /// What is not yet known of a block.
    enum Doubt {
        /// Nothing.
        NONE,
        /// Whether its bytes are the parent's, of which only the sum is.
        SAME_SUM,
        /// Whether its bytes are the parent's.
        UNREAD
    }

    private static final MemorySegment NOTHING = MemorySegment.NULL;
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(0);

    private final PageSize block;
    private final BlockPlace[] places;
    private final Doubt[] doubts;
    private final int[] sums;
    private final boolean[] isSummed;
    private final CRC32C crc = new CRC32C();
    private MemorySegment bytes = NOTHING;
    private ByteBuffer buffer = NO_BYTES;
    private long firstBlock;
    private int blockCount;

    BlockPiece(PageSize block, int blocksMax) {
        this.block = block;
        this.places = new BlockPlace[blocksMax];
        this.doubts = new Doubt[blocksMax];
        this.sums = new int[blocksMax];
        this.isSummed = new boolean[blocksMax];
    }

    /// Begins with blocks of zeros.
    void beginZero(long first, int count) {
        begin(first, count);
        bytes = NOTHING;
        buffer = NO_BYTES;
        Arrays.fill(places, 0, count, BlockPlace.ZERO);
    }

    /// Begins with whole blocks, and tells zero from data.
    void begin(long first, MemorySegment wholeBlocks) {
        begin(first, (int) block.pageCount(wholeBlocks.byteSize()));
        bytes = wholeBlocks;
        buffer = wholeBlocks.asByteBuffer();
        BlockScan.of(bytes, block)
                .forEachRun(
                        (state, from, runBlocks) ->
                                Arrays.fill(
                                        places,
                                        (int) from,
                                        (int) (from + runBlocks),
                                        state == BlockState.ZERO
                                                ? BlockPlace.ZERO
                                                : BlockPlace.DATA));
    }

    private void begin(long first, int count) {
        firstBlock = first;
        blockCount = count;
        Arrays.fill(doubts, 0, count, Doubt.NONE);
        Arrays.fill(isSummed, 0, count, false);
    }

    long firstBlock() {
        return firstBlock;
    }

    int blockCount() {
        return blockCount;
    }

    /// The bytes of the blocks; none at all of a piece of zeros.
    MemorySegment bytes() {
        return bytes;
    }

    /// Where a block of the piece is to be found from now on.
    BlockPlace place(int index) {
        return places[index];
    }

    /// It is as it is in the parent.
    void setUnchanged(int index) {
        places[index] = BlockPlace.PARENT;
    }

    Doubt doubt(int index) {
        return doubts[index];
    }

    void setDoubt(int index, Doubt doubt) {
        doubts[index] = doubt;
    }

    /// The first block at or after one whose place is another one, or the number of blocks.
    int placeEnd(int from) {
        int at = from + 1;
        while (at < blockCount && places[at] == places[from]) {
            at++;
        }
        return at;
    }

    /// Whether the sum of a block was asked for.
    boolean isSummed(int index) {
        return isSummed[index];
    }

    /// The CRC-32C of a block that is data, whose bytes are where they were.
    int sum(int index) {
        if (!isSummed[index]) {
            int from = index << block.shift();
            crc.reset();
            crc.update(buffer.limit(from + block.bytes()).position(from));
            sums[index] = (int) crc.getValue();
            isSummed[index] = true;
        }
        return sums[index];
    }
}

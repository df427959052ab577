package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;
import io.coldframe.layer.BlockPiece.Doubt;
import io.coldframe.memory.PageScan;
import io.coldframe.memory.PageSize;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The parent of a layer, as one lane compares pieces with it.
///
/// What the parent's index tells is not read: a block that is zero there, and one whose sum is
/// another. Where the sums agree the bytes have the last word; if they agree too, they prove the
/// parent's sound in passing.
///
/// **Lifetime.** Its scratch memory belongs to the arena of the constructor.
///
/// **Threads.** One.
final class ParentBlocks {

    // A call costs about what it takes to read four pages that nobody needs.
    private static final int GAP_BYTES_MAX = 16 << 10;

    private final PageSource pages;
    private final @Nullable ExtentMap map;
    private final @Nullable LayerChain chain;
    private final @Nullable BlockReader reader;
    private final PageSize block;
    private final int gapBlocksMax;
    private final MemorySegment scratch;
    private final MemorySegment oneBlock;
    private final int zeroSum;
    private long bytesRead;

    ParentBlocks(LayerParent parent, PageSize block, long pieceBytes, Arena arena) {
        this.pages = parent.pages();
        this.map = parent.index().map(LayerIndex::map).orElse(null);
        this.chain = parent.chain().orElse(null);
        this.reader =
                parent.chain()
                        .map(each -> new BlockReader(each, BlockReader.plainly(block), arena))
                        .orElse(null);
        this.block = block;
        this.gapBlocksMax = GAP_BYTES_MAX >>> block.shift();
        this.scratch = arena.allocate(pieceBytes, PageSize.KIB_4.bytes());
        this.oneBlock = arena.allocate(block.bytes());
        this.zeroSum = PageScan.crc32c(oneBlock, 0, block.bytes());
    }

    long bytesRead() {
        return bytesRead;
    }

    /// How many blocks from one on the parent's index says to be zero.
    long zeroBlocks(long firstBlock) {
        ExtentMap known = map;
        if (known == null) {
            return 0;
        }
        int extent = known.find(firstBlock);
        return known.place(extent) == BlockPlace.ZERO ? known.endBlock(extent) - firstBlock : 0;
    }

    /// Marks those blocks of a piece unchanged that are.
    void compare(BlockPiece piece) throws SnapshotException {
        ExtentMap known = map;
        if (known == null) {
            doubt(piece, 0, piece.blockCount());
        } else {
            compareByMap(known, piece);
        }
        resolve(piece);
    }

    private void compareByMap(ExtentMap known, BlockPiece piece) {
        int extent = known.find(piece.firstBlock());
        for (int at = 0; at < piece.blockCount(); extent++) {
            long extentEnd = known.endBlock(extent) - piece.firstBlock();
            int end = (int) Math.min(piece.blockCount(), extentEnd);
            switch (known.place(extent)) {
                case ZERO -> compareWithZero(piece, at, end);
                case DATA -> compareSums(known, extent, piece, at, end);
                case PARENT -> doubt(piece, at, end);
            }
            at = end;
        }
    }

    private static void compareWithZero(BlockPiece piece, int from, int end) {
        for (int at = from; at < end; at++) {
            if (piece.place(at) == BlockPlace.ZERO) {
                piece.setUnchanged(at);
            }
        }
    }

    private void compareSums(ExtentMap known, int extent, BlockPiece piece, int from, int end) {
        LayerChain summed = chain;
        if (summed == null) {
            doubt(piece, from, end);
            return;
        }
        LayerSums sums = summed.sums(known.layer(extent));
        long shift = known.storedBlock(extent) + piece.firstBlock() - known.firstBlock(extent);
        for (int at = from; at < end; at++) {
            int sum = piece.place(at) == BlockPlace.ZERO ? zeroSum : piece.sum(at);
            if (sum == sums.sum(shift + at)) {
                piece.setDoubt(at, Doubt.SAME_SUM);
            }
        }
    }

    private static void doubt(BlockPiece piece, int from, int end) {
        for (int at = from; at < end; at++) {
            piece.setDoubt(at, Doubt.UNREAD);
        }
    }

    /// Reads the parent where only that can tell.
    private void resolve(BlockPiece piece) throws SnapshotException {
        int at = 0;
        while (at < piece.blockCount()) {
            if (piece.doubt(at) == Doubt.NONE) {
                at++;
            } else {
                int end = doubtEnd(piece, at);
                resolve(piece, at, end);
                at = end;
            }
        }
    }

    /// The end of what is read in one go: doubts of one sort, and short gaps between them.
    private int doubtEnd(BlockPiece piece, int from) {
        Doubt doubt = piece.doubt(from);
        int end = from + 1;
        for (int at = end; at < piece.blockCount() && at - end <= gapBlocksMax; at++) {
            if (piece.doubt(at) == doubt) {
                end = at + 1;
            } else if (piece.doubt(at) != Doubt.NONE) {
                break;
            }
        }
        return end;
    }

    private void resolve(BlockPiece piece, int from, int end) throws SnapshotException {
        Doubt doubt = piece.doubt(from);
        MemorySegment read = read(piece, from, end, doubt);
        for (int at = from; at < end; at++) {
            if (piece.doubt(at) != doubt) {
                continue;
            }
            if (isEqual(piece, at, read, block.bytes((long) at - from))) {
                piece.setUnchanged(at);
            } else if (doubt == Doubt.SAME_SUM) {
                requireSound(piece, at);
            }
        }
    }

    /// Blocks of the parent, and zeros after a short last one.
    private MemorySegment read(BlockPiece piece, int from, int end, Doubt doubt)
            throws SnapshotException {
        MemorySegment target = scratch.asSlice(0, block.bytes((long) end - from));
        long first = piece.firstBlock() + from;
        long offset = block.bytes(first);
        long byteCount = Math.min(target.byteSize(), pages.byteCount() - offset);
        BlockReader ofChain = reader;
        if (ofChain == null) {
            pages.read(offset, target.asSlice(0, byteCount));
        } else {
            ofChain.readAll(first, piece.firstBlock() + end, target, doubt == Doubt.UNREAD);
        }
        // Of a base also what is read of a chain ends with its bytes.
        target.asSlice(byteCount).fill((byte) 0);
        bytesRead += byteCount;
        return target;
    }

    private boolean isEqual(BlockPiece piece, int index, MemorySegment read, long readOffset) {
        if (piece.place(index) == BlockPlace.ZERO) {
            return PageScan.isZero(read, readOffset, block.bytes());
        }
        long offset = block.bytes((long) index);
        return PageScan.equal(piece.bytes(), offset, read, readOffset, block.bytes());
    }

    /// Two blocks of one sum that differ: one of them may be damaged, and checking it tells.
    private void requireSound(BlockPiece piece, int index) throws SnapshotException {
        long offset = block.bytes(piece.firstBlock() + index);
        long byteCount = Math.min(block.bytes(), pages.byteCount() - offset);
        pages.read(offset, oneBlock.asSlice(0, byteCount));
    }
}

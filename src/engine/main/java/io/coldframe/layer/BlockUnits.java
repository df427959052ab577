package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;

import org.jspecify.annotations.Nullable;

/// A memory, cut into units that are handed out in the order of their addresses.
///
/// **Threads.** Any.
final class BlockUnits {

    // Scattered blocks are many stretches: so that a lane's memory has a limit, too.
    private static final int STRETCHES_MAX = 1 << 13;

    // Zeros need no memory, but over a parent they are compared, which takes time: a hole of any
    // length is shared by the lanes, heard of and cancelled. 256 MiB beside 8 MiB of unknown bytes.
    private static final long HOLE_BLOCKS_PER_UNKNOWN = 32;

    private final BlockSource source;
    private final PageSize block;
    private final @Nullable DirtyBitmap dirty;
    private final long blockCount;
    private final long unknownBlocksMax;
    private long nextOrdinal;
    private long nextBlock;
    // What the source said last of its data: asking may take it long.
    private long dataFrom;
    private long dataEnd;
    // The end of the dirty blocks that the next one is among, if it is behind this.
    private long dirtyEnd;
    private boolean stopped;

    /// @param unknownBlocksMax how many blocks of a unit may have to be looked at
    BlockUnits(
            BlockSource source,
            PageSize block,
            @Nullable DirtyBitmap dirty,
            long unknownBlocksMax) {
        this.source = source;
        this.block = block;
        this.dirty = dirty;
        this.blockCount = block.pageCount(source.byteCount());
        this.unknownBlocksMax = unknownBlocksMax;
    }

    /// Fills in the next unit. @return whether there is one
    synchronized boolean next(BlockUnit unit) throws SnapshotException {
        if (stopped || nextBlock == blockCount) {
            return false;
        }
        unit.begin(nextOrdinal, nextBlock);
        long unknownLeft = unknownBlocksMax;
        while (nextBlock < blockCount && unknownLeft > 0 && unit.stretchCount() < STRETCHES_MAX) {
            unknownLeft -= addStretch(unit, unknownLeft);
        }
        nextOrdinal++;
        return true;
    }

    /// There are no more units after this.
    synchronized void stop() {
        stopped = true;
    }

    /// Adds the stretch that begins with the next block.
    ///
    /// @return how many unknown blocks it is worth
    private long addStretch(BlockUnit unit, long unknownMax) throws SnapshotException {
        long first = nextBlock;
        // A long run of dirty pages is looked through once, however many stretches it has.
        if (first >= dirtyEnd) {
            long dirtyFrom = firstDirty(first);
            if (dirtyFrom > first) {
                unit.add(BlockUnit.Kind.CLEAN, dirtyFrom);
                nextBlock = dirtyFrom;
                return 0;
            }
            dirtyEnd = firstClean(first);
        }
        findData(block.bytes(first));
        // A block of which a part is data has to be read.
        long dataFirst =
                Math.min(
                        dirtyEnd,
                        dataFrom == source.byteCount() ? blockCount : block.page(dataFrom));
        if (dataFirst > first) {
            nextBlock = Math.min(dataFirst, first + unknownMax * HOLE_BLOCKS_PER_UNKNOWN);
            unit.add(BlockUnit.Kind.HOLE, nextBlock);
            return (nextBlock - first) / HOLE_BLOCKS_PER_UNKNOWN;
        }
        long end = Math.min(Math.min(dirtyEnd, block.pageCount(dataEnd)), first + unknownMax);
        unit.add(BlockUnit.Kind.UNKNOWN, end);
        nextBlock = end;
        return end - first;
    }

    /// Learns where the first data lies that ends after an offset.
    private void findData(long offset) throws SnapshotException {
        if (offset < dataEnd) {
            return;
        }
        dataFrom = source.nextData(offset);
        dataEnd = dataFrom < source.byteCount() ? source.dataEnd(dataFrom) : dataFrom;
    }

    private long firstDirty(long fromBlock) {
        DirtyBitmap bitmap = dirty;
        if (bitmap == null) {
            return fromBlock;
        }
        PageSize page = bitmap.grid().pageSize();
        long found = bitmap.nextDirty(page.page(block.bytes(fromBlock)));
        // Of a page that is larger than a block, the block lies within.
        return found == bitmap.pageCount()
                ? blockCount
                : Math.max(fromBlock, block.page(page.bytes(found)));
    }

    /// The first block after a dirty one of which no page is dirty.
    private long firstClean(long fromBlock) {
        DirtyBitmap bitmap = dirty;
        if (bitmap == null) {
            return blockCount;
        }
        PageSize page = bitmap.grid().pageSize();
        long at = fromBlock;
        while (at < blockCount && firstDirty(at) == at) {
            long dirtyPage = bitmap.nextDirty(page.page(block.bytes(at)));
            long cleanPage = bitmap.nextClean(dirtyPage);
            at = block.pageCount(Math.min(source.byteCount(), page.bytes(cleanPage)));
        }
        return at;
    }
}

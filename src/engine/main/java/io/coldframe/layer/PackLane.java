package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Packs one unit at a time: reads it piece by piece, decides what each block is, and moves what is
/// to be stored to where the block before it ends.
///
/// A piece is read to where its first block would be stored. So data that follows data lies where
/// it belongs and is moved nowhere, and zeros are read over, into memory that is in the cache.
///
/// **Lifetime.** Borrows its memory.
///
/// **Threads.** One.
final class PackLane {

    // Stays in the second cache while it is read, looked at, compared, moved and summed. Pieces of
    // half and of twice as much take as long (`docs/writing.md`).
    private static final long PIECE_BYTES = 256 << 10;

    private final BlockSource source;
    private final PageSize block;
    private final int pieceBlocks;
    private final MemorySegment staging;
    private final ByteBuffer stagingBuffer;
    private final CRC32C crc = new CRC32C();
    private final @Nullable ParentBlocks parent;
    private final BlockPiece piece;
    private final BlockRunList runs = new BlockRunList();
    private final LayerCounts counts = new LayerCounts();
    private final int[] sums;
    private int storedCount;

    /// @param staging room for every block of a unit that may have to be looked at
    /// @param arena owns what else it needs
    PackLane(
            BlockSource source,
            PageSize block,
            @Nullable LayerParent parent,
            MemorySegment staging,
            Arena arena) {
        this.source = source;
        this.block = block;
        this.pieceBlocks = Math.toIntExact(Math.max(1, block.page(PIECE_BYTES)));
        this.piece = new BlockPiece(block, pieceBlocks);
        this.sums = new int[Math.toIntExact(block.page(staging.byteSize()))];
        this.parent =
                parent == null
                        ? null
                        : new ParentBlocks(parent, block, block.bytes(pieceBlocks), arena);
        this.staging = staging;
        this.stagingBuffer = staging.asByteBuffer();
    }

    /// What the blocks of the last unit are.
    BlockRunList runs() {
        return runs;
    }

    /// How many blocks of the last unit are to be stored.
    int storedCount() {
        return storedCount;
    }

    /// The sum of one of them.
    int sum(int index) {
        return sums[index];
    }

    /// The bytes of all of them.
    MemorySegment stored() {
        return staging.asSlice(0, block.bytes(storedCount));
    }

    /// What was found in all units so far.
    LayerCounts counts() {
        ParentBlocks compared = parent;
        counts.parentBytesRead = compared == null ? 0 : compared.bytesRead();
        return counts;
    }

    void pack(BlockUnit unit) throws SnapshotException {
        runs.clear();
        storedCount = 0;
        for (int stretch = 0; stretch < unit.stretchCount(); stretch++) {
            long first = unit.firstBlock(stretch);
            long end = unit.endBlock(stretch);
            switch (unit.kind(stretch)) {
                case CLEAN -> {
                    runs.add(BlockPlace.PARENT, end - first);
                    counts.cleanBlocks += end - first;
                }
                case HOLE -> packHole(first, end);
                case UNKNOWN -> packUnknown(first, end);
            }
        }
    }

    private void packHole(long first, long end) throws SnapshotException {
        ParentBlocks compared = parent;
        if (compared == null) {
            runs.add(BlockPlace.ZERO, end - first);
            counts.zeroBlocks += end - first;
            return;
        }
        for (long at = first; at < end; ) {
            long same = Math.min(compared.zeroBlocks(at), end - at);
            if (same > 0) {
                runs.add(BlockPlace.PARENT, same);
                counts.unchangedBlocks += same;
                at += same;
            } else {
                int count = (int) Math.min(pieceBlocks, end - at);
                piece.beginZero(at, count);
                compared.compare(piece);
                packPiece();
                at += count;
            }
        }
    }

    private void packUnknown(long first, long end) throws SnapshotException {
        ParentBlocks compared = parent;
        long endOffset = Math.min(source.byteCount(), block.bytes(end));
        source.prepare(block.bytes(first), endOffset - block.bytes(first));
        for (long at = first; at < end; at += pieceBlocks) {
            int count = (int) Math.min(pieceBlocks, end - at);
            MemorySegment room = staging.asSlice(block.bytes(storedCount), block.bytes(count));
            long offset = block.bytes(at);
            long byteCount = Math.min(room.byteSize(), endOffset - offset);
            counts.bytesRead += byteCount;
            if (compared == null) {
                piece.begin(at, source.view(offset, byteCount, room));
            } else {
                // What is compared is what is stored, also of memory that somebody writes to.
                source.copy(offset, byteCount, room);
                piece.begin(at, room);
                compared.compare(piece);
            }
            packPiece();
        }
    }

    private void packPiece() {
        for (int at = 0; at < piece.blockCount(); ) {
            int end = piece.placeEnd(at);
            int count = end - at;
            BlockPlace place = piece.place(at);
            runs.add(place, count);
            switch (place) {
                case ZERO -> counts.zeroBlocks += count;
                case PARENT -> counts.unchangedBlocks += count;
                case DATA -> {
                    counts.dataBlocks += count;
                    store(at, end);
                }
            }
            at = end;
        }
    }

    private void store(int from, int end) {
        long targetOffset = block.bytes(storedCount);
        MemorySegment bytes = piece.bytes();
        long offset = block.bytes(from);
        if (bytes.address() + offset != staging.address() + targetOffset) {
            MemorySegment.copy(
                    bytes, offset, staging, targetOffset, block.bytes((long) end - from));
        }
        for (int at = from; at < end; at++) {
            // Of the copy: it is what is stored, also of memory that somebody writes to.
            sums[storedCount] = piece.isSummed(at) ? piece.sum(at) : sumOfStored(storedCount);
            storedCount++;
        }
    }

    private int sumOfStored(int index) {
        int from = index << block.shift();
        crc.reset();
        crc.update(stagingBuffer.limit(from + block.bytes()).position(from));
        return (int) crc.getValue();
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;
import io.coldframe.memory.Crc32c;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/// Reads blocks of one generation to where they are wanted.
///
/// **Lifetime.** Borrows the generation, and the arena of its scratch memory.
///
/// **Threads.** One.
final class BlockReader {

    private final LayerChain chain;
    private final PageSize block;
    private final LongFunction<String> where;
    private final Crc32c crc;
    private final RunCursor runs;

    /// @param where names the place of a block in the memory, for messages
    BlockReader(LayerChain chain, LongFunction<String> where, Arena arena) {
        this.chain = chain;
        this.block = chain.index().blockSize();
        this.where = where;
        this.crc = new Crc32c(arena);
        this.runs = new RunCursor(chain.index().map());
    }

    /// Where a block is in the memory, for whom no more is known.
    static LongFunction<String> plainly(PageSize blockSize) {
        return each -> "block %d at image offset %d".formatted(each, blockSize.bytes(each));
    }

    /// The runs of the map; [#readAll] moves it.
    RunCursor runs() {
        return runs;
    }

    /// The sum of bytes.
    int sum(MemorySegment bytes, long offset, long byteCount) {
        return crc.of(bytes, offset, byteCount);
    }

    /// Reads all blocks of a range.
    ///
    /// @param target has room for all of them, also for all of a short last one
    /// @param checked whether to compare the sums
    void readAll(long firstBlock, long endBlock, MemorySegment target, boolean checked)
            throws SnapshotException {
        runs.seek(firstBlock);
        while (runs.next(endBlock)) {
            long first = runs.firstBlock();
            long end = runs.endBlock();
            MemorySegment part =
                    target.asSlice(block.bytes(first - firstBlock), block.bytes(end - first));
            switch (runs.place()) {
                case ZERO -> part.fill((byte) 0);
                case PARENT -> readParent(first, part);
                case DATA -> {
                    LayerFile layer = chain.layer(runs.layer());
                    long storedBlock = runs.storedBlock(first);
                    layer.read(storedBlock, part);
                    if (checked) {
                        check(layer, storedBlock, first, part);
                    }
                }
            }
        }
    }

    /// Reads stored blocks, all of them neighbours, and compares their sums.
    ///
    /// @param firstBlock where the first one is in the memory
    void readStored(LayerFile layer, long storedBlock, long firstBlock, MemorySegment target)
            throws SnapshotException {
        layer.read(storedBlock, target);
        check(layer, storedBlock, firstBlock, target);
    }

    private void check(LayerFile layer, long storedBlock, long firstBlock, MemorySegment bytes)
            throws SnapshotException {
        LayerSums sums = layer.sums();
        long blockCount = block.page(bytes.byteSize());
        for (long i = 0; i < blockCount; i++) {
            int found = crc.of(bytes, block.bytes(i), block.bytes());
            if (found != sums.sum(storedBlock + i)) {
                throw layer.badBlock(storedBlock + i, found, where.apply(firstBlock + i));
            }
        }
    }

    /// Reads blocks of the base. What is behind the end of the memory stays as it is.
    ///
    /// @return how many bytes were read
    long readParent(long firstBlock, MemorySegment target) throws SnapshotException {
        PageSource base = chain.base();
        long imageOffset = block.bytes(firstBlock);
        long byteCount = Math.min(target.byteSize(), base.byteCount() - imageOffset);
        base.read(imageOffset, target.asSlice(0, byteCount));
        return byteCount;
    }

    /// Copies bytes of a range that need not be whole blocks.
    void read(long imageOffset, MemorySegment target, Arena arena) throws SnapshotException {
        long end = imageOffset + target.byteSize();
        long wholeEnd = block.page(end);
        for (long at = imageOffset; at < end; ) {
            long first = block.page(at);
            if (block.isAligned(at) && first < wholeEnd) {
                long byteCount = block.bytes(wholeEnd - first);
                MemorySegment whole = target.asSlice(at - imageOffset, byteCount);
                readAll(first, wholeEnd, whole, true);
                at += byteCount;
            } else {
                MemorySegment scratch = arena.allocate(block.bytes());
                readAll(first, first + 1, scratch, true);
                long skipped = at - block.bytes(first);
                long byteCount = Math.min(block.bytes() - skipped, end - at);
                MemorySegment.copy(scratch, skipped, target, at - imageOffset, byteCount);
                at += byteCount;
            }
        }
    }
}

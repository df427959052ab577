package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.Restore;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/// Reads spans of one generation, and of a span what has to be read: not zeros, and not what is
/// there already.
///
/// **Lifetime.** Borrows the generation, and owns a buffer of a span.
///
/// **Threads.** One.
final class SpanReader implements Restore.Reader {

    // A multiple of what any device writes from, or reads to, without a copy.
    private static final long ALIGNMENT_BYTES = 4096;

    private final LayerChain chain;
    private final PageSize block;
    private final boolean tellsSums;
    private final Optional<ChangedBlocks> changes;
    private final AtomicLong bytesRead;
    private final Arena arena = Arena.ofConfined();
    private final BlockReader reader;
    private final MemorySegment span;
    private final int zeroSum;
    private final BitSet wanted = new BitSet();
    private long spanFirst;
    private long pendingFirst;
    private long pendingEnd;

    /// @param where names the place of a block in the memory, for messages
    /// @param tellsSums whether the sink wants the sums of blocks
    /// @param changes knows what is there already, if anything is
    SpanReader(
            LayerChain chain,
            LongFunction<String> where,
            long spanBytes,
            boolean tellsSums,
            Optional<ChangedBlocks> changes,
            AtomicLong bytesRead) {
        this.chain = chain;
        this.block = chain.index().blockSize();
        this.tellsSums = tellsSums;
        this.changes = changes;
        this.bytesRead = bytesRead;
        this.reader = new BlockReader(chain, where, arena);
        long byteCount = block.bytes(block.pageCount(Math.min(spanBytes, chain.byteCount())));
        this.span = arena.allocate(byteCount, ALIGNMENT_BYTES);
        this.zeroSum = reader.sum(span, 0, block.bytes());
    }

    @Override
    public void read(long imageOffset, long byteCount, Restore.Sink sink) throws SnapshotException {
        spanFirst = block.page(imageOffset);
        long end = spanFirst + block.pageCount(byteCount);
        pendingFirst = spanFirst;
        pendingEnd = spanFirst;
        markWanted(end);
        RunCursor runs = reader.runs();
        runs.seek(spanFirst);
        while (runs.next(end)) {
            for (long at = runs.firstBlock(); at < runs.endBlock(); ) {
                int bit = (int) (at - spanFirst);
                boolean isWanted = wanted.get(bit);
                int endBit = isWanted ? wanted.nextClearBit(bit) : wanted.nextSetBit(bit);
                long partEnd =
                        endBit < 0
                                ? runs.endBlock()
                                : Math.min(runs.endBlock(), spanFirst + endBit);
                if (isWanted) {
                    take(at, partEnd, sink);
                } else {
                    skip(at, partEnd, sink);
                }
                at = partEnd;
            }
        }
        flush(sink);
    }

    private void markWanted(long end) {
        int blockCount = (int) (end - spanFirst);
        wanted.clear();
        if (changes.isEmpty()) {
            wanted.set(0, blockCount);
            return;
        }
        changes.get().mark(spanFirst, end, wanted);
        if (isShort(end - 1)) {
            // What is stored has a sum, and that of a part of it is only had by reading it.
            wanted.set(blockCount - 1);
        }
    }

    private boolean isShort(long each) {
        return block.bytes(each + 1) > chain.byteCount();
    }

    /// Hands over some blocks of the run.
    private void take(long first, long end, Restore.Sink sink) throws SnapshotException {
        if (reader.runs().place() == BlockPlace.ZERO) {
            flush(sink);
            pendingFirst = end;
            sink.zeros(block.bytes(first), byteEnd(end) - block.bytes(first));
            tellZeros(first, end, sink);
        } else {
            readAndTell(first, end, sink);
        }
        pendingEnd = end;
    }

    /// Tells no more than the sums of some blocks of the run.
    private void skip(long first, long end, Restore.Sink sink) throws SnapshotException {
        flush(sink);
        switch (reader.runs().place()) {
            case ZERO -> tellZeros(first, end, sink);
            case DATA -> tellStored(first, end, sink);
            // The base has sums of other blocks.
            case PARENT -> readAndTell(first, end, sink);
        }
        pendingFirst = end;
        pendingEnd = end;
    }

    private void readAndTell(long first, long end, Restore.Sink sink) throws SnapshotException {
        RunCursor runs = reader.runs();
        MemorySegment part = span.asSlice(block.bytes(first - spanFirst), block.bytes(end - first));
        if (runs.place() == BlockPlace.PARENT) {
            bytesRead.addAndGet(reader.readParent(first, part));
            tellFound(first, end, sink);
        } else {
            LayerFile layer = chain.layer(runs.layer());
            reader.readStored(layer, runs.storedBlock(first), first, part);
            bytesRead.addAndGet(part.byteSize());
            tellStored(first, end, sink);
        }
    }

    private void tellStored(long first, long end, Restore.Sink sink) {
        if (!tellsSums) {
            return;
        }
        RunCursor runs = reader.runs();
        LayerSums sums = chain.layer(runs.layer()).sums();
        long wholeEnd = isShort(end - 1) ? end - 1 : end;
        for (long at = first; at < wholeEnd; at++) {
            sink.sum(at, sums.sum(runs.storedBlock(at)));
        }
        tellFound(wholeEnd, end, sink);
    }

    private void tellZeros(long first, long end, Restore.Sink sink) {
        if (!tellsSums) {
            return;
        }
        long wholeEnd = isShort(end - 1) ? end - 1 : end;
        for (long at = first; at < wholeEnd; at++) {
            sink.sum(at, zeroSum);
        }
        if (wholeEnd < end) {
            span.asSlice(block.bytes(wholeEnd - spanFirst), block.bytes()).fill((byte) 0);
            tellFound(wholeEnd, end, sink);
        }
    }

    /// Tells the sums of the bytes that are in the buffer.
    private void tellFound(long first, long end, Restore.Sink sink) {
        if (!tellsSums) {
            return;
        }
        for (long at = first; at < end; at++) {
            long offset = block.bytes(at - spanFirst);
            sink.sum(at, reader.sum(span, offset, byteEnd(at + 1) - block.bytes(at)));
        }
    }

    /// Where the blocks before this one end in the memory.
    private long byteEnd(long endBlock) {
        return Math.min(block.bytes(endBlock), chain.byteCount());
    }

    /// Hands over what was read and lies together.
    private void flush(Restore.Sink sink) throws SnapshotException {
        if (pendingFirst < pendingEnd) {
            long from = block.bytes(pendingFirst);
            sink.bytes(
                    from,
                    span.asSlice(
                            block.bytes(pendingFirst - spanFirst), byteEnd(pendingEnd) - from));
        }
        pendingFirst = pendingEnd;
    }

    @Override
    public void close() {
        arena.close();
    }
}

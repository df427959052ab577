package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/// Reads spans of a stack.
///
/// **Lifetime.** Owns two buffers of a span each.
///
/// **Threads.** One.
final class StackReader implements Restore.Reader {
    private final ImageStack stack;
    private final PageSize granule;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment span;
    private final MemorySegment scratch;
    private final BitSet covered = new BitSet();
    private final List<BlockSummer> summers;
    private long spanStart;

    /// @param bufferBytes the most that is read at once
    StackReader(ImageStack stack, long bufferBytes) {
        this.stack = stack;
        this.granule = stack.pageSize();
        this.span = arena.allocate(bufferBytes, DirectWriter.ALIGNMENT.bytes());
        this.scratch = arena.allocate(bufferBytes, DirectWriter.ALIGNMENT.bytes());
        this.summers =
                stack.images().stream()
                        .map(each -> new BlockSummer(each.sums().blockSize().shift(), arena))
                        .toList();
    }

    @Override
    public void read(long imageOffset, long byteCount, Restore.Sink sink) throws SnapshotException {
        read(imageOffset, byteCount);
        sink.bytes(imageOffset, span.asSlice(0, byteCount));
    }

    /// Reads whole blocks of every image.
    void read(long imageOffset, long byteCount) throws SnapshotException {
        covered.clear();
        spanStart = imageOffset;
        for (int i = 0; i < summers.size(); i++) {
            read(stack.images().get(i), byteCount, summers.get(i));
        }
    }

    /// Copies some of what was read last; where no image holds a page the target stays as it is.
    void copyTo(long imageOffset, MemorySegment target) {
        long end = imageOffset + target.byteSize();
        for (int at = covered.nextSetBit(0); at >= 0; ) {
            int runEnd = covered.nextClearBit(at);
            long first = Math.max(imageOffset, spanStart + granule.bytes(at));
            long last = Math.min(end, spanStart + granule.bytes(runEnd));
            if (first < last) {
                MemorySegment.copy(
                        span, first - spanStart, target, first - imageOffset, last - first);
            }
            at = covered.nextSetBit(runEnd);
        }
    }

    /// Reads the blocks of one image that hold a page which no newer one holds.
    private void read(MemoryImage image, long byteCount, BlockSummer summer)
            throws SnapshotException {
        PageSize block = image.sums().blockSize();
        summer.reset();
        long firstBlock = block.page(spanStart);
        long endBlock = firstBlock + block.pageCount(byteCount);
        for (long at = firstBlock; at < endBlock; at++) {
            if (!isNeeded(image, at)) {
                continue;
            }
            long end = at + 1;
            while (end < endBlock && isNeeded(image, end)) {
                end++;
            }
            readBlocks(image, at, end, summer);
            at = end;
        }
    }

    private boolean isNeeded(MemoryImage image, long block) {
        ImageSums sums = image.sums();
        int shift = sums.blockSize().shift() - sums.pageSize().shift();
        long endPage = Math.min(sums.pageCount(), (block + 1) << shift);
        for (long at = sums.nextWritten(block << shift);
                at < endPage;
                at = sums.nextWritten(at + 1)) {
            int first = granuleOf(sums.pageSize().bytes(at) - spanStart);
            int end = first + (int) sums.pageSize().pagesOf(granule);
            if (covered.nextClearBit(first) < end) {
                return true;
            }
        }
        return false;
    }

    private int granuleOf(long offset) {
        return (int) granule.page(offset);
    }

    private void readBlocks(MemoryImage image, long firstBlock, long endBlock, BlockSummer summer)
            throws SnapshotException {
        ImageSums sums = image.sums();
        int shift = sums.blockSize().shift() - sums.pageSize().shift();
        long endPage = Math.min(sums.pageCount(), endBlock << shift);
        for (long at = sums.nextWritten(firstBlock << shift); at < endPage; ) {
            long runEnd = Math.min(endPage, sums.nextUnwritten(at));
            long offset = sums.pageSize().bytes(at);
            long end = Math.min(sums.byteCount(), sums.pageSize().bytes(runEnd));
            long spanOffset = offset - spanStart;
            MemorySegment piece = scratch.asSlice(spanOffset, end - offset);
            image.read(offset, piece);
            stack.countRead(end - offset);
            summer.add(offset, piece, 0, end - offset, (block, sum) -> check(image, block, sum));
            take(spanOffset, end - spanStart);
            at = sums.nextWritten(runEnd);
        }
        summer.finish((block, sum) -> check(image, block, sum));
    }

    private void check(MemoryImage image, long block, int sum) throws SnapshotException {
        if (sum != image.sums().sum(block)) {
            throw image.badBlock(block, sum);
        }
    }

    /// Takes what was read where no newer image holds the page.
    private void take(long from, long end) {
        int endGranule = (int) granule.pageCount(end);
        for (int at = covered.nextClearBit(granuleOf(from)); at < endGranule; ) {
            int next = covered.nextSetBit(at);
            int runEnd = next < 0 ? endGranule : Math.min(next, endGranule);
            long first = granule.bytes(at);
            long last = Math.min(end, granule.bytes(runEnd));
            MemorySegment.copy(scratch, first, span, first, last - first);
            covered.set(at, runEnd);
            at = covered.nextClearBit(runEnd);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}

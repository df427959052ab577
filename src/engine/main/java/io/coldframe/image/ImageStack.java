package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// Images laid over each other, the newest first: every page is that of the first which holds it.
///
/// It is read span by span; a span is whole blocks of every image, so whatever is handed out of it
/// has been checked.
///
/// **Lifetime.** Borrows the images.
///
/// **Threads.** Any, each with a [Reader] of its own.
final class ImageStack implements PageSource, AutoCloseable {

    // Long enough to keep a device busy, short enough for the last cache.
    private static final long SPAN_BYTES = 2L << 20;

    private final List<MemoryImage> images;
    private final long byteCount;
    private final long spanBytes;
    private final PageSize granule;
    private final PageSize block;
    private final AtomicLong bytesRead = new AtomicLong();

    private ImageStack(List<MemoryImage> images, long sumsMax) {
        this.images = List.copyOf(images);
        this.byteCount = images.getFirst().sums().byteCount();
        long span = SPAN_BYTES;
        PageSize finest = images.getFirst().sums().pageSize();
        for (MemoryImage image : images) {
            if (image.sums().byteCount() != byteCount) {
                throw new IllegalArgumentException(
                        "images of %d and %d bytes: %s and %s"
                                .formatted(
                                        byteCount,
                                        image.sums().byteCount(),
                                        images.getFirst().path(),
                                        image.path()));
            }
            PageSize page = image.sums().pageSize();
            finest = finest.isMultipleOf(page) ? page : finest;
            span = Math.max(span, image.sums().blockSize().bytes());
        }
        this.granule = finest;
        this.block = SumsBuilder.blockSize(byteCount, finest, sumsMax);
        this.spanBytes = Math.max(span, block.bytes());
    }

    /// A stack that holds every page.
    ///
    /// @param sumsMax the most sums that a full image of it may have
    static ImageStack of(List<MemoryImage> newestFirst, long sumsMax) {
        if (newestFirst.isEmpty() || newestFirst.getLast().sums().kind() != ImageSums.Kind.FULL) {
            throw new IllegalArgumentException("the last image must be full: " + newestFirst);
        }
        return new ImageStack(newestFirst, sumsMax);
    }

    /// A stack that may lack pages.
    static ImageStack ofAny(List<MemoryImage> newestFirst) {
        return new ImageStack(newestFirst, Long.MAX_VALUE);
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    /// The finest page of all images.
    PageSize granule() {
        return granule;
    }

    /// The block of a full image of it.
    PageSize block() {
        return block;
    }

    long spanBytes() {
        return spanBytes;
    }

    long spanCount() {
        return (byteCount - 1) / spanBytes + 1;
    }

    /// How many bytes a span has: the last may be short.
    long spanByteCount(long span) {
        return Math.min(spanBytes, byteCount - span * spanBytes);
    }

    /// How many bytes were read so far.
    long bytesRead() {
        return bytesRead.get();
    }

    @Override
    public void read(long imageOffset, MemorySegment target) throws SnapshotException {
        copyTo(imageOffset, target);
    }

    /// Copies checked bytes of a range; where no image holds a page the target stays as it is.
    void copyTo(long imageOffset, MemorySegment target) throws SnapshotException {
        Objects.checkFromIndexSize(imageOffset, target.byteSize(), byteCount);
        try (Reader reader = new Reader()) {
            long end = imageOffset + target.byteSize();
            for (long at = imageOffset; at < end; ) {
                long span = at / spanBytes;
                long spanStart = span * spanBytes;
                long pieceEnd = Math.min(end, spanStart + spanByteCount(span));
                BitSet held = reader.read(span);
                copyHeld(reader.bytes(), held, spanStart, at, pieceEnd, target, imageOffset);
                at = pieceEnd;
            }
        }
    }

    private void copyHeld(
            MemorySegment bytes,
            BitSet held,
            long spanStart,
            long from,
            long end,
            MemorySegment target,
            long targetStart) {
        for (int at = held.nextSetBit(0); at >= 0; ) {
            int runEnd = held.nextClearBit(at);
            long first = Math.max(from, spanStart + granule.bytes(at));
            long last = Math.min(end, spanStart + granule.bytes(runEnd));
            if (first < last) {
                MemorySegment.copy(
                        bytes, first - spanStart, target, first - targetStart, last - first);
            }
            at = held.nextSetBit(runEnd);
        }
    }

    @Override
    public void close() {}

    /// Reads spans.
    ///
    /// **Lifetime.** Owns two buffers of a span each.
    ///
    /// **Threads.** One.
    final class Reader implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment span = buffer();
        private final MemorySegment scratch = buffer();
        private final BitSet covered = new BitSet();
        private final List<BlockSummer> summers =
                images.stream()
                        .map(each -> new BlockSummer(each.sums().blockSize().shift(), arena))
                        .toList();

        private MemorySegment buffer() {
            return arena.allocate(Math.min(spanBytes, byteCount), DirectWriter.ALIGNMENT.bytes());
        }

        /// What was read last.
        MemorySegment bytes() {
            return span;
        }

        /// Reads one span into [#bytes()].
        ///
        /// @return the granules that an image holds; the bytes of the others are undefined
        BitSet read(long index) throws SnapshotException {
            covered.clear();
            for (int i = 0; i < images.size(); i++) {
                read(images.get(i), index * spanBytes, spanByteCount(index), summers.get(i));
            }
            return covered;
        }

        /// Reads the blocks of one image that hold a page which no newer one holds.
        private void read(MemoryImage image, long spanStart, long byteCount, BlockSummer summer)
                throws SnapshotException {
            PageSize block = image.sums().blockSize();
            summer.reset();
            long firstBlock = block.page(spanStart);
            long endBlock = firstBlock + block.pageCount(byteCount);
            for (long at = firstBlock; at < endBlock; at++) {
                if (!isNeeded(image, at, spanStart)) {
                    continue;
                }
                long end = at + 1;
                while (end < endBlock && isNeeded(image, end, spanStart)) {
                    end++;
                }
                readBlocks(image, at, end, spanStart, summer);
                at = end;
            }
        }

        private boolean isNeeded(MemoryImage image, long block, long spanStart) {
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

        private void readBlocks(
                MemoryImage image,
                long firstBlock,
                long endBlock,
                long spanStart,
                BlockSummer summer)
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
                bytesRead.addAndGet(end - offset);
                summer.add(
                        offset, piece, 0, end - offset, (block, sum) -> check(image, block, sum));
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
}

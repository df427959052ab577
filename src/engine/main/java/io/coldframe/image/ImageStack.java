package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.work.Workers;

import java.lang.foreign.MemorySegment;
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
/// **Threads.** Any; each reads with a [StackReader] of its own.
final class ImageStack implements PageSource, Restore.Source {

    // Long enough to keep a device busy, short enough for the last cache.
    private static final long SPAN_BYTES = 2L << 20;

    private final List<MemoryImage> images;
    private final long byteCount;
    private final PageSize granule;
    private final PageSize largestBlock;
    private final AtomicLong bytesRead = new AtomicLong();

    private ImageStack(List<MemoryImage> images) {
        this.images = List.copyOf(images);
        this.byteCount = images.getFirst().sums().byteCount();
        PageSize finest = images.getFirst().sums().pageSize();
        PageSize largest = images.getFirst().sums().blockSize();
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
            PageSize block = image.sums().blockSize();
            largest = block.isMultipleOf(largest) ? block : largest;
        }
        this.granule = finest;
        this.largestBlock = largest;
    }

    /// A stack that holds every page.
    static ImageStack of(List<MemoryImage> newestFirst) {
        if (newestFirst.isEmpty() || newestFirst.getLast().sums().kind() != ImageSums.Kind.FULL) {
            throw new IllegalArgumentException("the last image must be full: " + newestFirst);
        }
        return new ImageStack(newestFirst);
    }

    /// A stack that may lack pages.
    static ImageStack ofAny(List<MemoryImage> newestFirst) {
        return new ImageStack(newestFirst);
    }

    List<MemoryImage> images() {
        return images;
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    /// The finest page of all images.
    @Override
    public PageSize pageSize() {
        return granule;
    }

    @Override
    public long spanBytes() {
        return Math.max(SPAN_BYTES, largestBlock.bytes());
    }

    @Override
    public int threadCount() {
        return Workers.readerCount();
    }

    /// The sums of a stack are not those of its images, whose blocks may hold some of the pages.
    @Override
    public boolean tellsSums(PageSize block) {
        return false;
    }

    @Override
    public Restore.Reader reader(long spanBytes, PageSize block) {
        return new StackReader(this, Math.min(spanBytes, byteCount));
    }

    @Override
    public long bytesRead() {
        return bytesRead.get();
    }

    /// Some more bytes were read.
    void countRead(long byteCount) {
        bytesRead.addAndGet(byteCount);
    }

    /// Copies checked bytes of a range; where no image holds a page the target stays as it is.
    @Override
    public void read(long imageOffset, MemorySegment target) throws SnapshotException {
        Objects.checkFromIndexSize(imageOffset, target.byteSize(), byteCount);
        // What is checked is whole blocks, and no more of them than the range is part of.
        long end = imageOffset + target.byteSize();
        long from = largestBlock.bytes(largestBlock.page(imageOffset));
        long readEnd = Math.min(byteCount, largestBlock.bytes(largestBlock.pageCount(end)));
        long pieceBytes = Math.min(spanBytes(), readEnd - from);
        if (target.byteSize() == 0) {
            return;
        }
        try (StackReader reader = new StackReader(this, pieceBytes)) {
            for (long at = from; at < readEnd; at += pieceBytes) {
                long pieceEnd = Math.min(readEnd, at + pieceBytes);
                reader.read(at, pieceEnd - at);
                long first = Math.max(at, imageOffset);
                long last = Math.min(pieceEnd, end);
                reader.copyTo(first, target.asSlice(first - imageOffset, last - first));
            }
        }
    }
}

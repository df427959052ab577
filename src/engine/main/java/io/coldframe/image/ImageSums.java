package io.coldframe.image;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageRunVisitor;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/// What an image holds, and how to check it: its length and pages, which of them a diff holds, and
/// a CRC-32C for each block.
///
/// A block is a page or a power of two of them. Its sum is over those of its pages that the image
/// holds, in order; a block of which it holds none has no sum. So what a copy makes of a hole does
/// not matter: a page is zero, written, or the parent's because this says so, not because the file
/// has a hole there.
///
/// ```
///  header   64 bytes    lengths, counts and checksums
///  bitmap   a diff's    one bit per page, in little-endian words of 64: set where it is held;
///                       what follows the last page's bit is zero
///  sums     4 each      little-endian, in the order of their blocks
/// ```
///
/// Equal images have equal sums, byte for byte, if they were written with pages and blocks of the
/// same size. The [#digest()] of the encoded bytes stands for the whole image.
///
/// **Limits.** At most [#DIFF_PAGES_MAX] pages in a diff, and [#ENCODED_BYTES_MAX] bytes in all.
/// What is decoded takes no more memory than a small multiple of the bytes that are given.
///
/// **Threads.** Immutable.
public final class ImageSums {

    /// The most pages that a diff may have: 8 TiB in pages of 4 KiB.
    public static final long DIFF_PAGES_MAX = Integer.MAX_VALUE - Long.SIZE;

    /// The most bytes that encoded sums may have. The sums of 4 TiB in blocks of 4 KiB take that,
    /// and whoever has more memory takes larger blocks.
    public static final long ENCODED_BYTES_MAX = 1L << 30;

    /// The largest block, and so the largest page of an image: the huge page of arm64 kernels with
    /// pages of 16 KiB. Whoever reads a block holds all of it before a byte of it is believed, so
    /// this bounds what a file of sums can make a reader allocate.
    public static final PageSize BLOCK_MAX = new PageSize(25);

    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// What an image holds.
    public enum Kind {
        /// Every page.
        FULL(1),
        /// The pages that were written since the parent.
        DIFF(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    private final SumsHeader header;
    private final byte[] encoded;
    private final WrittenPages pages;
    private final BlockRanks ranks;

    private ImageSums(SumsHeader header, byte[] encoded, WrittenPages pages, BlockRanks ranks) {
        this.header = header;
        this.encoded = encoded;
        this.pages = pages;
        this.ranks = ranks;
    }

    /// The sums of bytes that their builder has completed.
    static ImageSums ofComplete(
            SumsHeader header, byte[] encoded, WrittenPages pages, BlockRanks ranks) {
        return new ImageSums(header, encoded, pages, ranks);
    }

    /// {@return the sums that were encoded}
    ///
    /// @param bytes all of them, and nothing else
    /// @param resource what they were read from, for messages
    /// @throws SnapshotException of kind `CORRUPT` if one bit is not as it was encoded, and
    ///     `UNSUPPORTED` if another release encoded them in another way
    public static ImageSums decode(MemorySegment bytes, Object resource) throws SnapshotException {
        if (bytes.byteSize() > ENCODED_BYTES_MAX) {
            throw new SnapshotException(
                    SnapshotException.Kind.CORRUPT,
                    SnapshotException.Reason.TOO_LARGE,
                    "%d bytes of sums; the most is %d"
                            .formatted(bytes.byteSize(), ENCODED_BYTES_MAX),
                    resource);
        }
        byte[] encoded = bytes.toArray(ValueLayout.JAVA_BYTE);
        SumsHeader header = SumsHeader.decode(encoded, resource);
        WrittenPages pages = writtenPages(header, encoded, resource);
        BlockRanks ranks = BlockRanks.of(pages.inBlocks(header.blockShift()));
        if (ranks.sumCount() != header.sumCount()) {
            throw SumsHeader.encoding(
                    "%d sums for %d blocks".formatted(header.sumCount(), ranks.sumCount()),
                    resource);
        }
        return new ImageSums(header, encoded, pages, ranks);
    }

    /// As [#decode(MemorySegment, Object)].
    ///
    /// @param bytes all of them, and nothing else
    /// @param resource what they were read from, for messages
    /// @return the sums that were encoded
    /// @throws SnapshotException as [#decode(MemorySegment, Object)]
    public static ImageSums decode(byte[] bytes, Object resource) throws SnapshotException {
        return decode(MemorySegment.ofArray(bytes), resource);
    }

    private static WrittenPages writtenPages(SumsHeader header, byte[] encoded, Object resource)
            throws SnapshotException {
        WrittenPages pages;
        if (header.kind() == Kind.FULL) {
            pages = WrittenPages.all(header.pageCount());
        } else {
            BitSet bits = bitmap(header, encoded);
            if (bits.length() > header.pageCount()) {
                throw SumsHeader.encoding(
                        "page %d of %d is written".formatted(bits.length() - 1, header.pageCount()),
                        resource);
            }
            pages = WrittenPages.of(bits, header.pageCount());
        }
        if (pages.count() != header.writtenPages()) {
            throw SumsHeader.encoding(
                    "%d pages are written, not %d".formatted(pages.count(), header.writtenPages()),
                    resource);
        }
        return pages;
    }

    private static BitSet bitmap(SumsHeader header, byte[] encoded) {
        ByteBuffer words =
                ByteBuffer.wrap(encoded, SumsHeader.BYTE_COUNT, (int) header.bitmapBytes())
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
        return BitSet.valueOf(words.asLongBuffer());
    }

    /// {@return what the image holds}
    public Kind kind() {
        return header.kind();
    }

    /// {@return the length of the image}
    public long byteCount() {
        return header.byteCount();
    }

    /// {@return what is held or not as one; the last one may be short}
    public PageSize pageSize() {
        return header.pageSize();
    }

    /// {@return what has one sum; the last one may be short}
    public PageSize blockSize() {
        return header.blockSize();
    }

    /// {@return how many pages the image has, held or not}
    public long pageCount() {
        return header.pageCount();
    }

    /// {@return how many pages the image holds}
    public long writtenPages() {
        return header.writtenPages();
    }

    /// {@return how many sums there are: one for each block of which a page is held}
    public long sumCount() {
        return header.sumCount();
    }

    /// {@return whether the image holds `page`}
    ///
    /// @param page one of its pages
    public boolean isWritten(long page) {
        Objects.checkIndex(page, pageCount());
        return pages.contains(page);
    }

    /// {@return the first page at or after `fromPage` that the image holds, or [#pageCount()]}
    ///
    /// @param fromPage where to start, not negative
    public long nextWritten(long fromPage) {
        return pages.next(fromPage);
    }

    /// {@return the first page at or after `fromPage` that the image does not hold, or
    /// [#pageCount()]}
    ///
    /// @param fromPage where to start, not negative
    public long nextUnwritten(long fromPage) {
        return pages.nextMissing(fromPage);
    }

    /// Visits the runs of pages that the image holds, in ascending order.
    ///
    /// @param <X> what a visit may throw
    /// @param visitor takes each run
    /// @throws X what a visit threw, after which there is none
    public <X extends Exception> void forEachWritten(PageRunVisitor<X> visitor) throws X {
        pages.forEachRun(visitor);
    }

    /// {@return the CRC-32C of the pages of `block` that the image holds}
    ///
    /// @param block one of which it holds a page
    public int sum(long block) {
        Objects.checkIndex(block, header.blockCount());
        long index = ranks.indexOf(block);
        if (index < 0) {
            throw new IllegalArgumentException("the image holds no page of block " + block);
        }
        return sumAt(index);
    }

    /// The sum at its place among the sums.
    int sumAt(long index) {
        long at = SumsHeader.BYTE_COUNT + header.bitmapBytes() + index * Integer.BYTES;
        return MemorySegment.ofArray(encoded).get(SUM, at);
    }

    /// Where the sum of a block is among the sums; negative if there is none.
    long indexOf(long block) {
        return ranks.indexOf(block);
    }

    /// The pages that the image holds.
    WrittenPages pages() {
        return pages;
    }

    /// Sums of the same shape for another image, all of them zero yet.
    SumsBuilder rebuild() {
        return SumsBuilder.of(byteCount(), pageSize(), blockSize(), pages);
    }

    /// {@return how many bytes the sums of a full image have when they are encoded}
    ///
    /// @param byteCount the length of the image
    /// @param blockSize what has one sum
    public static long encodedByteCount(long byteCount, PageSize blockSize) {
        return SumsHeader.BYTE_COUNT + Integer.BYTES * blockSize.pageCount(byteCount);
    }

    /// {@return the most bytes that encoded sums have, of a full image or a diff, in whatever
    /// blocks}
    ///
    /// @param byteCount the length of the image
    /// @param pageSize what is written or not as one
    public static long encodedByteCountMax(long byteCount, PageSize pageSize) {
        long pageCount = pageSize.pageCount(byteCount);
        long bitmapWords = (pageCount + Long.SIZE - 1) / Long.SIZE;
        // A block is a page at least.
        return SumsHeader.BYTE_COUNT + Long.BYTES * bitmapWords + Integer.BYTES * pageCount;
    }

    /// {@return all bytes, read-only: what [#decode] takes}
    public MemorySegment encoded() {
        return MemorySegment.ofArray(encoded).asReadOnly();
    }

    /// {@return the SHA-256 of the encoded bytes, which stands for the image}
    public Sha256 digest() {
        return Sha256.of(encoded);
    }

    /// Whether the images have the same bytes in the pages that they hold, as far as sums can tell,
    /// in pages and blocks of the same size.
    @Override
    public boolean equals(Object other) {
        return other instanceof ImageSums that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "%d of %d pages of %s, %d sums of blocks of %s"
                .formatted(writtenPages(), pageCount(), pageSize(), sumCount(), blockSize());
    }
}

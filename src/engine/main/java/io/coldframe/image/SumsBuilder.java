package io.coldframe.image;

import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Encoded [ImageSums] that are being filled in.
///
/// **Threads.** Any number may set sums, each another one. Whoever builds does so after them.
final class SumsBuilder {

    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SumsHeader header;
    private final WrittenPages pages;
    private final BlockRanks ranks;
    private final byte[] encoded;
    private final MemorySegment sums;

    private SumsBuilder(
            SumsHeader header,
            WrittenPages pages,
            BlockRanks ranks,
            byte[] encoded,
            MemorySegment sums) {
        this.header = header;
        this.pages = pages;
        this.ranks = ranks;
        this.encoded = encoded;
        this.sums = sums;
    }

    /// The block that keeps an image within a number of sums: a page, or larger.
    static PageSize blockSize(long byteCount, PageSize pageSize, long sumsMax) {
        PageSize block = pageSize;
        while (block.pageCount(byteCount) > sumsMax && !block.isMultipleOf(ImageSums.BLOCK_MAX)) {
            block = new PageSize(block.shift() + 1);
        }
        return block;
    }

    /// Sums that are all zero yet.
    static SumsBuilder of(
            long byteCount, PageSize pageSize, PageSize blockSize, WrittenPages pages) {
        if (!ImageSums.BLOCK_MAX.isMultipleOf(blockSize)) {
            throw new IllegalArgumentException(
                    "blocks of %s; the largest is %s".formatted(blockSize, ImageSums.BLOCK_MAX));
        }
        BlockRanks ranks = BlockRanks.of(pages.inBlocks(blockSize.shift() - pageSize.shift()));
        SumsHeader header =
                new SumsHeader(
                        pages.isAll() ? ImageSums.Kind.FULL : ImageSums.Kind.DIFF,
                        byteCount,
                        pageSize,
                        blockSize,
                        pages.count(),
                        ranks.sumCount());
        long sumsAt = SumsHeader.BYTE_COUNT + header.bitmapBytes();
        long encodedBytes = sumsAt + ranks.sumCount() * Integer.BYTES;
        if (encodedBytes > ImageSums.ENCODED_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "%d bytes of sums for %d bytes in blocks of %s; the most is %d"
                            .formatted(
                                    encodedBytes,
                                    byteCount,
                                    blockSize,
                                    ImageSums.ENCODED_BYTES_MAX));
        }
        byte[] encoded = new byte[(int) encodedBytes];
        MemorySegment bytes = MemorySegment.ofArray(encoded);
        encodeBitmap(pages, bytes.asSlice(SumsHeader.BYTE_COUNT, header.bitmapBytes()));
        return new SumsBuilder(header, pages, ranks, encoded, bytes.asSlice(sumsAt));
    }

    private static void encodeBitmap(WrittenPages pages, MemorySegment target) {
        long[] words = pages.words();
        for (int i = 0; i < words.length; i++) {
            target.setAtIndex(WORD, i, words[i]);
        }
    }

    SumsHeader header() {
        return header;
    }

    WrittenPages pages() {
        return pages;
    }

    /// Where the sum of a block stands among the sums.
    long indexOf(long block) {
        return ranks.indexOf(block);
    }

    /// Sets one sum by its place among the sums.
    void set(long index, int sum) {
        sums.setAtIndex(SUM, index, sum);
    }

    /// Sets the sum of a block.
    void setBlock(long block, int sum) {
        set(ranks.indexOf(block), sum);
    }

    /// The sums, once all are set.
    ImageSums build() {
        header.encode(encoded);
        return ImageSums.ofComplete(header, encoded, pages, ranks);
    }
}

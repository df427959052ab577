package io.coldframe.image;

import io.coldframe.memory.PageSize;

import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Sums of images that never were.
final class SumsSamples {
    private SumsSamples() {}

    /// Full ones and diffs, with a short last page, with blocks of several pages, and empty.
    static List<ImageSums> all() {
        Random random = new Random(3);
        return List.of(
                full(40960, 0),
                full(4096 * 9 + 512, 2),
                diff(4096 * 70, 0, bits(random, 70)),
                diff(4096 * 69 + 1, 3, bits(random, 70)),
                diff(4096, 0, new BitSet()));
    }

    static ImageSums full(long byteCount, int shift) {
        return filled(byteCount, shift, WrittenPages.all(PageSize.KIB_4.pageCount(byteCount)));
    }

    static ImageSums diff(long byteCount, int shift, BitSet bits) {
        return filled(byteCount, shift, WrittenPages.of(bits, PageSize.KIB_4.pageCount(byteCount)));
    }

    private static ImageSums filled(long byteCount, int shift, WrittenPages pages) {
        PageSize block = new PageSize(PageSize.KIB_4.shift() + shift);
        SumsBuilder builder = SumsBuilder.of(byteCount, PageSize.KIB_4, block, pages);
        WrittenPages blocks = pages.inBlocks(shift);
        for (long at = blocks.next(0); at < blocks.pageCount(); at = blocks.next(at + 1)) {
            builder.setBlock(at, sumOf(at));
        }
        return builder.build();
    }

    static int sumOf(long block) {
        return (int) block * 0x9E3779B1 + 1;
    }

    static BitSet bits(Random random, int pageCount) {
        BitSet bits = new BitSet();
        int percent = random.nextInt(101);
        for (int i = 0; i < pageCount; i++) {
            bits.set(i, random.nextInt(100) < percent);
        }
        return bits;
    }
}

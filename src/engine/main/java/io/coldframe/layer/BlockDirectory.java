package io.coldframe.layer;

import java.lang.foreign.MemorySegment;

/// Where to begin to look for a block: the address space in buckets of equal length, and for each
/// the extent that holds its first block.
///
/// A search over all extents misses the caches once a step; with this it begins beside its goal.
/// It is on the heap, small, and made anew whenever a map is.
///
/// **Threads.** Immutable.
final class BlockDirectory {

    // Four extents lie in one line of the cache, and more buckets than that would cost a miss here
    // for the one that they save there.
    private static final int EXTENTS_PER_BUCKET = 4;

    // 2^20 entries are 4 MiB of heap; with more extents the search within a bucket goes on.
    private static final int BUCKETS_MAX = 1 << 20;

    private final int shift;
    private final int[] extents;

    private BlockDirectory(int shift, int[] extents) {
        this.shift = shift;
        this.extents = extents;
    }

    static BlockDirectory of(MemorySegment records, int extentCount, long blockCount) {
        if (extentCount == 0) {
            return new BlockDirectory(0, new int[0]);
        }
        long bucketsWanted = Math.clamp(extentCount / EXTENTS_PER_BUCKET, 1, BUCKETS_MAX);
        int shift = 0;
        while ((blockCount - 1) >>> shift >= bucketsWanted) {
            shift++;
        }
        int bucketCount = (int) ((blockCount - 1) >>> shift) + 1;
        int[] extents = new int[bucketCount + 1];
        fill(extents, shift, records, extentCount);
        return new BlockDirectory(shift, extents);
    }

    /// Static, with its operands as arguments: the loop has nothing to reload from a field.
    private static void fill(int[] extents, int shift, MemorySegment records, int extentCount) {
        int bucket = 0;
        for (int extent = 1; extent < extentCount; extent++) {
            long first = ExtentRecord.block(ExtentRecord.firstWord(records, extent));
            // All that begin before this extent does begin in the one before it.
            while ((long) bucket << shift < first) {
                extents[bucket++] = extent - 1;
            }
        }
        while (bucket < extents.length) {
            extents[bucket++] = extentCount - 1;
        }
    }

    /// The first extent that may hold a block.
    int low(long block) {
        return extents[(int) (block >>> shift)];
    }

    /// The last extent that may hold a block.
    int high(long block) {
        return extents[(int) (block >>> shift) + 1];
    }
}

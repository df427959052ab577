package io.coldframe.image;

/// Where the sum of a block stands among the sums, when only some blocks have one.
///
/// **Threads.** Immutable.
final class BlockRanks {

    private final WrittenPages blocks;
    // A diff's bits, and how many are set before each word of them.
    private final long[] words;
    private final int[] before;
    private final long sumCount;

    private BlockRanks(WrittenPages blocks, long[] words, int[] before, long sumCount) {
        this.blocks = blocks;
        this.words = words;
        this.before = before;
        this.sumCount = sumCount;
    }

    /// @param blocks those that have a sum
    static BlockRanks of(WrittenPages blocks) {
        long[] words = blocks.words();
        int[] before = new int[words.length];
        int count = 0;
        for (int i = 0; i < words.length; i++) {
            before[i] = count;
            count += Long.bitCount(words[i]);
        }
        return new BlockRanks(blocks, words, before, blocks.isAll() ? blocks.pageCount() : count);
    }

    /// How many blocks have a sum.
    long sumCount() {
        return sumCount;
    }

    /// Where the sum of `block` stands, or -1 if it has none.
    long indexOf(long block) {
        if (blocks.isAll()) {
            return block;
        }
        if (!blocks.contains(block)) {
            return -1;
        }
        int word = (int) (block >>> 6);
        long lower = words[word] & ((1L << block) - 1);
        return (long) before[word] + Long.bitCount(lower);
    }
}

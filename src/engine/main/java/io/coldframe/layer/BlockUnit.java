package io.coldframe.layer;

import java.util.Arrays;

/// What one lane works on at a time: stretches of blocks that follow each other, each of one kind.
///
/// **Threads.** One at a time.
final class BlockUnit {

    /// How much is known of the blocks of a stretch before anybody looks at them.
    enum Kind {
        /// Nobody wrote them: they are the parent's.
        CLEAN,
        /// They are a hole of the source: zero.
        HOLE,
        /// Nothing.
        UNKNOWN
    }

    // Most units have one stretch; what is scattered doubles it a few times.
    private static final int STRETCHES_AT_FIRST = 16;

    private long ordinal;
    private long firstBlock;
    private long endBlock;
    private Kind[] kinds = new Kind[STRETCHES_AT_FIRST];
    private long[] ends = new long[STRETCHES_AT_FIRST];
    private int stretchCount;

    /// Makes it an empty one that begins with a block.
    void begin(long newOrdinal, long block) {
        ordinal = newOrdinal;
        firstBlock = block;
        endBlock = block;
        stretchCount = 0;
    }

    /// Adds a stretch behind the others.
    void add(Kind kind, long end) {
        if (stretchCount == ends.length) {
            kinds = Arrays.copyOf(kinds, Math.multiplyExact(stretchCount, 2));
            ends = Arrays.copyOf(ends, kinds.length);
        }
        kinds[stretchCount] = kind;
        ends[stretchCount] = end;
        stretchCount++;
        endBlock = end;
    }

    /// Which one it is, counted from 0 in the order of the addresses.
    long ordinal() {
        return ordinal;
    }

    long firstBlock() {
        return firstBlock;
    }

    long endBlock() {
        return endBlock;
    }

    int stretchCount() {
        return stretchCount;
    }

    Kind kind(int stretch) {
        return kinds[stretch];
    }

    long firstBlock(int stretch) {
        return stretch == 0 ? firstBlock : ends[stretch - 1];
    }

    long endBlock(int stretch) {
        return ends[stretch];
    }
}

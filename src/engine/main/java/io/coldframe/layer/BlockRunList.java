package io.coldframe.layer;

import java.util.Arrays;

/// Runs of blocks that follow each other, as long as they can be.
///
/// **Threads.** One at a time.
final class BlockRunList {

    private static final int RUNS_AT_FIRST = 64;

    private BlockPlace[] places = new BlockPlace[RUNS_AT_FIRST];
    private long[] blockCounts = new long[RUNS_AT_FIRST];
    private int runCount;

    void clear() {
        runCount = 0;
    }

    void add(BlockPlace place, long blockCount) {
        if (runCount > 0 && places[runCount - 1] == place) {
            blockCounts[runCount - 1] += blockCount;
            return;
        }
        if (runCount == places.length) {
            places = Arrays.copyOf(places, Math.multiplyExact(runCount, 2));
            blockCounts = Arrays.copyOf(blockCounts, places.length);
        }
        places[runCount] = place;
        blockCounts[runCount] = blockCount;
        runCount++;
    }

    int runCount() {
        return runCount;
    }

    BlockPlace place(int run) {
        return places[run];
    }

    long blockCount(int run) {
        return blockCounts[run];
    }
}

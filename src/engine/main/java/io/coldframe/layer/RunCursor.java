package io.coldframe.layer;

/// Walks along a map by runs: blocks that are read as one, whoever wrote them.
///
/// **Threads.** One.
final class RunCursor {

    private final ExtentMap map;
    private int nextExtent;
    private long firstBlock;
    private long endBlock;
    private BlockPlace place = BlockPlace.ZERO;
    private int layer;
    private long storedBlock;

    RunCursor(ExtentMap map) {
        this.map = map;
    }

    /// The next run begins here.
    void seek(long block) {
        nextExtent = map.find(block);
        endBlock = block;
    }

    /// Moves to the run that follows, and ends it at `limit` if it does not end before.
    ///
    /// @return whether there is one before `limit`
    boolean next(long limit) {
        if (endBlock >= limit) {
            return false;
        }
        int extent = nextExtent;
        firstBlock = endBlock;
        place = map.place(extent);
        layer = map.layer(extent);
        storedBlock =
                place == BlockPlace.DATA
                        ? map.storedBlock(extent) + (firstBlock - map.firstBlock(extent))
                        : 0;
        endBlock = map.endBlock(extent);
        while (endBlock < limit && isGoneOnBy(extent + 1)) {
            extent++;
            endBlock = map.endBlock(extent);
        }
        nextExtent = endBlock > limit ? extent : extent + 1;
        endBlock = Math.min(endBlock, limit);
        return true;
    }

    private boolean isGoneOnBy(int extent) {
        return map.layer(extent) == layer
                && map.place(extent) == place
                && (place != BlockPlace.DATA
                        || map.storedBlock(extent) == storedBlock + (endBlock - firstBlock));
    }

    /// The first block of the run.
    long firstBlock() {
        return firstBlock;
    }

    /// The block after its last one.
    long endBlock() {
        return endBlock;
    }

    /// Where its blocks are.
    BlockPlace place() {
        return place;
    }

    /// The ordinal of the layer that stores it, -1 if none does.
    int layer() {
        return layer;
    }

    /// Which block of its layer a block of the run is.
    long storedBlock(long block) {
        return storedBlock + (block - firstBlock);
    }
}

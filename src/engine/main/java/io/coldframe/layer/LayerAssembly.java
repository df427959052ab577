package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.DraftStream;
import io.coldframe.work.WriteTurns;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Takes units from lanes in the order of their addresses: the bytes go to the file, what the
/// blocks are goes into the map, and their sums into a row.
///
/// **Lifetime.** Owns the map and the sums until they are handed over, and borrows the stream.
///
/// **Threads.** Any; each waits for its turn.
final class LayerAssembly implements AutoCloseable {

    // The layer and the snapshot to be, in the map of their own.
    private static final int OWN_LAYER = 0;
    private static final int OWN_ORIGIN = 0;

    private final DraftStream stream;
    private final ExtentMap.Builder map;
    private final SumsRow sums = new SumsRow();
    private final LayerCounts counts = new LayerCounts();
    private final WriteTurns turns = new WriteTurns();
    private long nextBlock;

    LayerAssembly(DraftStream stream, long blockCount) {
        this.stream = stream;
        this.map = new ExtentMap.Builder(blockCount);
    }

    /// Adds what a lane has packed, when all before it is added.
    ///
    /// @throws java.util.concurrent.CancellationException if that will never be
    void add(BlockUnit unit, PackLane lane) throws SnapshotException {
        turns.await(unit.ordinal());
        addToMap(lane);
        for (int index = 0; index < lane.storedCount(); index++) {
            sums.add(lane.sum(index));
        }
        if (lane.storedCount() > 0) {
            // In its turn: a file that grows from its end takes its blocks as they come.
            stream.append(lane.stored());
        }
        turns.done(unit.ordinal() + 1);
    }

    private void addToMap(PackLane lane) {
        long storedBlock = sums.count();
        BlockRunList runs = lane.runs();
        for (int run = 0; run < runs.runCount(); run++) {
            long count = runs.blockCount(run);
            switch (runs.place(run)) {
                case DATA -> {
                    map.data(nextBlock, count, OWN_LAYER, storedBlock, OWN_ORIGIN);
                    storedBlock += count;
                }
                case ZERO -> map.zero(nextBlock, count, OWN_ORIGIN);
                case PARENT -> map.parent(nextBlock, count);
            }
            nextBlock += count;
        }
    }

    /// A lane has added all that it had.
    synchronized void addCounts(LayerCounts ofLane) {
        counts.add(ofLane);
    }

    /// Nobody need wait for a turn any more: somebody has failed.
    void stop() {
        turns.end();
    }

    synchronized LayerReport report() {
        return new LayerReport(
                counts.dataBlocks,
                counts.zeroBlocks,
                counts.unchangedBlocks,
                counts.cleanBlocks,
                counts.bytesRead,
                counts.parentBytesRead,
                stream.byteCount(),
                stream.output(),
                stream.why());
    }

    /// What every block is, once all units are added.
    ExtentMap map(Arena arena) {
        return map.build(arena);
    }

    /// The sums of all that is stored.
    MemorySegment sums() {
        return sums.bytes();
    }

    @Override
    public void close() {
        map.close();
        sums.close();
    }
}

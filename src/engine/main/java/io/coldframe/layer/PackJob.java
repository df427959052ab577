package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.Staging;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;
import io.coldframe.work.ProgressMeter;
import io.coldframe.work.Workers;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Collections;

/// Packs one memory on as many lanes as were asked for.
///
/// **Threads.** One runs it.
final class PackJob {

    // A lane's memory. Of memory that is half zero half of it is written at a time, which is what a
    // device takes at its full speed (`docs/writing.md`).
    private static final long UNIT_BYTES_MAX = 8L << 20;

    private final BlockSource source;
    private final LayerOptions options;
    private final @Nullable LayerParent parent;
    private final LayerAssembly assembly;
    private final int unknownBlocksMax;
    private final BlockUnits units;
    private final ProgressMeter meter;

    PackJob(
            BlockSource source,
            LayerOptions options,
            @Nullable LayerParent parent,
            @Nullable DirtyBitmap dirty,
            LayerAssembly assembly) {
        this.source = source;
        this.options = options;
        this.parent = parent;
        this.assembly = assembly;
        PageSize block = options.blockSize();
        long unknownBytes = source.byteCount();
        if (dirty != null) {
            PageSize page = dirty.grid().pageSize();
            unknownBytes = page.bytes(dirty.dirtyCount());
        }
        // A share for each lane, where there is little to do.
        long unitBytes =
                Math.min(UNIT_BYTES_MAX, Math.ceilDiv(unknownBytes, options.threadCount()));
        this.unknownBlocksMax = Math.toIntExact(Math.max(1, block.pageCount(unitBytes)));
        this.units = new BlockUnits(source, block, dirty, unknownBlocksMax);
        this.meter = new ProgressMeter(options.progress(), source.byteCount());
    }

    void run() throws SnapshotException {
        Workers.run(Collections.nCopies(options.threadCount(), this::pack), this::stop);
        source.requireWhole();
    }

    private void pack() throws SnapshotException {
        PageSize block = options.blockSize();
        BlockUnit unit = new BlockUnit();
        long stagingBytes = block.bytes(unknownBlocksMax);
        // Whole huge pages.
        stagingBytes = PageSize.MIB_2.bytes(PageSize.MIB_2.pageCount(stagingBytes));
        try (Staging staging = Staging.allocate(stagingBytes);
                Arena arena = Arena.ofConfined()) {
            PackLane lane = new PackLane(source, block, parent, staging.segment(), arena);
            while (units.next(unit)) {
                lane.pack(unit);
                assembly.add(unit, lane);
                long endOffset = Math.min(source.byteCount(), block.bytes(unit.endBlock()));
                meter.add(endOffset - block.bytes(unit.firstBlock()));
            }
            assembly.addCounts(lane.counts());
        }
    }

    private void stop() {
        units.stop();
        assembly.stop();
    }
}

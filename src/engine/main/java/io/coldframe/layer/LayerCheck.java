package io.coldframe.layer;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.Crc32c;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;
import io.coldframe.work.SpanWork;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Looks at one layer, whoever reads it: all that it stores, once.
///
/// **Threads.** One asks, and it uses more of its own.
public final class LayerCheck {

    // Long enough to keep a device busy, short enough for the last cache; whole blocks of any size.
    private static final int SPAN_BYTES = LayerOptions.BLOCK_MAX.bytes();
    private static final int THREADS_MAX = 2;

    private final LayerFile file;
    private final LayerSums sums;
    private final PageSize block;
    private final BitSet bad = new BitSet();

    private LayerCheck(LayerFile file) {
        this.file = file;
        this.sums = file.sums();
        this.block = sums.blockSize();
    }

    /// Refuses a layer that is not the one which an index names: another one, or a cut one. No
    /// block is read.
    ///
    /// @param files where it lies
    /// @param ref as the index names it
    /// @param blockSize of the index
    /// @throws SnapshotException of kind `MISSING` if it is not there, `CORRUPT` if it is another
    public static void requireWhole(LayerFiles files, LayerRef ref, PageSize blockSize)
            throws SnapshotException {
        try (Arena arena = Arena.ofShared();
                LayerFile _ = open(files, ref, blockSize, arena)) {
            return;
        }
    }

    /// {@return the stored blocks that are not as they were written, a bit for each}
    ///
    /// @param files where it lies
    /// @param ref as the index names it
    /// @param blockSize of the index
    /// @param progress hears how much is read, and may cancel
    /// @throws SnapshotException as [#requireWhole], or if it can't be read
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static BitSet badBlocks(
            LayerFiles files, LayerRef ref, PageSize blockSize, Progress progress)
            throws SnapshotException {
        try (Arena arena = Arena.ofShared();
                LayerFile file = open(files, ref, blockSize, arena)) {
            LayerCheck check = new LayerCheck(file);
            int threadCount = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
            SpanWork.run(
                    check.sums.layerBytes(), SPAN_BYTES, threadCount, progress, check::newLane);
            return check.bad;
        }
    }

    private static LayerFile open(LayerFiles files, LayerRef ref, PageSize blockSize, Arena arena)
            throws SnapshotException {
        LayerSums sums = OpenLayers.sums(files, ref, blockSize, arena);
        return LayerFile.open(FileCalls.current(), files, sums);
    }

    private SpanWork.Lane newLane() {
        Arena arena = Arena.ofConfined();
        MemorySegment buffer = arena.allocate(SPAN_BYTES, PageSize.KIB_4.bytes());
        Crc32c crc = new Crc32c(arena);
        return new SpanWork.Lane() {
            @Override
            public void accept(long offset, long byteCount) throws SnapshotException {
                MemorySegment bytes = buffer.asSlice(0, byteCount);
                long first = block.page(offset);
                file.read(first, bytes);
                for (long i = 0; i < block.page(byteCount); i++) {
                    if (crc.of(bytes, block.bytes(i), block.bytes()) != sums.sum(first + i)) {
                        addBad(first + i);
                    }
                }
            }

            @Override
            public void close() {
                arena.close();
            }
        };
    }

    private synchronized void addBad(long storedBlock) {
        bad.set(Math.toIntExact(storedBlock));
    }
}

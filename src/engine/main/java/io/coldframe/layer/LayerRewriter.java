package io.coldframe.layer;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.PageSource;
import io.coldframe.memory.Crc32c;
import io.coldframe.work.ProgressMeter;
import io.coldframe.work.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Copies the blocks of several layers into one, as a [Relocation] says.
///
/// Every block is compared with its sum when it is read, and the sum goes with it. The result is
/// the same, byte for byte, however many threads and runs it took: what an interrupted run has
/// written is read again, compared with the sums that it should have, and kept where it has them.
///
/// **Threads.** One runs it, and it uses more of its own.
public final class LayerRewriter {
    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    // Long enough to keep a device busy, short enough for the second cache.
    private static final long CHUNK_BYTES = 1L << 20;
    private static final long ALIGNMENT = 4096;

    // A process may have 1,024 files open where nobody asked for more; and who has so many layers
    // that they can't all be open needs nothing more than this.
    private static final int OPEN_MAX = 256;

    private final Relocation relocation;
    private final List<RewriteSource> sources;
    private final Optional<PageSource> base;
    private final PartialLayer output;
    private final MemorySegment sums;
    private final long chunkBlocks;
    private final ProgressMeter meter;
    private final AtomicLong nextChunk = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong resumedBytes = new AtomicLong();

    /// What a run did.
    ///
    /// @param sums of the new layer, in the memory of the arena that was given
    /// @param readByteCount how much was read to copy it
    /// @param writtenByteCount how much was written
    /// @param resumedByteCount how much an earlier run had written
    public record Result(
            LayerSums sums, long readByteCount, long writtenByteCount, long resumedByteCount) {}

    private LayerRewriter(
            Relocation relocation,
            List<RewriteSource> sources,
            Optional<PageSource> base,
            PartialLayer output,
            MemorySegment sums,
            Progress progress) {
        this.relocation = relocation;
        this.sources = sources;
        this.base = base;
        this.output = output;
        this.sums = sums;
        this.chunkBlocks = Math.max(1, CHUNK_BYTES >> relocation.blockSize().shift());
        this.meter = new ProgressMeter(progress, relocation.byteCount());
    }

    /// Writes the new layer, or the rest of it.
    ///
    /// @param relocation which block goes where
    /// @param finder knows where the old layers lie
    /// @param base the image that is taken in, if one is
    /// @param partial the file; it is not durable when this returns
    /// @param arena owns the sums of the result
    /// @param progress hears how much is copied
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written, of kind
    ///     `MISSING` if a layer is not there, or was moved: find it again, and what is written is
    ///     kept
    /// @throws java.util.concurrent.CancellationException if the progress says so; what is written
    ///     stays, for another run
    public static Result write(
            Relocation relocation,
            LayerFinder finder,
            Optional<PageSource> base,
            Path partial,
            Arena arena,
            Progress progress)
            throws SnapshotException {
        if (relocation.base().isPresent() != base.isPresent()) {
            throw new IllegalArgumentException(
                    "an image of %s, and the relocation has %s".formatted(base, relocation.base()));
        }
        List<RewriteSource> sources = new ArrayList<>();
        try (Arena scratch = Arena.ofShared();
                PartialLayer output = PartialLayer.open(partial)) {
            for (LayerRef layer : relocation.layers()) {
                boolean isKeptOpen = sources.size() < OPEN_MAX;
                sources.add(RewriteSource.open(layer, finder.find(layer), isKeptOpen));
            }
            MemorySegment sums = scratch.allocate(SUM, relocation.blockCount());
            LayerRewriter rewriter =
                    new LayerRewriter(relocation, sources, base, output, sums, progress);
            rewriter.run();
            return rewriter.result(arena);
        } finally {
            sources.forEach(RewriteSource::close);
        }
    }

    /// Compares the sums of a new layer with those of the blocks that it was made of, as far as the
    /// old layers are still there: the last word before a reader is given the new one.
    ///
    /// @param relocation which block went where
    /// @param sums of the new layer
    /// @param finder knows where the old layers lie
    /// @throws SnapshotException of kind `CORRUPT` if a sum is another
    public static void requireSums(Relocation relocation, LayerSums sums, LayerFinder finder)
            throws SnapshotException {
        if (!sums.layerId().equals(relocation.newLayer())
                || sums.storedBlockCount() != relocation.blockCount()) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "sums of %s, and it should be %d blocks"
                            .formatted(sums, relocation.blockCount()),
                    "layer " + relocation.newLayer());
        }
        List<Optional<LayerSums>> olds = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            for (LayerRef layer : relocation.layers()) {
                olds.add(sumsIfThere(layer, finder, arena));
            }
            for (long block = 0; block < relocation.blockCount(); block++) {
                long source = relocation.source(block);
                int layer = Relocation.sourceLayer(source);
                boolean isKnown = layer < olds.size() && olds.get(layer).isPresent();
                if (isKnown
                        && olds.get(layer).get().sum(Relocation.sourceBlock(source))
                                != sums.sum(block)) {
                    throw new SnapshotException(
                            Kind.CORRUPT,
                            Reason.MISMATCH,
                            "block %d has another sum than block %d of layer %s"
                                    .formatted(
                                            block,
                                            Relocation.sourceBlock(source),
                                            relocation.layers().get(layer).id()),
                            "layer " + relocation.newLayer());
                }
            }
        }
    }

    private static Optional<LayerSums> sumsIfThere(LayerRef layer, LayerFinder finder, Arena arena)
            throws SnapshotException {
        try {
            LayerSums sums = LayerSums.open(finder.find(layer).index(), arena);
            // Another snapshot may have come to where it was.
            return Optional.of(sums).filter(found -> found.ref().equals(layer));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                // Nobody reads it any more.
                return Optional.empty();
            }
            throw failure;
        }
    }

    private void run() throws SnapshotException {
        output.setLength(relocation.byteCount());
        long chunkCount = Math.ceilDiv(relocation.blockCount(), chunkBlocks);
        Workers.runReaders(() -> copyChunks(chunkCount), () -> nextChunk.set(chunkCount));
        meter.add(0);
    }

    private Result result(Arena arena) throws SnapshotException {
        LayerSums newSums =
                LayerSums.of(relocation.newLayer(), relocation.blockSize(), sums, arena);
        return new Result(newSums, readBytes.get(), writtenBytes.get(), resumedBytes.get());
    }

    private void copyChunks(long chunkCount) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer =
                    arena.allocate(relocation.blockSize().bytes(chunkBlocks), ALIGNMENT);
            Crc32c crc = new Crc32c(arena);
            for (long chunk = nextChunk.getAndIncrement();
                    chunk < chunkCount;
                    chunk = nextChunk.getAndIncrement()) {
                long first = chunk * chunkBlocks;
                long count = Math.min(chunkBlocks, relocation.blockCount() - first);
                MemorySegment bytes = buffer.asSlice(0, relocation.blockSize().bytes(count));
                if (isWritten(first, count, bytes, crc)) {
                    resumedBytes.addAndGet(bytes.byteSize());
                } else {
                    copy(first, count, bytes, crc);
                }
                meter.add(bytes.byteSize());
            }
        }
    }

    /// Whether an earlier run has written these blocks, all of them as they should be.
    private boolean isWritten(long first, long count, MemorySegment bytes, Crc32c crc)
            throws SnapshotException {
        long offset = relocation.blockSize().bytes(first);
        if (offset + bytes.byteSize() > output.byteCount() || hasBase(first, count)) {
            // An image has sums of other pieces, so its blocks are read anyway.
            return false;
        }
        output.readAt(offset, bytes);
        for (long i = 0; i < count; i++) {
            int found = crc.of(bytes, relocation.blockSize().bytes(i), blockBytes());
            if (found != sourceSum(first + i)) {
                return false;
            }
            sums.setAtIndex(SUM, first + i, found);
        }
        return true;
    }

    private boolean hasBase(long first, long count) {
        for (long block = first; block < first + count; block++) {
            if (isBase(relocation.source(block))) {
                return true;
            }
        }
        return false;
    }

    private boolean isBase(long source) {
        return Relocation.sourceLayer(source) == sources.size();
    }

    private int sourceSum(long block) {
        long source = relocation.source(block);
        return sources.get(Relocation.sourceLayer(source))
                .sums()
                .sum(Relocation.sourceBlock(source));
    }

    private long blockBytes() {
        return relocation.blockSize().bytes();
    }

    private void copy(long first, long count, MemorySegment bytes, Crc32c crc)
            throws SnapshotException {
        for (long done = 0; done < count; ) {
            long source = relocation.source(first + done);
            long run = runLength(first + done, count - done);
            MemorySegment target =
                    bytes.asSlice(
                            relocation.blockSize().bytes(done), relocation.blockSize().bytes(run));
            if (isBase(source)) {
                readBase(first + done, Relocation.sourceBlock(source), target, crc);
            } else {
                RewriteSource layer = sources.get(Relocation.sourceLayer(source));
                layer.read(Relocation.sourceBlock(source), target, crc);
                for (long i = 0; i < run; i++) {
                    sums.setAtIndex(SUM, first + done + i, sourceSum(first + done + i));
                }
            }
            done += run;
        }
        readBytes.addAndGet(bytes.byteSize());
        output.writeAt(bytes, relocation.blockSize().bytes(first));
        writtenBytes.addAndGet(bytes.byteSize());
    }

    /// How many blocks from one on lie together in the layer that they come from.
    private long runLength(long first, long countMax) {
        long source = relocation.source(first);
        long run = 1;
        while (run < countMax && relocation.source(first + run) == source + run) {
            run++;
        }
        return run;
    }

    private void readBase(long newBlock, long block, MemorySegment target, Crc32c crc)
            throws SnapshotException {
        PageSource pages = base.orElseThrow();
        long offset = relocation.blockSize().bytes(block);
        long byteCount = Math.min(target.byteSize(), pages.byteCount() - offset);
        pages.read(offset, target.asSlice(0, byteCount));
        // The last block may be a short one, which is stored whole.
        target.asSlice(byteCount).fill((byte) 0);
        for (long at = 0; at < target.byteSize(); at += blockBytes()) {
            sums.setAtIndex(SUM, newBlock + at / blockBytes(), crc.of(target, at, blockBytes()));
        }
    }
}

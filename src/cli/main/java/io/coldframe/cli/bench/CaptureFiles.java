package io.coldframe.cli.bench;

import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerParent;
import io.coldframe.layer.LayerSource;
import io.coldframe.layer.LayerWriter;
import io.coldframe.layer.Origin;
import io.coldframe.layer.PackedLayer;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/// A memory file in the page cache, half of it zero, and the layer of the memory that it was before
/// a quarter of it changed.
///
/// What a block is changes every 1 to 64 blocks, as it does in a guest: pages are written in
/// clusters.
///
/// **Lifetime.** Files in a folder of the bench.
final class CaptureFiles {

    // Of the memory of the other rows: 2 GiB unless said otherwise.
    private static final int SIZE_FACTOR = 2;

    private static final PageSize BLOCK = PageSize.KIB_4;
    private static final int RUN_BLOCKS_MAX = 64;
    private static final int RUNS_PER_CHANGED = 4;
    private static final long SEED = 0xCA97;
    private static final long PIECE_BYTES = 4L << 20;
    private static final Origin ORIGIN = new Origin(new UUID(0x7000L, 1L), 0, Instant.EPOCH);

    /// Some blocks that were written together.
    ///
    /// @param isStored whether they are other than zero
    /// @param isChanged whether they were something else when the parent was captured
    record Run(long offset, long byteCount, boolean isStored, boolean isChanged) {}

    private final MemorySegment noise;
    private final Path memory;
    private final Path parent;
    private final List<Run> runs = new ArrayList<>();

    /// @param noise what data is made of
    private CaptureFiles(MemorySegment noise, Path folder) {
        this.noise = noise;
        this.memory = folder.resolve("memory");
        this.parent = folder.resolve("parent");
        SplittableRandom random = new SplittableRandom(SEED);
        long end = SIZE_FACTOR * noise.byteSize();
        for (long at = 0; at < end; ) {
            long byteCount = BLOCK.bytes(1 + random.nextInt(RUN_BLOCKS_MAX));
            byteCount = Math.min(byteCount, end - at);
            boolean isChanged = random.nextInt(RUNS_PER_CHANGED) == 0;
            runs.add(new Run(at, byteCount, random.nextBoolean(), isChanged));
            at += byteCount;
        }
    }

    static CaptureFiles make(Workbench bench) throws IOException {
        CaptureFiles files = new CaptureFiles(bench.bytes(), bench.folder().path());
        files.writeMemory(true);
        files.capture(files.parent, Optional.empty());
        files.writeMemory(false);
        files.readParent();
        return files;
    }

    /// Writes the memory as it was, or what has changed since.
    private void writeMemory(boolean isBefore) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        try (Arena arena = Arena.ofConfined();
                RawFile file = isBefore ? RawFile.create(memory, 0) : RawFile.open(memory)) {
            MemorySegment zeros = arena.allocate(BLOCK.bytes(RUN_BLOCKS_MAX));
            for (Run run : runs) {
                // What has become zero was data, and what has become data was zero or other data.
                boolean wasOther = !run.isStored() || random.nextBoolean();
                boolean isStored = (isBefore && run.isChanged()) ? wasOther : run.isStored();
                if (isBefore || run.isChanged()) {
                    MemorySegment bytes = isStored ? noise(run, isBefore) : zeros;
                    file.write(bytes.asSlice(0, run.byteCount()), run.offset());
                }
            }
            file.sync();
        }
    }

    /// Bytes for a run, before and after other ones.
    private MemorySegment noise(Run run, boolean isBefore) {
        long half = noise.byteSize() / 2;
        long shift = (isBefore && run.isChanged()) ? half : 0;
        long offset = (run.offset() + shift) % noise.byteSize();
        return noise.asSlice(Math.min(offset, noise.byteSize() - run.byteCount()));
    }

    /// Reads the parent's blocks, which were written past the page cache.
    private void readParent() throws IOException {
        try (Arena arena = Arena.ofConfined();
                RawFile file = RawFile.open(parentLayer())) {
            MemorySegment buffer = arena.allocate(PIECE_BYTES);
            long at = 0;
            for (long count = -1; count != 0; at += count) {
                count = file.read(buffer, at);
            }
        }
    }

    /// Where the memory is.
    Path memory() {
        return memory;
    }

    Path parentLayer() {
        return parent.resolve("memory.layer");
    }

    /// How long the memory is.
    long byteCount() {
        return SIZE_FACTOR * noise.byteSize();
    }

    /// What the memory is made of, in ascending order.
    List<Run> runs() {
        return runs;
    }

    /// Captures the memory alone, as the engine does it.
    void captureFirst(Path target) throws IOException {
        capture(target, Optional.empty());
    }

    /// Captures what has changed since the parent, as the engine does it.
    void captureNext(Path target) throws IOException {
        Path index = parent.resolve("memory.index");
        LayerFiles files = new LayerFiles(index, parentLayer());
        try (LayerChain chain =
                LayerChain.open(LayerIndex.open(index), layer -> files, Optional.empty())) {
            capture(target, Optional.of(LayerParent.of(chain.index(), chain)));
        }
    }

    private void capture(Path target, Optional<LayerParent> over) throws IOException {
        try (LayerSource source = LayerSource.file(memory);
                AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE)) {
            LayerWriter alone = LayerWriter.of(source, LayerOptions.DEFAULT);
            LayerWriter writer = over.map(alone::over).orElse(alone);
            try (PackedLayer packed =
                    writer.write(UUID.randomUUID(), ORIGIN, directory.newFile("memory.layer"))) {
                directory.write("memory.index", packed.index().encoded());
                directory.commit();
            }
        }
    }
}

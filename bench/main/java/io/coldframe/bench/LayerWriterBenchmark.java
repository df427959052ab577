package io.coldframe.bench;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Libc;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerParent;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.layer.LayerWriter;
import io.coldframe.layer.Origin;
import io.coldframe.layer.PackedLayer;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/// **Question.** What does a durable layer take, of a memory file in the page cache and of memory,
/// alone and over its parent, when half is zero and a quarter has changed, in runs of 64 pages?
///
/// **Floors.** One thread, bare calls, and nothing looked at: `firstFloor` reads the file once and
/// writes as many bytes as the layer has in one stream of direct writes, `nextFloor` reads the
/// parent's layer too. `seed` is the shape of the systems before: reads of 4 KiB, a look at each
/// byte, a write a block.
///
/// `java -jar bench/target/bench.jar LayerWriter -p folder=/data -p output=AUTO,BUFFERED`
public class LayerWriterBenchmark extends ResidentBenchmark {

    private static final PageSize BLOCK = PageSize.KIB_4;
    private static final long RUN_BYTES = BLOCK.bytes(64L);
    private static final Origin ORIGIN = new Origin(new UUID(1, 1), 0, Instant.EPOCH);

    /// How the blocks get into the layer.
    @Param("AUTO")
    public Output output = Output.AUTO;

    /// How many threads.
    @Param("2")
    public int threadCount = 2;

    /// Where the layers go; empty for the folder of the benchmarks.
    @Param("")
    public String folder = "";

    private final MemorySegment pieces =
            arena.allocate(ImageFolder.PIECE_BYTES, PageSize.MIB_2.bytes());

    private ImageFolder images;
    private GuestMemory guest;
    private Path memoryFile;
    private Path parent;
    private long firstBytes;
    private long nextBytes;

    /// Makes the memory, its parent and the file, and proves that a layer holds what has changed
    /// before one is timed.
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        images = new ImageFolder(folder);
        guest = GuestMemory.lent(memory);
        memoryFile = images.image().resolveSibling("memory");
        parent = images.image().resolveSibling("parent");
        SplittableRandom random = new SplittableRandom(17);
        for (long at = 0; at < memory.byteSize(); at += RUN_BYTES) {
            if (random.nextBoolean()) {
                ResidentMemory.randomise(memory, at, RUN_BYTES);
            }
        }
        try (LayerSource source = LayerSource.of(guest)) {
            firstBytes = write(LayerWriter.of(source, options()), parent).bytesWritten();
        }
        long changedBytes = change(random);
        int fd = images.create(memoryFile, 0);
        ImageFolder.write(fd, memory, ImageFolder.PIECE_BYTES);
        ImageFolder.syncAndClose(fd);
        LayerReport found = next();
        nextBytes = found.bytesWritten();
        clear();
        long otherBytes = BLOCK.bytes(found.dataBlocks() + found.zeroBlocks());
        if (otherBytes != changedBytes || next().unchangedBlocks() == 0) {
            throw new AssertionError("the layer is wrong, so its time means nothing");
        }
        clear();
    }

    /// Changes a quarter of the runs. @return how many bytes
    private long change(SplittableRandom random) {
        long changedBytes = 0;
        for (long at = 0; at < memory.byteSize(); at += RUN_BYTES) {
            if (random.nextInt(4) == 0) {
                boolean wasZero = memory.get(ValueLayout.JAVA_LONG, at) == 0;
                if (!wasZero && random.nextBoolean()) {
                    memory.asSlice(at, RUN_BYTES).fill((byte) 0);
                } else {
                    ResidentMemory.randomise(memory, at, RUN_BYTES);
                    addOne(memory.asSlice(at, RUN_BYTES));
                }
                changedBytes += RUN_BYTES;
            }
        }
        return changedBytes;
    }

    private static void addOne(MemorySegment run) {
        for (long at = 0; at < run.byteSize(); at += Long.BYTES) {
            run.set(ValueLayout.JAVA_LONG, at, run.get(ValueLayout.JAVA_LONG, at) + 1);
        }
    }

    private LayerOptions options() {
        return LayerOptions.DEFAULT.withOutput(output).withThreadCount(threadCount);
    }

    private static LayerReport write(LayerWriter writer, Path target) throws IOException {
        try (AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE);
                PackedLayer packed =
                        writer.write(
                                UUID.randomUUID(), ORIGIN, directory.newFile("memory.layer"))) {
            directory.write("memory.index", packed.index().encoded());
            directory.commit();
            return packed.report();
        }
    }

    private LayerReport first(LayerSource source) throws IOException {
        return write(LayerWriter.of(source, options()), images.image());
    }

    private LayerReport next(LayerSource source) throws IOException {
        Path index = parent.resolve("memory.index");
        LayerFiles files = new LayerFiles(index, parent.resolve("memory.layer"));
        try (LayerChain chain =
                LayerChain.open(LayerIndex.open(index), layer -> files, Optional.empty())) {
            LayerParent over = LayerParent.of(chain.index(), chain);
            return write(LayerWriter.of(source, options()).over(over), images.image());
        }
    }

    /// Makes room for the next layer, outside of the time.
    @TearDown(Level.Invocation)
    public void clear() throws IOException {
        if (Files.isDirectory(images.image())) {
            AtomicDirectory.remove(images.image(), () -> {});
        }
        images.clear();
    }

    /// Leaves nothing.
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        AtomicDirectory.remove(parent, () -> {});
        Files.delete(memoryFile);
        images.remove();
    }

    /// The figure: a file alone.
    @Benchmark
    public LayerReport first() throws IOException {
        try (LayerSource source = LayerSource.file(memoryFile)) {
            return first(source);
        }
    }

    /// The figure: a file over its parent.
    @Benchmark
    public LayerReport next() throws IOException {
        try (LayerSource source = LayerSource.file(memoryFile)) {
            return next(source);
        }
    }

    /// The figure: memory of this process alone.
    @Benchmark
    public LayerReport firstOfMemory() throws IOException {
        try (LayerSource source = LayerSource.of(guest)) {
            return first(source);
        }
    }

    /// The figure: memory of this process over its parent.
    @Benchmark
    public LayerReport nextOfMemory() throws IOException {
        try (LayerSource source = LayerSource.of(guest)) {
            return next(source);
        }
    }

    /// The floor of `first`.
    @Benchmark
    public void firstFloor() {
        stream(firstBytes);
    }

    /// The floor of `next`.
    @Benchmark
    public void nextFloor() {
        read(parent.resolve("memory.layer"));
        stream(nextBytes);
    }

    private void read(Path file) {
        int fd = (int) ImageFolder.check(Libc.open(file, Abi.O_RDONLY, 0), "open");
        MemorySegment piece = pieces.asSlice(0, ImageFolder.PIECE_BYTES);
        long at = 0;
        for (long count = -1; count != 0; at += count) {
            count = ImageFolder.check(Libc.pread(fd, piece, at), "pread");
        }
        Libc.close(fd);
    }

    /// Reads the memory file, and writes so many bytes of what was read, evenly.
    private void stream(long storedBytes) {
        int from = (int) ImageFolder.check(Libc.open(memoryFile, Abi.O_RDONLY, 0), "open");
        int fd = images.create(images.image(), Abi.O_DIRECT);
        MemorySegment piece = pieces.asSlice(0, ImageFolder.PIECE_BYTES);
        long written = 0;
        for (long at = 0; at < memory.byteSize(); at += piece.byteSize()) {
            ImageFolder.check(Libc.pread(from, piece, at), "pread");
            // What would be packed by now.
            double share = (double) (at + piece.byteSize()) / memory.byteSize();
            long due = BLOCK.bytes(BLOCK.page((long) (share * storedBytes)));
            if (due > written) {
                MemorySegment packed = piece.asSlice(0, due - written);
                written += ImageFolder.check(Libc.pwrite(fd, packed, written), "pwrite");
            }
        }
        Libc.close(from);
        ImageFolder.syncAndClose(fd);
    }

    /// The shape of the systems before.
    @Benchmark
    public void seed() {
        int from = (int) ImageFolder.check(Libc.open(memoryFile, Abi.O_RDONLY, 0), "open");
        int fd = images.create(images.image(), 0);
        MemorySegment block = pieces.asSlice(0, BLOCK.bytes());
        long written = 0;
        for (long at = 0; at < memory.byteSize(); at += BLOCK.bytes()) {
            ImageFolder.check(Libc.pread(from, block, at), "pread");
            if (!isZero(block)) {
                written += ImageFolder.check(Libc.pwrite(fd, block, written), "pwrite");
            }
        }
        Libc.close(from);
        ImageFolder.syncAndClose(fd);
    }

    private static boolean isZero(MemorySegment block) {
        for (long at = 0; at < block.byteSize(); at++) {
            if (block.get(ValueLayout.JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }
}

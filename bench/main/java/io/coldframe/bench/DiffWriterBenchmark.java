package io.coldframe.bench;

import io.coldframe.image.MemoryWriter;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.image.WriteReport;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.SplittableRandom;

/// **Question.** What does a durable diff take when one page in a hundred is dirty, scattered
/// singly, by each output?
///
/// **Floor.** `sequentialFloor` writes as many bytes in one call to a new file, with the fsync, the
/// rename and the fsync of the folder that a commit has. It sums nothing, and knows no holes.
///
/// `java -jar bench/target/bench.jar DiffWriter -p output=AUTO,BUFFERED`
public class DiffWriterBenchmark extends ResidentBenchmark {

    private static final int PAGES_PER_DIRTY = 100;
    private static final long SEED = 0xD1FFL;

    /// How the pages get into the file.
    @Param({"AUTO", "MAPPED", "BUFFERED"})
    public Output output = Output.AUTO;

    /// Where the images go; empty for the folder of the benchmarks.
    @Param("")
    public String folder = "";

    private ImageFolder images;
    private GuestMemory guest;
    private DirtyBitmap pages;
    private DirtyBitmap dirty;
    private MemorySegment packed;

    /// Fills the memory, and proves that a diff holds the pages before one is timed.
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        guest = GuestMemory.lent(memory);
        images = new ImageFolder(folder);
        PageGrid grid = new PageGrid(0, memory.byteSize(), PageSize.KIB_4);
        pages = DirtyBitmap.create(grid, arena);
        dirty = DirtyBitmap.create(grid, arena);
        SplittableRandom random = new SplittableRandom(SEED);
        for (long at = 0; at + PAGES_PER_DIRTY <= grid.pageCount(); at += PAGES_PER_DIRTY) {
            // The last of a hundred stays clean, so that no two are side by side.
            pages.markPage(at + random.nextInt(PAGES_PER_DIRTY - 1));
        }
        packed = memory.asSlice(0, PageSize.KIB_4.bytes(pages.dirtyCount()));
        mark();
        scattered();
        prove();
        clear();
    }

    private void prove() throws IOException {
        byte[] found = Files.readAllBytes(images.image());
        pages.forEachDirty(
                (first, count) -> {
                    int from = (int) PageSize.KIB_4.bytes(first);
                    MemorySegment page = MemorySegment.ofArray(found).asSlice(from, 4096);
                    if (page.mismatch(memory.asSlice(from, 4096)) != -1) {
                        throw new AssertionError("page " + first + " is wrong");
                    }
                });
    }

    /// Makes the pages dirty, outside of the time.
    @Setup(Level.Invocation)
    public void mark() {
        dirty.union(pages);
    }

    /// Makes room for the next image, outside of the time.
    @TearDown(Level.Invocation)
    public void clear() throws IOException {
        images.clear();
    }

    /// Leaves nothing.
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        images.remove();
    }

    /// The figure.
    @Benchmark
    public WriteReport scattered() throws IOException {
        WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
        try (MemoryWriter writer =
                MemoryWriter.open(
                        images.image(),
                        OnExisting.REFUSE,
                        memory.byteSize(),
                        PageSize.KIB_4,
                        options)) {
            writer.writeDiff(guest, dirty);
            writer.commit();
            return writer.report();
        }
    }

    /// The floor.
    @Benchmark
    public void sequentialFloor() {
        int fd = images.create(images.draft(), 0);
        ImageFolder.write(fd, packed, packed.byteSize());
        ImageFolder.syncAndClose(fd);
        images.rename(images.draft());
    }
}

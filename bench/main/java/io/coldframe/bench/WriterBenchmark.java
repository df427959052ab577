package io.coldframe.bench;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.image.MemoryWriter;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.image.WriteReport;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// **Question.** What does a durable full image take, with its sums, by each output?
///
/// **Floors.** The same bytes from the same memory by bare calls of one thread, without sums:
/// `directFloor` direct writes of 4 MiB and one fsync, `mappedFloor` one copy into an allocated
/// mapping and one sync, `bufferedFloor` writes of 4 MiB and one fsync. Without the rename, too.
///
/// `java -jar bench/target/bench.jar WriterBenchmark -p folder=/data`
public class WriterBenchmark extends ResidentBenchmark {

    private static final int READ_WRITE = Abi.PROT_READ | Abi.PROT_WRITE;
    private static final int HEAP_BUFFER_BYTES = 4096;

    // Several units, and soon read back.
    private static final long PROVEN_BYTES = 64L << 20;

    /// Where the images go; empty for the folder of the benchmarks.
    @Param("")
    public String folder = "";

    private ImageFolder images;
    private GuestMemory guest;

    /// Fills the memory, and proves that an image holds it before one is timed.
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        guest = GuestMemory.lent(memory);
        images = new ImageFolder(folder);
        MemorySegment sample = memory.asSlice(0, PROVEN_BYTES);
        for (Output output : Output.values()) {
            write(output, GuestMemory.lent(sample));
            prove(sample);
            images.clear();
        }
    }

    private void prove(MemorySegment expected) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment found = scratch.allocate(expected.byteSize());
            int fd = (int) ImageFolder.check(Libc.open(images.image(), 0, 0), "open");
            for (long at = 0; at < found.byteSize(); ) {
                at += ImageFolder.check(Libc.pread(fd, found.asSlice(at), at), "pread");
            }
            Libc.close(fd);
            if (found.mismatch(expected) != -1) {
                throw new AssertionError("the image is wrong, so its time means nothing");
            }
        }
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

    private WriteReport write(Output output, GuestMemory source) throws IOException {
        WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
        try (MemoryWriter writer =
                MemoryWriter.open(
                        images.image(),
                        OnExisting.REFUSE,
                        source.byteCount(),
                        PageSize.KIB_4,
                        options)) {
            writer.writeFull(source);
            writer.commit();
            return writer.report();
        }
    }

    /// The figure: what a writer does that is asked for nothing.
    @Benchmark
    public WriteReport auto() throws IOException {
        return write(Output.AUTO, guest);
    }

    /// The figure: through a mapping.
    @Benchmark
    public WriteReport mapped() throws IOException {
        return write(Output.MAPPED, guest);
    }

    /// The figure: through the page cache.
    @Benchmark
    public WriteReport buffered() throws IOException {
        return write(Output.BUFFERED, guest);
    }

    /// The floor of `auto`.
    @Benchmark
    public void directFloor() {
        int fd = images.create(images.image(), Abi.O_DIRECT);
        ImageFolder.write(fd, memory, ImageFolder.PIECE_BYTES);
        ImageFolder.syncAndClose(fd);
    }

    /// The floor of `buffered`.
    @Benchmark
    public void bufferedFloor() {
        int fd = images.create(images.image(), 0);
        ImageFolder.write(fd, memory, ImageFolder.PIECE_BYTES);
        ImageFolder.syncAndClose(fd);
    }

    /// The floor of `mapped`.
    @Benchmark
    public void mappedFloor() {
        long byteCount = memory.byteSize();
        int fd = images.create(images.image(), 0);
        ImageFolder.check(Libc.fallocate(fd, 0, 0, byteCount), "fallocate");
        long address = NativeMemory.mmap(0, byteCount, READ_WRITE, Abi.MAP_SHARED, fd, 0);
        ImageFolder.check(address, "mmap");
        try (Arena mapping = Arena.ofConfined()) {
            MemorySegment target =
                    NativeMemory.segment(
                            address,
                            byteCount,
                            mapping,
                            () -> NativeMemory.munmap(address, byteCount));
            MemorySegment.copy(memory, 0, target, 0, byteCount);
            ImageFolder.check(NativeMemory.msync(target, Abi.MS_SYNC), "msync");
        }
        ImageFolder.syncAndClose(fd);
    }

    /// The baseline: as the seeds do it, through a buffer of one page on the heap.
    @Benchmark
    public void naiveBaseline() throws IOException {
        byte[] buffer = new byte[HEAP_BUFFER_BYTES];
        try (var file = new java.io.FileOutputStream(images.image().toFile())) {
            for (long at = 0; at < memory.byteSize(); at += buffer.length) {
                MemorySegment.copy(
                        memory,
                        java.lang.foreign.ValueLayout.JAVA_BYTE,
                        at,
                        buffer,
                        0,
                        buffer.length);
                file.write(buffer);
            }
            file.getFD().sync();
        }
    }
}

package io.coldframe.bench;

import io.coldframe.Sha256;
import io.coldframe.layer.LayerIndex;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/// **Question.** How long does it take to open an index in the page cache, with every check of its
/// checksums and its extents, and with the digest that its manifest has of it?
///
/// **Floor.** `readFloor` reads the bytes of the file once, into memory that is there already.
///
/// `java -jar bench/target/bench.jar LayerOpen -p extentCount=1000000`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LayerOpenBenchmark {

    /// How many extents the map has.
    @Param({"1000", "1000000"})
    public int extentCount = 1_000_000;

    /// Where the index goes; empty for the folder of the benchmarks.
    @Param("")
    public String folder = "";

    private Arena arena;
    private ImageFolder images;
    private Sha256 digest;
    private MemorySegment target;

    /// Writes the index, and proves that it is read as it was before that is timed.
    @Setup
    public void setUp() throws IOException {
        arena = Arena.ofShared();
        images = new ImageFolder(folder);
        try (LayerIndex index = ScatteredMap.index(extentCount)) {
            digest = index.digest();
            target = arena.allocate(index.encoded().byteSize());
            Files.write(images.image(), index.encoded().toArray(ValueLayout.JAVA_BYTE));
        }
        readFloor();
        if (open() != extentCount
                || checked() != extentCount
                || !Sha256.of(target).equals(digest)) {
            throw new AssertionError("what was opened is wrong, so its time means nothing");
        }
    }

    /// Leaves nothing.
    @TearDown
    public void remove() throws IOException {
        arena.close();
        images.remove();
    }

    /// The figure: bound to a manifest.
    @Benchmark
    public int open() throws IOException {
        try (LayerIndex index = LayerIndex.open(images.image(), digest)) {
            return index.map().extentCount();
        }
    }

    /// Every check but that of the digest.
    @Benchmark
    public int checked() throws IOException {
        try (LayerIndex index = LayerIndex.open(images.image())) {
            return index.map().extentCount();
        }
    }

    /// The floor.
    @Benchmark
    public int readFloor() throws IOException {
        ByteBuffer rest = target.asByteBuffer();
        try (FileChannel channel = FileChannel.open(images.image(), StandardOpenOption.READ)) {
            while (rest.hasRemaining() && channel.read(rest) >= 0) {
                // The rest is read by the next turn.
            }
        }
        return rest.position();
    }
}

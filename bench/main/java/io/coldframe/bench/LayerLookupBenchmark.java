package io.coldframe.bench;

import io.coldframe.layer.ExtentMap;

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

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// **Question.** How long does it take to find the extent of a random block?
///
/// **Floor.** `readFloor` reads one random extent, which whoever looks a block up has to. That is
/// one miss of the caches; a lookup has another one, in the directory.
///
/// `naiveBaseline` is the binary search over all extents, without a directory.
///
/// `java -jar bench/target/bench.jar LayerLookup -p extentCount=1000000`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LayerLookupBenchmark {

    // A power of two, so that the next one is found by its bits alone.
    private static final int PROBE_COUNT = 1 << 20;
    private static final long SEED = 2;

    /// How many extents the map has.
    @Param({"1000", "1000000"})
    public int extentCount = 1_000_000;

    private Arena arena;
    private ExtentMap map;
    private int[] blocks;
    private int[] extents;
    private int next;

    /// Makes the map, and proves that the lookup is right before it is timed.
    @Setup
    public void setUp() {
        arena = Arena.ofShared();
        map = ScatteredMap.of(extentCount, arena);
        SplittableRandom random = new SplittableRandom(SEED);
        blocks = random.ints(PROBE_COUNT, 0, Math.toIntExact(map.blockCount())).toArray();
        extents = random.ints(PROBE_COUNT, 0, map.extentCount()).toArray();
        for (int block : blocks) {
            if (map.find(block) != search(block)) {
                throw new AssertionError("a lookup is wrong, so its time means nothing");
            }
        }
    }

    /// Frees the map.
    @TearDown
    public void close() {
        arena.close();
    }

    /// The figure.
    @Benchmark
    public int find() {
        return map.find(blocks[next()]);
    }

    /// The floor.
    @Benchmark
    public long readFloor() {
        return map.firstBlock(extents[next()]);
    }

    /// The baseline.
    @Benchmark
    public int naiveBaseline() {
        return search(blocks[next()]);
    }

    private int next() {
        next = (next + 1) & (PROBE_COUNT - 1);
        return next;
    }

    private int search(long block) {
        int low = 0;
        int high = map.extentCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (map.firstBlock(middle) <= block) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}

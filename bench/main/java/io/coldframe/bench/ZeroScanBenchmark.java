package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// **Question.** What does it cost to tell zero blocks from data, over what it costs to read the
/// memory?
///
/// **Floor.** `plainReadFloor` reads every byte in one loop that never looks at what it read.
/// Where every block shows in its first word that it is data, `firstWordFloor` reads those words.
///
/// `java -jar bench/target/bench.jar ZeroScan -p dataPercent=0,1,100`
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ZeroScanBenchmark {

    /// How many blocks in a hundred are data, at random places.
    @Param({"0", "1", "100"})
    public int dataPercent;

    private Arena arena;
    private MemorySegment memory;
    private SeedScan seed;

    /// Fills the memory, and proves that the scan is right before it is timed.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        memory = ResidentMemory.zeroed(arena);
        ResidentMemory.randomisePercent(memory, dataPercent);
        seed = new SeedScan();
        long expected = seed.zeroBlocks(memory);
        if (scan() != expected) {
            throw new AssertionError("the scan is wrong, so its time means nothing");
        }
    }

    /// Gives the memory back.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// The figure: how many blocks are zero.
    @Benchmark
    public long scan() {
        long[] zeroBlocks = new long[1];
        BlockScan.of(memory, PageSize.KIB_4)
                .forEachRun(
                        (state, first, count) -> {
                            if (state == BlockState.ZERO) {
                                zeroBlocks[0] += count;
                            }
                        });
        return zeroBlocks[0];
    }

    /// The floor of a scan that has to read everything.
    @Benchmark
    public long plainReadFloor() {
        return ResidentMemory.plainRead(memory, 0, memory.byteSize());
    }

    /// The floor of a scan that may stop at the first word of each block.
    @Benchmark
    public long firstWordFloor() {
        return ResidentMemory.firstWords(memory);
    }

    /// The baseline.
    @Benchmark
    public long seedBaseline() {
        return seed.zeroBlocks(memory);
    }
}

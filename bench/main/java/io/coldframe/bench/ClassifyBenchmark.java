package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.BlockSums;
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

/// **Question.** What does a layer writer's whole look at memory cost: which blocks are zero, and
/// the CRC-32C of each that is not, in one pass?
///
/// **Floor.** `plainReadFloor` reads every byte once and sums nothing.
///
/// `java -jar bench/target/bench.jar Classify -p dataPercent=50,100`
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ClassifyBenchmark {

    /// How many blocks in a hundred are data, at random places.
    @Param({"50", "100"})
    public int dataPercent;

    private Arena arena;
    private MemorySegment memory;
    private BlockSums sums;
    private SeedScan seed;

    /// Fills the memory, and proves every sum before the scan is timed.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        memory = ResidentMemory.zeroed(arena);
        ResidentMemory.randomisePercent(memory, dataPercent);
        long blockCount = memory.byteSize() / ResidentMemory.BLOCK_BYTES;
        sums = BlockSums.allocate(blockCount, arena);
        seed = new SeedScan();
        classify();
        long sumOfSums = 0;
        for (long block = 0; block < blockCount; block++) {
            sumOfSums += sums.get(block);
        }
        if (sumOfSums != seed.sumOfSums(memory)) {
            throw new AssertionError("the sums are wrong, so their time means nothing");
        }
    }

    /// Gives the memory back.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// The figure: how many blocks are data, and their sums.
    @Benchmark
    public long classify() {
        long[] dataBlocks = new long[1];
        BlockScan.of(memory, PageSize.KIB_4)
                .summing(sums)
                .forEachRun(
                        (state, first, count) -> {
                            if (state == BlockState.DATA) {
                                dataBlocks[0] += count;
                            }
                        });
        return dataBlocks[0];
    }

    /// The floor.
    @Benchmark
    public long plainReadFloor() {
        return ResidentMemory.plainRead(memory, 0, memory.byteSize());
    }

    /// The baseline.
    @Benchmark
    public long seedBaseline() {
        return seed.sumOfSums(memory);
    }
}

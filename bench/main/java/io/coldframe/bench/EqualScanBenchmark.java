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

/// **Question.** What does it cost to find the blocks that equal their parent's?
///
/// **Floor.** `mismatchFloor` is one bulk comparison of the two memories, which are equal, so it
/// reads both to the end.
///
/// `java -jar bench/target/bench.jar EqualScan -p changedPercent=0,1`
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class EqualScanBenchmark {

    /// How many blocks in a hundred differ, at random places.
    @Param({"0", "1"})
    public int changedPercent;

    private Arena arena;
    private MemorySegment memory;
    private MemorySegment parent;
    private MemorySegment twin;
    private SeedScan seed;

    /// Fills both memories, and proves that the scan is right before it is timed.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        memory = ResidentMemory.zeroed(arena);
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        twin = arena.allocate(memory.byteSize(), ResidentMemory.BLOCK_BYTES).copyFrom(memory);
        parent = arena.allocate(memory.byteSize(), ResidentMemory.BLOCK_BYTES).copyFrom(memory);
        ResidentMemory.zeroPercent(parent, changedPercent);
        seed = new SeedScan();
        if (scan() != seed.equalBlocks(memory, parent)) {
            throw new AssertionError("the scan is wrong, so its time means nothing");
        }
    }

    /// Gives the memory back.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// The figure: how many blocks equal their parent's.
    @Benchmark
    public long scan() {
        long[] equalBlocks = new long[1];
        BlockScan.of(memory, PageSize.KIB_4)
                .against(parent)
                .forEachRun(
                        (state, first, count) -> {
                            if (state == BlockState.UNCHANGED) {
                                equalBlocks[0] += count;
                            }
                        });
        return equalBlocks[0];
    }

    /// The floor.
    @Benchmark
    public long mismatchFloor() {
        return memory.mismatch(twin);
    }

    /// The baseline.
    @Benchmark
    public long seedBaseline() {
        return seed.equalBlocks(memory, parent);
    }
}

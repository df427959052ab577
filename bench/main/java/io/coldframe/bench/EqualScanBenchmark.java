package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import java.lang.foreign.MemorySegment;

/// **Question.** What does it cost to find the blocks that equal their parent's?
///
/// **Floor.** `mismatchFloor` is one bulk comparison of the two memories, which are equal, so it
/// reads both to the end.
///
/// `java -jar bench/target/bench.jar EqualScan -p changedPercent=0,1`
public class EqualScanBenchmark extends ResidentBenchmark {

    /// How many blocks in a hundred differ, at random places.
    @Param({"0", "1"})
    public int changedPercent;

    private MemorySegment parent;
    private MemorySegment twin;
    private NaiveScan naive;

    /// Fills both memories, and proves that the scan is right before it is timed.
    @Setup(Level.Trial)
    public void setUp() {
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        twin = copyOfMemory();
        parent = copyOfMemory();
        ResidentMemory.zeroPercent(parent, changedPercent);
        naive = new NaiveScan();
        if (scan() != naive.equalBlocks(memory, parent)) {
            throw new AssertionError("the scan is wrong, so its time means nothing");
        }
    }

    /// The figure: how many blocks equal their parent's.
    @Benchmark
    public long scan() {
        return count(BlockScan.of(memory, PageSize.KIB_4).against(parent), BlockState.UNCHANGED);
    }

    /// The floor.
    @Benchmark
    public long mismatchFloor() {
        return memory.mismatch(twin);
    }

    /// The baseline.
    @Benchmark
    public long naiveBaseline() {
        return naive.equalBlocks(memory, parent);
    }
}

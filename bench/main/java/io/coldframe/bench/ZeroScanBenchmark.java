package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question.** What does it cost to tell zero blocks from data, over what it costs to read the
/// memory?
///
/// **Floor.** `plainReadFloor` reads every byte in one loop that never looks at what it read.
/// Where every block shows in its first word that it is data, `firstWordFloor` reads those words.
///
/// `java -jar bench/target/bench.jar ZeroScan -p dataPercent=0,1,100`
public class ZeroScanBenchmark extends ResidentBenchmark {

    /// How many blocks in a hundred are data, at random places.
    @Param({"0", "1", "100"})
    public int dataPercent;

    private NaiveScan naive;

    /// Fills the memory, and proves that the scan is right before it is timed.
    @Setup(Level.Trial)
    public void setUp() {
        ResidentMemory.randomisePercent(memory, dataPercent);
        naive = new NaiveScan();
        long expected = naive.zeroBlocks(memory);
        if (scan() != expected) {
            throw new AssertionError("the scan is wrong, so its time means nothing");
        }
    }

    /// The figure: how many blocks are zero.
    @Benchmark
    public long scan() {
        return count(BlockScan.of(memory, PageSize.KIB_4), BlockState.ZERO);
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
    public long naiveBaseline() {
        return naive.zeroBlocks(memory);
    }
}

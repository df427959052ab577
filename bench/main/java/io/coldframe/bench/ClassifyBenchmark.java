package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.BlockSums;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question.** What does a layer writer's whole look at memory cost: which blocks are zero, and
/// the CRC-32C of each that is not, in one pass?
///
/// **Floor.** `plainReadFloor` reads every byte once and sums nothing.
///
/// `java -jar bench/target/bench.jar Classify -p dataPercent=50,100`
public class ClassifyBenchmark extends ResidentBenchmark {

    /// How many blocks in a hundred are data, at random places.
    @Param({"50", "100"})
    public int dataPercent;

    private BlockSums sums;
    private NaiveScan naive;

    /// Fills the memory, and proves every sum before the scan is timed.
    @Setup(Level.Trial)
    public void setUp() {
        ResidentMemory.randomisePercent(memory, dataPercent);
        long blockCount = memory.byteSize() / ResidentMemory.BLOCK_BYTES;
        sums = BlockSums.allocate(blockCount, arena);
        naive = new NaiveScan();
        classify();
        long sumOfSums = 0;
        for (long block = 0; block < blockCount; block++) {
            sumOfSums += sums.get(block);
        }
        if (sumOfSums != naive.sumOfSums(memory)) {
            throw new AssertionError("the sums are wrong, so their time means nothing");
        }
    }

    /// The figure: how many blocks are data, and their sums.
    @Benchmark
    public long classify() {
        return count(BlockScan.of(memory, PageSize.KIB_4).summing(sums), BlockState.DATA);
    }

    /// The floor.
    @Benchmark
    public long plainReadFloor() {
        return ResidentMemory.plainRead(memory, 0, memory.byteSize());
    }

    /// The baseline.
    @Benchmark
    public long naiveBaseline() {
        return naive.sumOfSums(memory);
    }
}

package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// **Question.** How much faster is a scan by two threads, each over its half of the blocks?
///
/// **Floor.** `plainReadFloor` with the same threads: what the memory itself gives to two.
///
/// `java -jar bench/target/bench.jar Scaling -p threads=1,2`
public class ScalingBenchmark extends ResidentBenchmark {

    /// How many threads scan.
    @Param({"1", "2"})
    public int threads;

    private ExecutorService pool;

    /// Fills the memory, and proves that the scan is right before it is timed.
    @Setup(Level.Trial)
    public void setUp() throws InterruptedException, ExecutionException {
        ResidentMemory.randomisePercent(memory, 1);
        pool = Executors.newFixedThreadPool(threads);
        long expected = new NaiveScan().zeroBlocks(memory);
        if (scan() != expected || naiveBaseline() != expected) {
            throw new AssertionError("the scan is wrong, so its time means nothing");
        }
    }

    /// Gives the threads back.
    @TearDown(Level.Trial)
    public void tearDown() {
        pool.shutdown();
    }

    /// The figure: how many blocks are zero.
    @Benchmark
    public long scan() throws InterruptedException, ExecutionException {
        return inParts(this::zeroBlocks);
    }

    /// The floor.
    @Benchmark
    public long plainReadFloor() throws InterruptedException, ExecutionException {
        PageSize block = PageSize.KIB_4;
        return inParts(
                part ->
                        ResidentMemory.plainRead(
                                memory,
                                block.bytes(part.firstPage()),
                                block.bytes(part.endPage())));
    }

    /// The baseline, on as many threads.
    @Benchmark
    public long naiveBaseline() throws InterruptedException, ExecutionException {
        PageSize block = PageSize.KIB_4;
        return inParts(
                part ->
                        new NaiveScan()
                                .zeroBlocks(
                                        memory.asSlice(
                                                block.bytes(part.firstPage()),
                                                block.bytes(part.pageCount()))));
    }

    private long zeroBlocks(PageRange part) {
        long[] zeroBlocks = new long[1];
        BlockScan.of(memory, PageSize.KIB_4)
                .forEachRun(
                        part,
                        (state, first, count) -> {
                            if (state == BlockState.ZERO) {
                                zeroBlocks[0] += count;
                            }
                        });
        return zeroBlocks[0];
    }

    private interface Part {
        long run(PageRange part);
    }

    private long inParts(Part work) throws InterruptedException, ExecutionException {
        long blockCount = memory.byteSize() / ResidentMemory.BLOCK_BYTES;
        List<Callable<Long>> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            PageRange part =
                    PageRange.between(blockCount * i / threads, blockCount * (i + 1) / threads);
            parts.add(() -> work.run(part));
        }
        long sum = 0;
        for (Future<Long> part : pool.invokeAll(parts)) {
            sum += part.get();
        }
        return sum;
    }
}

package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockSums;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// **Question.** How are blocks summed fastest: where they lie, or through a copy in the nearest
/// cache, and how large is that copy?
///
/// **Floor.** `plainReadFloor` reads the same bytes. `summedInPlace` is what a sum costs that may
/// end the process when the memory is a file that shrinks.
///
/// `java -jar bench/target/bench.jar Sum -p scratchBytes=1024,2048,4096`
public class SumBenchmark extends ResidentBenchmark {

    /// How many bytes are copied at a time.
    @Param({"2048"})
    public int scratchBytes;

    private final CRC32C crc = new CRC32C();
    private ByteBuffer inPlace;
    private MemorySegment scratch;
    private ByteBuffer scratchBuffer;
    private BlockSums sums;
    private NaiveScan naive;

    /// Fills the memory, and proves that all ways agree before they are timed.
    @Setup(Level.Trial)
    public void setUp() {
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        inPlace = memory.asByteBuffer();
        scratch = arena.allocate(scratchBytes, 64);
        scratchBuffer = scratch.asByteBuffer();
        sums = BlockSums.allocate(memory.byteSize() / ResidentMemory.BLOCK_BYTES, arena);
        naive = new NaiveScan();
        engine();
        long engineSum = 0;
        for (long block = 0; block < sums.blockCount(); block++) {
            engineSum += sums.get(block);
        }
        if (summedInPlace() != engineSum
                || copiedThenSummed() != engineSum
                || naiveBaseline() != engineSum) {
            throw new AssertionError("the sums differ, so their time means nothing");
        }
    }

    /// The figure: what the engine does.
    @Benchmark
    public int engine() {
        BlockScan.of(memory, PageSize.KIB_4).summing(sums).forEachRun((state, first, count) -> {});
        return sums.get(0);
    }

    /// The same with scratch of this size, and no classification.
    @Benchmark
    public long copiedThenSummed() {
        long sum = 0;
        for (long block = 0; block < memory.byteSize(); block += ResidentMemory.BLOCK_BYTES) {
            crc.reset();
            for (long at = 0; at < ResidentMemory.BLOCK_BYTES; at += scratchBytes) {
                MemorySegment.copy(memory, block + at, scratch, 0, scratchBytes);
                crc.update(scratchBuffer.limit(scratchBytes).position(0));
            }
            sum += (int) crc.getValue();
        }
        return sum;
    }

    /// The intrinsic over the memory itself.
    @Benchmark
    public long summedInPlace() {
        long sum = 0;
        for (int at = 0; at < inPlace.capacity(); at += ResidentMemory.BLOCK_BYTES) {
            crc.reset();
            crc.update(inPlace.limit(at + ResidentMemory.BLOCK_BYTES).position(at));
            sum += (int) crc.getValue();
        }
        return sum;
    }

    /// The baseline, which looks for zeros too.
    @Benchmark
    public long naiveBaseline() {
        return naive.sumOfSums(memory);
    }

    /// The floor.
    @Benchmark
    public long plainReadFloor() {
        return ResidentMemory.plainRead(memory, 0, memory.byteSize());
    }
}

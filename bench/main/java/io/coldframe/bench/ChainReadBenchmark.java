package io.coldframe.bench;

import io.coldframe.layer.LayerChain;
import io.coldframe.memory.PageSize;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// **Question.** What does it cost to read memory, every sum compared, of which no two neighbouring
/// blocks lie in the same layer?
///
/// **Floor.** `oneLayerFloor` reads the same blocks from one layer, in which they lie as they do in
/// the memory.
///
/// `java -jar bench/target/bench.jar ChainRead -p layerCount=1000`
public class ChainReadBenchmark extends ResidentBenchmark {

    private static final long BYTE_COUNT = 256L << 20;
    private static final long PIECE_BYTES = PageSize.MIB_2.bytes();

    /// Block `n` lies in layer `n % layerCount`.
    @Param({"2", "1000"})
    public int layerCount = 1000;

    /// Where the layers go; empty for the folder of the benchmarks.
    @Param("")
    public String folder = "";

    private InterleavedLayers layers;
    private InterleavedLayers one;
    private LayerChain chain;
    private LayerChain oneChain;
    private MemorySegment target;

    /// Writes the layers, and proves that they read as the memory before one is timed.
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        ResidentMemory.randomise(memory, 0, BYTE_COUNT);
        MemorySegment part = memory.asSlice(0, BYTE_COUNT);
        layers = new InterleavedLayers(part, layerCount, folder);
        one = new InterleavedLayers(part, 1, folder);
        chain = layers.open();
        oneChain = one.open();
        target = arena.allocate(BYTE_COUNT, ResidentMemory.BLOCK_BYTES);
        interleaved();
        prove(part);
        oneLayerFloor();
        prove(part);
    }

    private void prove(MemorySegment expected) {
        if (target.mismatch(expected) != -1) {
            throw new AssertionError("what was read is wrong, so its time means nothing");
        }
        target.fill((byte) 0);
    }

    /// Leaves nothing.
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        chain.close();
        oneChain.close();
        layers.remove();
        one.remove();
    }

    /// The figure.
    @Benchmark
    public MemorySegment interleaved() throws IOException {
        return read(chain);
    }

    /// The floor.
    @Benchmark
    public MemorySegment oneLayerFloor() throws IOException {
        return read(oneChain);
    }

    private MemorySegment read(LayerChain from) throws IOException {
        for (long at = 0; at < BYTE_COUNT; at += PIECE_BYTES) {
            from.read(at, target.asSlice(at, PIECE_BYTES));
        }
        return target;
    }
}

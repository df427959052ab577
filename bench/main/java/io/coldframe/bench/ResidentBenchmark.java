package io.coldframe.bench;

import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// What the benchmarks over 1 GiB of resident memory have in common: how they are timed, the memory
/// and its end.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public abstract class ResidentBenchmark {

    final Arena arena = Arena.ofShared();

    /// 1 GiB of zero, every page of it touched, for a benchmark's own set-up to fill.
    final MemorySegment memory = ResidentMemory.zeroed(arena);

    /// Gives everything back that was allocated in the arena.
    @TearDown(Level.Trial)
    public void free() {
        arena.close();
    }

    /// Memory of the same length and with the same bytes.
    MemorySegment copyOfMemory() {
        return arena.allocate(memory.byteSize(), ResidentMemory.BLOCK_BYTES).copyFrom(memory);
    }

    /// Scans, and counts the blocks that are in `state`.
    static long count(BlockScan scan, BlockState state) {
        long[] blockCount = new long[1];
        scan.forEachRun(
                (found, first, count) -> {
                    if (found == state) {
                        blockCount[0] += count;
                    }
                });
        return blockCount[0];
    }
}

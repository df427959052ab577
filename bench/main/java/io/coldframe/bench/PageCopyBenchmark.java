package io.coldframe.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import java.lang.foreign.MemorySegment;

/// **Question.** How long must a run of pages be before the cost of a copy call disappears in the
/// bytes?
///
/// **Floor.** `bulkFloor` copies the same bytes in one call; no cutting into runs can beat it.
///
/// `java -jar bench/target/bench.jar PageCopy -p runBytes=4096,65536`
public class PageCopyBenchmark extends ResidentBenchmark {

    /// The bytes of one copy.
    @Param({"4096", "65536", "1048576"})
    public int runBytes;

    private MemorySegment target;
    private byte[] buffer;

    /// Fills the memory, and proves that the copy is right before it is timed.
    @Setup(Level.Trial)
    public void setUp() {
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        target = arena.allocate(memory.byteSize(), ResidentMemory.BLOCK_BYTES);
        buffer = new byte[ResidentMemory.BLOCK_BYTES];
        for (Runnable copy : new Runnable[] {this::inRuns, this::naiveBaseline}) {
            target.fill((byte) 0);
            copy.run();
            if (memory.mismatch(target) != -1) {
                throw new AssertionError("the copy is wrong, so its time means nothing");
            }
        }
    }

    /// The figure.
    @Benchmark
    public MemorySegment inRuns() {
        for (long at = 0; at < memory.byteSize(); at += runBytes) {
            MemorySegment.copy(memory, at, target, at, runBytes);
        }
        return target;
    }

    /// The floor.
    @Benchmark
    public MemorySegment bulkFloor() {
        return target.copyFrom(memory);
    }

    /// The baseline: through a buffer of one block on the heap.
    @Benchmark
    public MemorySegment naiveBaseline() {
        for (long at = 0; at < memory.byteSize(); at += buffer.length) {
            MemorySegment.copy(memory, JAVA_BYTE, at, buffer, 0, buffer.length);
            MemorySegment.copy(buffer, 0, target, JAVA_BYTE, at, buffer.length);
        }
        return target;
    }
}

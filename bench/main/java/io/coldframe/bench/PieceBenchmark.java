package io.coldframe.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question.** How long must a piece be before a read that stops after each piece, to look at
/// what it was, is as fast as one that never stops?
///
/// **Floor.** `plainReadFloor` reads the same bytes in one loop.
///
/// `java -jar bench/target/bench.jar Piece -p pieceBytes=4096,65536`
public class PieceBenchmark extends ResidentBenchmark {

    /// The bytes of one piece.
    @Param({"4096", "16384", "65536", "262144"})
    public int pieceBytes;

    /// Fills the memory, and proves that nothing is skipped before anything is timed.
    @Setup(Level.Trial)
    public void setUp() {
        ResidentMemory.randomise(memory, 0, memory.byteSize());
        if (inPieces() != plainReadFloor()) {
            throw new AssertionError("the pieces are wrong, so their time means nothing");
        }
    }

    /// The figure.
    @Benchmark
    public long inPieces() {
        long sum = 0;
        for (long at = 0; at < memory.byteSize(); at += pieceBytes) {
            long piece = ResidentMemory.plainRead(memory, at, at + pieceBytes);
            // A look at the piece, as a scan takes one.
            if (piece != 0) {
                sum += piece;
            }
        }
        return sum;
    }

    /// The floor.
    @Benchmark
    public long plainReadFloor() {
        return ResidentMemory.plainRead(memory, 0, memory.byteSize());
    }
}

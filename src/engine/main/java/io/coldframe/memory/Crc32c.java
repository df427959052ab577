package io.coldframe.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The CRC-32C of memory that may fault.
///
/// The JDK's intrinsic runs outside the code that the JVM can recover from a fault in: over a
/// mapped file that has shrunk it ends the process. A bulk copy is recovered, so the bytes are
/// copied to a scratch page first and summed there, in the nearest cache. That costs a tenth of the
/// speed (`SumBenchmark`) and buys that no file that someone truncates can take a VMM down.
///
/// **Lifetime.** The scratch page belongs to the arena of the constructor.
///
/// **Threads.** One at a time.
final class Crc32c {

    // Half of what fits the smallest first-level cache beside the bytes that are copied in.
    private static final int SCRATCH_BYTES = 4096;

    // Scratch that starts a cache line keeps the copy on its fast path.
    private static final int SCRATCH_ALIGNMENT_BYTES = 64;

    private final CRC32C crc = new CRC32C();
    private final MemorySegment scratch;
    private final ByteBuffer scratchBuffer;

    Crc32c(Arena arena) {
        scratch = arena.allocate(SCRATCH_BYTES, SCRATCH_ALIGNMENT_BYTES);
        scratchBuffer = scratch.asByteBuffer();
    }

    int of(MemorySegment memory, long offset, long byteCount) {
        crc.reset();
        long end = offset + byteCount;
        for (long at = offset; at < end; ) {
            int pieceBytes = (int) Math.min(end - at, SCRATCH_BYTES);
            MemorySegment.copy(memory, at, scratch, 0, pieceBytes);
            crc.update(scratchBuffer.limit(pieceBytes).position(0));
            at += pieceBytes;
        }
        return (int) crc.getValue();
    }
}

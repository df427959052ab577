package io.coldframe.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The CRC-32C of memory that may fault.
///
/// The JDK's intrinsic runs outside the code that the JVM can recover from a fault in: over a
/// mapped file that has shrunk it ends the process. A bulk copy is recovered, so the bytes are
/// copied to scratch memory first and summed there, in the nearest cache. No file that someone
/// truncates can take a VMM down, and in small pieces it is mostly even the faster way, because a
/// copy fetches ahead and the intrinsic does not.
///
/// **Lifetime.** The scratch memory belongs to the arena of the constructor.
///
/// **Threads.** One at a time.
public final class Crc32c {

    // Milliseconds for 1 GiB of data by ClassifyBenchmark and SumBenchmark, one core of an EPYC
    // with AVX-512: summed where the blocks lie 57; through scratch of 2 KiB 38 to 44 in most runs
    // and 66 in some; through 4 KiB 55; through scratch at a multiple of 32 bytes 66 in most runs.
    // What decides between the two speeds is not known: neither the compiled code nor the addresses
    // do.
    private static final int SCRATCH_BYTES = 2048;
    private static final int SCRATCH_OFFSET_BYTES = 16;
    private static final int CACHE_LINE_BYTES = 64;

    private final CRC32C crc = new CRC32C();
    private final MemorySegment scratch;
    private final ByteBuffer scratchBuffer;

    /// The sum of nothing yet.
    ///
    /// @param arena owns the scratch memory
    public Crc32c(Arena arena) {
        scratch =
                arena.allocate(SCRATCH_OFFSET_BYTES + SCRATCH_BYTES, CACHE_LINE_BYTES)
                        .asSlice(SCRATCH_OFFSET_BYTES);
        scratchBuffer = scratch.asByteBuffer();
    }

    /// {@return the sum of some bytes alone}
    ///
    /// @param memory holds the bytes
    /// @param offset where they begin
    /// @param byteCount how many there are
    public int of(MemorySegment memory, long offset, long byteCount) {
        reset();
        add(memory, offset, byteCount);
        return value();
    }

    /// Begins anew.
    public void reset() {
        crc.reset();
    }

    /// Goes on with some more bytes.
    ///
    /// @param memory holds the bytes
    /// @param offset where they begin
    /// @param byteCount how many there are
    public void add(MemorySegment memory, long offset, long byteCount) {
        long end = offset + byteCount;
        for (long at = offset; at < end; ) {
            int pieceBytes = (int) Math.min(end - at, SCRATCH_BYTES);
            MemorySegment.copy(memory, at, scratch, 0, pieceBytes);
            crc.update(scratchBuffer.limit(pieceBytes).position(0));
            at += pieceBytes;
        }
    }

    /// {@return the sum of all bytes since the beginning}
    public int value() {
        return (int) crc.getValue();
    }
}

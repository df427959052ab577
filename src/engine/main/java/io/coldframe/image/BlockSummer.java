package io.coldframe.image;

import io.coldframe.memory.Crc32c;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Sums held bytes as they come, block by block.
///
/// **Lifetime.** Its scratch memory belongs to the arena of the constructor.
///
/// **Threads.** One.
final class BlockSummer {

    /// Takes the sum of a block that is complete.
    @FunctionalInterface
    interface Complete<X extends Exception> {
        void accept(long block, int sum) throws X;
    }

    private static final long NONE = -1;

    private final Crc32c crc;
    private final int blockShift;
    private long block = NONE;

    /// @param blockShift the binary logarithm of the bytes of a block
    BlockSummer(int blockShift, Arena arena) {
        this.crc = new Crc32c(arena);
        this.blockShift = blockShift;
    }

    /// Goes on with bytes that lie further on in the image than those before.
    ///
    /// @param imageOffset where they lie
    /// @param bytes holds them
    /// @param offset where they are in `bytes`
    <X extends Exception> void add(
            long imageOffset,
            MemorySegment bytes,
            long offset,
            long byteCount,
            Complete<X> complete)
            throws X {
        long at = imageOffset;
        long end = imageOffset + byteCount;
        while (at < end) {
            if (block != at >>> blockShift) {
                finish(complete);
                block = at >>> blockShift;
            }
            long pieceEnd = Math.min(end, (block + 1) << blockShift);
            crc.add(bytes, offset + (at - imageOffset), pieceEnd - at);
            at = pieceEnd;
        }
    }

    /// Nothing more comes of the last block.
    <X extends Exception> void finish(Complete<X> complete) throws X {
        if (block != NONE) {
            long last = block;
            block = NONE;
            int sum = crc.value();
            crc.reset();
            complete.accept(last, sum);
        }
    }

    /// Forgets what was added and not finished.
    void reset() {
        block = NONE;
        crc.reset();
    }
}

package io.coldframe.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/// What the scans are measured on: 1 GiB in 4 KiB pages, every page of it touched.
final class ResidentMemory {

    static final long BYTES = 1L << 30;
    static final int BLOCK_BYTES = 4096;

    // The same bytes in every run and every fork, so that two runs can be compared.
    private static final long SEED = 0xC01DF4A3L;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private ResidentMemory() {}

    static MemorySegment zeroed(Arena arena) {
        // A store to every page: what was only allocated is one shared page of zeroes.
        return arena.allocate(BYTES, BLOCK_BYTES).fill((byte) 0);
    }

    static void randomise(MemorySegment memory, long offset, long byteCount) {
        SplittableRandom random = new SplittableRandom(SEED + offset);
        for (long at = offset; at < offset + byteCount; at += Long.BYTES) {
            memory.set(WORD, at, random.nextLong() | 1);
        }
    }

    /// Fills `percent` blocks in a hundred, chosen at random, with random words that are not zero.
    static void randomisePercent(MemorySegment memory, int percent) {
        forPercent(memory, percent, at -> randomise(memory, at, BLOCK_BYTES));
    }

    /// Zeroes `percent` blocks in a hundred, chosen at random.
    static void zeroPercent(MemorySegment memory, int percent) {
        forPercent(memory, percent, at -> memory.asSlice(at, BLOCK_BYTES).fill((byte) 0));
    }

    private static void forPercent(MemorySegment memory, int percent, LongConsumer block) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (long at = 0; at < memory.byteSize(); at += BLOCK_BYTES) {
            if (random.nextInt(100) < percent) {
                block.accept(at);
            }
        }
    }

    /// The floor of every scan: the fastest read of all of the memory, without a look at what was
    /// read, that plain Java does. One loop over the whole range with four accumulators.
    static long plainRead(MemorySegment memory, long from, long end) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (long at = from; at < end; at += 32) {
            a += memory.get(WORD, at);
            b += memory.get(WORD, at + 8);
            c += memory.get(WORD, at + 16);
            d += memory.get(WORD, at + 24);
        }
        return a + b + c + d;
    }

    /// One word a block: what a scan of blocks that show at once that they are data can't beat.
    static long firstWords(MemorySegment memory) {
        long sum = 0;
        for (long at = 0; at < memory.byteSize(); at += BLOCK_BYTES) {
            sum += memory.get(WORD, at);
        }
        return sum;
    }
}

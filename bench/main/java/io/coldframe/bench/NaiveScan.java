package io.coldframe.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/// The way that existing tools scan: a 4 KiB buffer on the heap, filled block by block, and a loop
/// over its bytes. Not a floor but the baseline to be faster than.
final class NaiveScan {

    private final byte[] buffer = new byte[ResidentMemory.BLOCK_BYTES];
    private final byte[] otherBuffer = new byte[ResidentMemory.BLOCK_BYTES];
    private final CRC32C crc = new CRC32C();

    private void load(MemorySegment memory, long at, byte[] into) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, into, 0, into.length);
    }

    private static boolean isZero(byte[] block) {
        for (int i = 0; i + 8 <= block.length; i += 8) {
            if (block[i] != 0
                    || block[i + 1] != 0
                    || block[i + 2] != 0
                    || block[i + 3] != 0
                    || block[i + 4] != 0
                    || block[i + 5] != 0
                    || block[i + 6] != 0
                    || block[i + 7] != 0) {
                return false;
            }
        }
        return true;
    }

    long zeroBlocks(MemorySegment memory) {
        long zero = 0;
        for (long at = 0; at < memory.byteSize(); at += buffer.length) {
            load(memory, at, buffer);
            zero += isZero(buffer) ? 1 : 0;
        }
        return zero;
    }

    long equalBlocks(MemorySegment memory, MemorySegment parent) {
        long equal = 0;
        for (long at = 0; at < memory.byteSize(); at += buffer.length) {
            load(memory, at, buffer);
            load(parent, at, otherBuffer);
            int i = 0;
            while (i < buffer.length && buffer[i] == otherBuffer[i]) {
                i++;
            }
            equal += i == buffer.length ? 1 : 0;
        }
        return equal;
    }

    long sumOfSums(MemorySegment memory) {
        long sum = 0;
        for (long at = 0; at < memory.byteSize(); at += buffer.length) {
            load(memory, at, buffer);
            if (!isZero(buffer)) {
                crc.reset();
                crc.update(buffer);
                sum += (int) crc.getValue();
            }
        }
        return sum;
    }
}

package io.coldframe.proof;

import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// What a guest writes, step by step: the same for the same seed, so that whoever knows the step
/// knows every byte of the memory.
///
/// Every so many steps all of the memory is written anew. So the memory at a step does not depend
/// on all steps before it, and the thousandth is as easy to tell as the first.
///
/// **Threads.** Immutable.
record ScriptedMemory(int byteCount, long seed) {
    private static final int STEPS_PER_EPOCH = 16;
    private static final long STEPS_MAX = 1L << 20;
    private static final int WRITES_MAX = 8;
    private static final int WRITE_BYTES_MAX = 10_000;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /// One store of the guest's: zeros, or bytes that come from a seed.
    record Write(int offset, int byteCount, boolean isZero, long seed) {

        byte[] bytes() {
            byte[] bytes = new byte[(byteCount + Long.BYTES - 1) & -Long.BYTES];
            if (!isZero) {
                ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                for (long word = seed; out.hasRemaining(); word += GOLDEN) {
                    out.putLong((word ^ (word >>> 29)) * 0xBF58_476D_1CE4_E5B9L);
                }
            }
            return Arrays.copyOf(bytes, byteCount);
        }
    }

    /// What is written in a step, in order.
    List<Write> writes(int step) {
        // Not seeds that are GOLDEN apart: those would be one sequence, and steps would repeat.
        SplittableRandom random = new SplittableRandom(seed * STEPS_MAX + step);
        List<Write> writes = new ArrayList<>();
        if (step % STEPS_PER_EPOCH == 0) {
            writeAll(random, writes);
        } else {
            for (int left = 1 + random.nextInt(WRITES_MAX); left > 0; left--) {
                int offset = random.nextInt(byteCount);
                int length = 1 + random.nextInt(Math.min(WRITE_BYTES_MAX, byteCount - offset));
                writes.add(write(random, offset, length));
            }
        }
        return writes;
    }

    /// All of the memory, in runs of pages, of which some are zero.
    private void writeAll(SplittableRandom random, List<Write> writes) {
        int page = PageSize.KIB_4.bytes();
        for (int at = 0; at < byteCount; ) {
            int length = Math.min(byteCount - at, page * (1 + random.nextInt(8)));
            writes.add(write(random, at, length));
            at += length;
        }
    }

    private static Write write(SplittableRandom random, int offset, int length) {
        return new Write(offset, length, random.nextInt(4) == 0, random.nextLong());
    }

    /// Every byte of the memory after a step; all zero before step 0.
    byte[] after(int step) {
        byte[] memory = new byte[byteCount];
        for (int each = step - step % STEPS_PER_EPOCH; each <= step; each++) {
            for (Write write : writes(each)) {
                System.arraycopy(write.bytes(), 0, memory, write.offset(), write.byteCount());
            }
        }
        return memory;
    }

    /// Where the memory of a step and some other memory differ first; -1 if nowhere.
    long mismatch(int step, MemorySegment found) {
        return MemorySegment.ofArray(after(step)).mismatch(found);
    }

    /// Bytes that tell a step, for a machine state.
    static byte[] stateOf(int step) {
        byte[] bytes = new byte[1 + step % 5000 + Integer.BYTES];
        Arrays.fill(bytes, (byte) step);
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, 0, step);
        return bytes;
    }

    /// The step of bytes that [#stateOf(int)] made, every byte of them looked at.
    static int stepOf(byte[] state) {
        int step = MemorySegment.ofArray(state).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        if (!Arrays.equals(state, stateOf(step))) {
            throw new AssertionError("the state is of no step: " + Arrays.toString(state));
        }
        return step;
    }
}

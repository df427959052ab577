package io.coldframe.standin;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A small arm64 program, assembled for a guest whose MMU is off.
///
/// It has the instructions that the stand-in library plays. They are the real ones, so the same
/// program runs on a Mac.
public final class GuestProgram {
    private static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    // Register 31 is zero, or the stack pointer where an immediate is added.
    private static final int REGISTER_MAX = 30;

    private final List<Integer> words = new ArrayList<>();

    /// Sets register `d` to a constant.
    public GuestProgram set(int d, long value) {
        words.add(0xd2800000 | (int) (value & 0xffff) << 5 | general(d));
        for (int part = 1; part < 4; part++) {
            int bits = (int) (value >>> (16 * part)) & 0xffff;
            if (bits != 0) {
                words.add(0xf2800000 | part << 21 | bits << 5 | general(d));
            }
        }
        return this;
    }

    /// Adds a constant below 4096 to register `d`.
    public GuestProgram add(int d, int value) {
        words.add(0x91000000 | unsigned(value, 12) << 10 | general(d) << 5 | general(d));
        return this;
    }

    /// Subtracts a constant below 4096 from register `d`.
    public GuestProgram subtract(int d, int value) {
        words.add(0xd1000000 | unsigned(value, 12) << 10 | general(d) << 5 | general(d));
        return this;
    }

    /// Adds register `m` to register `d`.
    public GuestProgram addRegister(int d, int m) {
        words.add(0x8b000000 | general(m) << 16 | general(d) << 5 | general(d));
        return this;
    }

    /// Loads 8 bytes from the guest address in register `n` into register `t`.
    public GuestProgram load(int t, int n) {
        words.add(0xf9400000 | general(n) << 5 | general(t));
        return this;
    }

    /// Stores the 8 bytes of register `t` to the guest address in register `n`.
    public GuestProgram store(int t, int n) {
        words.add(0xf9000000 | general(n) << 5 | general(t));
        return this;
    }

    /// Where the next instruction will be, for a branch back.
    public int here() {
        return words.size();
    }

    /// Goes back to `label`.
    public GuestProgram branch(int label) {
        words.add(0x14000000 | ((label - here()) & 0x3ffffff));
        return this;
    }

    /// Goes back to `label` unless register `t` is zero.
    public GuestProgram branchUnlessZero(int t, int label) {
        words.add(0xb5000000 | ((label - here()) & 0x7ffff) << 5 | general(t));
        return this;
    }

    /// Calls the hypervisor.
    public GuestProgram hvc(int immediate) {
        words.add(0xd4000002 | unsigned(immediate, 16) << 5);
        return this;
    }

    /// Waits for an interrupt.
    public GuestProgram wfi() {
        words.add(0xd503207f);
        return this;
    }

    /// Any other instruction.
    public GuestProgram word(int instruction) {
        words.add(instruction);
        return this;
    }

    /// How many bytes the program has.
    public long byteCount() {
        return (long) words.size() * Integer.BYTES;
    }

    /// Writes the program to the start of `memory`.
    public void writeTo(MemorySegment memory) {
        for (int at = 0; at < words.size(); at++) {
            memory.set(WORD, (long) at * Integer.BYTES, words.get(at));
        }
    }

    private static int general(int register) {
        if (register < 0 || register > REGISTER_MAX) {
            throw new IllegalArgumentException("there is no register X" + register);
        }
        return register;
    }

    private static int unsigned(int value, int bits) {
        if (value < 0 || value >= 1 << bits) {
            throw new IllegalArgumentException(value + " does not fit " + bits + " bits");
        }
        return value;
    }
}

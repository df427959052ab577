package io.coldframe.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// The sum at the end of a state file: CRC-64/Redis, also called "Jones". Polynomial
/// `0xad93d23594c935a9`, reflected in and out, initial value 0, nothing added at the end.
///
/// Two things follow from the initial value, and a magic number and a length have to make up for
/// both: zeros sum to zero, so a file of zeros seems sound; and the sum over bytes and their sum is
/// 0, so zeros may be put in front of a file or behind it.
public final class Crc64 {

    /// How many bytes a sum has, little-endian.
    public static final int BYTE_COUNT = Long.BYTES;

    private static final long POLYNOMIAL_REFLECTED = Long.reverse(0xad93_d235_94c9_35a9L);
    private static final int SLICE_COUNT = Long.BYTES;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // TABLE[256 * s + b]: what byte b comes to when s more bytes follow it.
    private static final long[] TABLE = table();

    private Crc64() {}

    private static long[] table() {
        long[] table = new long[SLICE_COUNT * 256];
        for (int value = 0; value < 256; value++) {
            long sum = value;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                sum = (sum >>> 1) ^ ((sum & 1) == 0 ? 0 : POLYNOMIAL_REFLECTED);
            }
            table[value] = sum;
        }
        for (int at = 256; at < table.length; at++) {
            long before = table[at - 256];
            table[at] = (before >>> Byte.SIZE) ^ table[(int) (before & 0xFF)];
        }
        return table;
    }

    /// {@return the sum of all of `bytes`}
    ///
    /// @param bytes the bytes
    public static long of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /// {@return the sum of some of `bytes`}
    ///
    /// @param bytes what holds them
    /// @param from the first of them
    /// @param end the one after the last
    public static long of(byte[] bytes, int from, int end) {
        Objects.checkFromToIndex(from, end, bytes.length);
        long sum = 0;
        int at = from;
        // Eight bytes a step, each through the table of its distance from the end of the step.
        for (; at <= end - SLICE_COUNT; at += SLICE_COUNT) {
            long mixed = sum ^ (long) LONG.get(bytes, at);
            sum =
                    TABLE[7 * 256 + (int) (mixed & 0xFF)]
                            ^ TABLE[6 * 256 + (int) (mixed >>> 8 & 0xFF)]
                            ^ TABLE[5 * 256 + (int) (mixed >>> 16 & 0xFF)]
                            ^ TABLE[4 * 256 + (int) (mixed >>> 24 & 0xFF)]
                            ^ TABLE[3 * 256 + (int) (mixed >>> 32 & 0xFF)]
                            ^ TABLE[2 * 256 + (int) (mixed >>> 40 & 0xFF)]
                            ^ TABLE[256 + (int) (mixed >>> 48 & 0xFF)]
                            ^ TABLE[(int) (mixed >>> 56)];
        }
        for (; at < end; at++) {
            sum = (sum >>> Byte.SIZE) ^ TABLE[(int) ((sum ^ bytes[at]) & 0xFF)];
        }
        return sum;
    }
}

package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

final class Crc64Test {

    /// The definition, bit by bit: polynomial division of the message, low bits first.
    private static long bitByBit(byte[] bytes, int from, int end) {
        long remainder = 0;
        for (int at = from; at < end; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                long out = (remainder ^ bytes[at] >>> bit) & 1;
                remainder >>>= 1;
                if (out != 0) {
                    remainder ^= Long.reverse(0xad93_d235_94c9_35a9L);
                }
            }
        }
        return remainder;
    }

    @Test
    void theCheckValueIsThatOfTheCatalogue() {
        byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertEquals(0xe9c6_d914_c4b8_d9caL, Crc64.of(check));
    }

    @Test
    void sixteenBytesOfOneValueSumToWhatOthersFound() {
        byte[] same = new byte[16];
        Arrays.fill(same, (byte) 0x7B);
        assertEquals(0x29D5_3572_1632_6566L, Crc64.of(same));
    }

    @Test
    void zerosSumToZero() {
        for (int byteCount = 0; byteCount < 100; byteCount++) {
            assertEquals(0, Crc64.of(new byte[byteCount]), byteCount + " zeros");
        }
    }

    @Test
    void everyPartOfSomeBytesSumsAsTheDefinitionSays() {
        byte[] bytes = new byte[80];
        new SplittableRandom(1).nextBytes(bytes);
        for (int from = 0; from <= bytes.length; from++) {
            for (int end = from; end <= bytes.length; end++) {
                long expected = bitByBit(bytes, from, end);
                assertEquals(expected, Crc64.of(bytes, from, end), from + " to " + end);
            }
        }
    }

    @Test
    void bytesAndTheirSumSumToZero() {
        byte[] bytes = new byte[100];
        new SplittableRandom(2).nextBytes(bytes);
        for (int end = 0; end <= bytes.length - Crc64.BYTE_COUNT; end++) {
            byte[] sealed = Arrays.copyOf(bytes, end + Crc64.BYTE_COUNT);
            ByteBuffer.wrap(sealed)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(end, Crc64.of(bytes, 0, end));
            assertEquals(0, Crc64.of(sealed), end + " bytes");
        }
    }

    @Test
    void aPartThatIsNotThereIsRefused() {
        byte[] bytes = new byte[8];
        assertThrows(IndexOutOfBoundsException.class, () -> Crc64.of(bytes, 0, 9));
        assertThrows(IndexOutOfBoundsException.class, () -> Crc64.of(bytes, -1, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> Crc64.of(bytes, 5, 4));
    }
}

package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;

/// A scan that skips a byte loses a guest write, so every byte of a page has its turn.
final class PageScanTest {

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final int PAGE_BYTES = PageSize.KIB_4.bytes();

    @Test
    void everySingleByteKeepsAPageFromBeingZero() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(PAGE_BYTES);
            assertTrue(PageScan.isZero(memory, 0, PAGE_BYTES));
            for (int at = 0; at < PAGE_BYTES; at++) {
                memory.set(BYTE, at, (byte) 0x80);
                assertFalse(PageScan.isZero(memory, 0, PAGE_BYTES), "byte " + at);
                memory.set(BYTE, at, (byte) 0);
            }
        }
    }

    @Test
    void everyBitOfEveryByteMakesTwoPagesDiffer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(PAGE_BYTES).fill((byte) 0xA5);
            MemorySegment other = arena.allocate(PAGE_BYTES).fill((byte) 0xA5);
            assertTrue(PageScan.equal(memory, 0, other, 0, PAGE_BYTES));
            for (int bit = 0; bit < PAGE_BYTES * 8; bit++) {
                byte flipped = (byte) (0xA5 ^ 1 << bit % 8);
                memory.set(BYTE, bit / 8, flipped);
                assertFalse(PageScan.equal(memory, 0, other, 0, PAGE_BYTES), "bit " + bit);
                assertFalse(PageScan.equal(other, 0, memory, 0, PAGE_BYTES), "bit " + bit);
                memory.set(BYTE, bit / 8, (byte) 0xA5);
            }
        }
    }

    /// Each length up to three strides at each alignment of a word, with the byte before and the
    /// byte behind set, and each byte inside set in turn.
    @Test
    void nothingOutsideTheRangeIsReadAndNothingInsideIsSkipped() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(256, 64);
            MemorySegment other = arena.allocate(256, 64);
            for (int offset = 1; offset <= 9; offset++) {
                for (int length = 0; length <= 100; length++) {
                    checkRange(memory, other, offset, length);
                }
            }
        }
    }

    private static void checkRange(
            MemorySegment memory, MemorySegment other, int offset, int length) {
        memory.fill((byte) 0).set(BYTE, offset - 1, (byte) 1);
        memory.set(BYTE, offset + length, (byte) 1);
        other.fill((byte) 0);
        assertTrue(PageScan.isZero(memory, offset, length));
        assertTrue(PageScan.equal(memory, offset, other, 16, length));
        for (int at = offset; at < offset + length; at++) {
            memory.set(BYTE, at, (byte) 1);
            assertFalse(PageScan.isZero(memory, offset, length));
            assertFalse(PageScan.equal(memory, offset, other, 16, length));
            memory.set(BYTE, at, (byte) 0);
        }
    }

    @Test
    void theSumIsThatOfTheJdkOverEveryLengthAndAlignment() {
        long seed = new Random().nextLong();
        byte[] bytes = new byte[12_000];
        new Random(seed).nextBytes(bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, memory, BYTE, 0, bytes.length);
            for (int length = 0; length < bytes.length - 8; length += length < 300 ? 1 : 331) {
                int offset = length % 8;
                CRC32C expected = new CRC32C();
                expected.update(bytes, offset, length);
                assertEquals(
                        (int) expected.getValue(),
                        PageScan.crc32c(memory, offset, length),
                        "seed " + seed + " length " + length);
            }
        }
    }

    /// The check value that every catalogue of CRCs has for this one.
    @Test
    void theSumIsCastagnolis() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment digits = arena.allocateFrom("123456789", StandardCharsets.US_ASCII);
            assertEquals(0xE3069283, PageScan.crc32c(digits, 0, 9));
        }
    }

    @Test
    void aRangeOutsideTheMemoryIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(100);
            MemorySegment longer = arena.allocate(200);
            assertThrows(IndexOutOfBoundsException.class, () -> PageScan.isZero(memory, 1, 100));
            assertThrows(IndexOutOfBoundsException.class, () -> PageScan.isZero(memory, -1, 10));
            assertThrows(IndexOutOfBoundsException.class, () -> PageScan.isZero(memory, 0, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> PageScan.crc32c(memory, 0, 101));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> PageScan.equal(longer, 0, memory, 0, 101));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> PageScan.equal(memory, 0, longer, 0, 101));
        }
    }
}

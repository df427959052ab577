package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;

/// Judged by [BigInteger], which does not overflow.
final class PageSizeTest {

    private static final int SHIFT_MIN = 9;
    private static final int SHIFT_MAX = 30;

    @Test
    void everyPowerOfTwoFrom512BytesToOneGibibyteIsAPageSize() {
        for (int shift = 0; shift < Integer.SIZE; shift++) {
            int tried = shift;
            if (shift < SHIFT_MIN || shift > SHIFT_MAX) {
                assertThrows(IllegalArgumentException.class, () -> new PageSize(tried));
            } else {
                assertEquals(1 << shift, new PageSize(shift).bytes());
                assertEquals(new PageSize(shift), PageSize.ofBytes(1L << shift));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new PageSize(-1));
    }

    @Test
    void onlyAPowerOfTwoIsAPageSize() {
        for (long bytes : new long[] {0, 1, 4095, 4097, 12288, -4096, Long.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> PageSize.ofBytes(bytes));
        }
    }

    @Test
    void bytesAreExactOrRefused() {
        for (int shift = SHIFT_MIN; shift <= SHIFT_MAX; shift++) {
            PageSize size = new PageSize(shift);
            long most = Long.MAX_VALUE >> shift;
            for (long pages : new long[] {0, 1, 2, most - 1, most}) {
                BigInteger exact = BigInteger.valueOf(pages).shiftLeft(shift);
                assertEquals(exact.longValueExact(), size.bytes(pages));
            }
            for (long pages : new long[] {-1, most + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(IllegalArgumentException.class, () -> size.bytes(pages));
            }
        }
    }

    @Test
    void aPartialPageCountsAsOne() {
        for (int shift = SHIFT_MIN; shift <= SHIFT_MAX; shift++) {
            PageSize size = new PageSize(shift);
            long bytes = size.bytes();
            assertEquals(0, size.pageCount(0));
            for (long whole : new long[] {1, 2, 63, 64, Long.MAX_VALUE >> shift}) {
                assertEquals(whole, size.pageCount(whole * bytes));
                assertEquals(whole, size.pageCount(whole * bytes - 1));
                assertEquals(whole, size.pageCount((whole - 1) * bytes + 1));
            }
            assertEquals((Long.MAX_VALUE >> shift) + 1, size.pageCount(Long.MAX_VALUE));
            assertThrows(IllegalArgumentException.class, () -> size.pageCount(-1));
        }
    }

    @Test
    void aPageHoldsItsFirstByteAndItsLast() {
        for (int shift = SHIFT_MIN; shift <= SHIFT_MAX; shift++) {
            PageSize size = new PageSize(shift);
            for (long page : new long[] {0, 1, 2, 1000, Long.MAX_VALUE >> shift}) {
                assertEquals(page, size.page(size.bytes(page)));
                assertEquals(page, size.page(size.bytes(page) + size.bytes() - 1));
                assertTrue(size.isAligned(size.bytes(page)));
                assertFalse(size.isAligned(size.bytes(page) + 1));
                assertFalse(size.isAligned(size.bytes(page) + size.bytes() - 1));
            }
        }
    }

    @Test
    void aPageIsMadeOfWholeFinerOnes() {
        for (int coarse = SHIFT_MIN; coarse <= SHIFT_MAX; coarse++) {
            for (int fine = SHIFT_MIN; fine <= SHIFT_MAX; fine++) {
                PageSize larger = new PageSize(coarse);
                PageSize smaller = new PageSize(fine);
                assertEquals(coarse >= fine, larger.isMultipleOf(smaller));
                if (coarse >= fine) {
                    assertEquals(larger.bytes() / smaller.bytes(), larger.pagesOf(smaller));
                } else {
                    assertThrows(IllegalArgumentException.class, () -> larger.pagesOf(smaller));
                }
            }
        }
    }

    @Test
    void aPageSizeIsNamedInTheUnitThatFits() {
        assertEquals("512 bytes", new PageSize(9).toString());
        assertEquals("1 KiB", new PageSize(10).toString());
        assertEquals("4 KiB", PageSize.KIB_4.toString());
        assertEquals("16 KiB", PageSize.KIB_16.toString());
        assertEquals("64 KiB", PageSize.KIB_64.toString());
        assertEquals("512 KiB", new PageSize(19).toString());
        assertEquals("1 MiB", new PageSize(20).toString());
        assertEquals("2 MiB", PageSize.MIB_2.toString());
        assertEquals("1 GiB", new PageSize(30).toString());
    }
}

package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PageRangeTest {

    @Test
    void aRangeEndsAtTheLargestNumberAtTheLatest() {
        assertEquals(Long.MAX_VALUE, new PageRange(0, Long.MAX_VALUE).endPage());
        assertEquals(Long.MAX_VALUE, new PageRange(Long.MAX_VALUE - 1, 1).endPage());
        assertThrows(IllegalArgumentException.class, () -> new PageRange(Long.MAX_VALUE, 1));
        assertThrows(IllegalArgumentException.class, () -> new PageRange(1, Long.MAX_VALUE));
    }

    @Test
    void anEmptyOrNegativeRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PageRange(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new PageRange(0, -1));
        assertThrows(IllegalArgumentException.class, () -> new PageRange(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> new PageRange(-1, Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> PageRange.between(5, 5));
        assertThrows(IllegalArgumentException.class, () -> PageRange.between(6, 5));
        assertThrows(IllegalArgumentException.class, () -> PageRange.between(-1, 5));
        // The difference of these two wraps to a positive number.
        assertThrows(
                IllegalArgumentException.class,
                () -> PageRange.between(Long.MIN_VALUE, Long.MAX_VALUE));
        assertThrows(
                IllegalArgumentException.class,
                () -> PageRange.between(Long.MAX_VALUE, Long.MIN_VALUE));
    }

    @Test
    void rangesRelateAsTheirPagesDo() {
        int pages = 7;
        for (int a = 0; a < pages; a++) {
            for (int b = a + 1; b <= pages; b++) {
                PageRange one = PageRange.between(a, b);
                for (int page = 0; page < pages; page++) {
                    assertEquals(page >= a && page < b, one.contains(page));
                }
                for (int c = 0; c < pages; c++) {
                    for (int d = c + 1; d <= pages; d++) {
                        relate(one, PageRange.between(c, d));
                    }
                }
            }
        }
    }

    private static void relate(PageRange one, PageRange other) {
        boolean all = true;
        boolean any = false;
        for (long page = other.firstPage(); page < other.endPage(); page++) {
            all &= one.contains(page);
            any |= one.contains(page);
        }
        assertEquals(all, one.contains(other), one + " contains " + other);
        assertEquals(any, one.overlaps(other), one + " overlaps " + other);
    }

    @Test
    void theLargestRangeContainsEveryPageButTheLargestNumber() {
        PageRange all = new PageRange(0, Long.MAX_VALUE);
        assertTrue(all.contains(Long.MAX_VALUE - 1));
        assertFalse(all.contains(Long.MAX_VALUE));
        assertFalse(all.contains(-1));
        assertFalse(all.contains(Long.MIN_VALUE));
        assertTrue(all.contains(new PageRange(Long.MAX_VALUE - 1, 1)));
    }

    @Test
    void aRangeIsWrittenAsAnInterval() {
        assertEquals("[3, 7)", new PageRange(3, 4).toString());
    }
}

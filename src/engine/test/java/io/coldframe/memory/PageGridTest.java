package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PageGridTest {

    private static final PageSize PAGE = new PageSize(9);

    @Test
    void anEmptyRangeAndOneThatOverflowsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PageGrid(0, 0, PAGE));
        assertThrows(IllegalArgumentException.class, () -> new PageGrid(0, -1, PAGE));
        assertThrows(IllegalArgumentException.class, () -> new PageGrid(-1, 512, PAGE));
        assertThrows(IllegalArgumentException.class, () -> new PageGrid(Long.MAX_VALUE, 1, PAGE));
        assertEquals(Long.MAX_VALUE, new PageGrid(Long.MAX_VALUE - 1, 1, PAGE).endAddress());
        assertEquals(Long.MAX_VALUE, new PageGrid(0, Long.MAX_VALUE, PAGE).endAddress());
    }

    @Test
    void everyAddressIsInThePageThatCoversIt() {
        for (long start : new long[] {0, 512, 1000, 0x8000_0000L}) {
            for (long bytes : new long[] {1, 511, 512, 513, 1024, 1500}) {
                PageGrid grid = new PageGrid(start, bytes, PAGE);
                assertEquals((bytes + 511) / 512, grid.pageCount());
                assertFalse(grid.contains(start - 1));
                assertFalse(grid.contains(start + bytes));
                long counted = 0;
                for (long page = 0; page < grid.pageCount(); page++) {
                    PageRange one = new PageRange(page, 1);
                    for (long i = 0; i < grid.byteCount(one); i++) {
                        assertTrue(grid.contains(grid.address(page) + i));
                        assertEquals(page, grid.page(grid.address(page) + i));
                        counted++;
                    }
                }
                assertEquals(bytes, counted);
                assertEquals(bytes, grid.byteCount(new PageRange(0, grid.pageCount())));
            }
        }
    }

    @Test
    void anAddressFarOutsideIsOutside() {
        PageGrid grid = new PageGrid(1L << 62, 1 << 20, PAGE);
        assertFalse(grid.contains(Long.MIN_VALUE));
        assertFalse(grid.contains(Long.MAX_VALUE));
        assertFalse(grid.contains(-1));
        assertFalse(grid.contains(0));
    }

    @Test
    void theSameAddressesInOtherPagesAreTheSameRange() {
        PageGrid grid = new PageGrid(4096, 1 << 20, PAGE);
        assertTrue(grid.sameRange(grid.in(PageSize.MIB_2)));
        assertEquals(1, grid.in(PageSize.MIB_2).pageCount());
        assertFalse(grid.sameRange(new PageGrid(4096, (1 << 20) + 1, PAGE)));
        assertFalse(grid.sameRange(new PageGrid(4097, 1 << 20, PAGE)));
        assertEquals("[0x1000, 0x101000) in 512 bytes pages", grid.toString());
    }
}

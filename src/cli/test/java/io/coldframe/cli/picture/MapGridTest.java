package io.coldframe.cli.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;

final class MapGridTest {

    private static final PageSize PAGE = PageSize.KIB_4;

    @Test
    void aCellIsAPageWhileThereIsRoom() {
        MapGrid grid = MapGrid.ofArea(PAGE.bytes(1 << 20), PAGE, 1 << 20);
        assertEquals(new MapGrid(PAGE.bytes(1 << 20), PAGE.bytes(), 1024), grid);
        assertEquals(1024, grid.rowCount());
        MapGrid next = MapGrid.ofArea(PAGE.bytes((1 << 20) + 1), PAGE, 1 << 20);
        assertEquals(2L * PAGE.bytes(), next.cellBytes());
    }

    @Test
    void thePictureIsASquareOrTwo() {
        for (long pageCount = 1; pageCount < 5_000; pageCount++) {
            MapGrid grid = MapGrid.ofArea(PAGE.bytes(pageCount), PAGE, 1 << 20);
            assertEquals(pageCount, grid.cellCount());
            assertTrue(grid.rowCount() <= grid.columnCount(), grid.toString());
            assertTrue(grid.rowCount() * 4 >= grid.columnCount(), grid.toString());
            assertTrue((long) grid.rowCount() * grid.columnCount() >= pageCount, grid.toString());
        }
    }

    @Test
    void theCellsNeverExceedTheirLimit() {
        for (long byteCount = 1; byteCount > 0; byteCount = byteCount * 3 + 1) {
            MapGrid grid = MapGrid.ofWidth(byteCount, PAGE, 64, 32);
            assertTrue(grid.rowCount() >= 1 && grid.rowCount() <= 32, grid.toString());
            assertTrue(grid.cellBytes() * grid.cellCount() >= byteCount, grid.toString());
            assertTrue(grid.cellBytes() * (grid.cellCount() - 1) < byteCount, grid.toString());
        }
    }

    @Test
    void offsetsHaveOneWidth() {
        MapGrid grid = MapGrid.ofWidth(PAGE.bytes(256), PAGE, 64, 32);
        assertEquals("0x00000", grid.offsetText(0));
        assertEquals("0xc0000", grid.offsetText(3));
        assertEquals("0x0", MapGrid.ofWidth(1, PAGE, 64, 32).offsetText(0));
    }
}

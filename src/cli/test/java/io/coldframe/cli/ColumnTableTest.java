package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ColumnTableTest {

    @Test
    void everyColumnIsAsWideAsItsWidestCell() {
        ColumnTable table = new ColumnTable("NAME", "SIZE", "WHY").alignRight("SIZE");
        table.row("a", "1", "so");
        table.row("longer", "12345", "");
        assertEquals(
                """
                NAME     SIZE  WHY
                a           1  so
                longer  12345
                """,
                table.text());
    }

    @Test
    void whatWouldBreakALineDoesNot() {
        ColumnTable table = new ColumnTable("NAME");
        assertTrue(table.isEmpty());
        table.row("a\nb");
        assertFalse(table.isEmpty());
        assertEquals("NAME\na\\u000ab\n", table.text());
    }
}

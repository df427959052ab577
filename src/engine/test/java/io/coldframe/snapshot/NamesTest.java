package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

final class NamesTest {

    private static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";

    @Test
    void aNameIsAFileNameEverywhere() {
        for (String name : List.of("a", "7", "base", "vm-1.2_x", "x".repeat(128), "deadbeef")) {
            assertTrue(Names.isName(name), name);
            assertEquals(name, Names.requireName(name));
        }
    }

    @Test
    void whatIsNoNameIsRefusedWithItsText() {
        List<String> others =
                List.of(
                        "",
                        ".",
                        "..",
                        ".hidden",
                        "-rf",
                        "_x",
                        "a/b",
                        "../a",
                        "a b",
                        "a\n",
                        "ä",
                        "a\0",
                        "a:b",
                        "x".repeat(129),
                        ID);
        for (String text : others) {
            assertFalse(Names.isName(text), text);
            var failure =
                    assertThrows(
                            IllegalArgumentException.class, () -> Names.requireName(text), text);
            assertTrue(failure.toString().contains(text), failure.toString());
        }
    }

    /// No two things answer to one reference.
    @Test
    void anIdIsNoNameInAnyCase() {
        assertTrue(Names.isId(ID));
        assertFalse(Names.isName(ID.toUpperCase(java.util.Locale.ROOT)));
        assertTrue(Names.isName(ID.substring(1)));
    }

    @Test
    void aPrefixOfEightDigitsMayMeanAnId() {
        UUID id = UUID.fromString(ID);
        assertTrue(Names.isPrefixOf(ID, id));
        assertTrue(Names.isPrefixOf("01890a5d", id));
        assertTrue(Names.isPrefixOf("01890A5D-AC96", id));
        assertFalse(Names.isPrefixOf("01890a5", id));
        assertFalse(Names.isPrefixOf("01890a5e", id));
    }

    @Test
    void anIdIsOfVersionSevenAndSortsByTime() {
        UUID id = Ids.of(0x0189_0a5d_ac96L, -1, -1);
        assertEquals(7, id.version());
        assertEquals(2, id.variant());
        assertEquals("01890a5d-ac96-7fff-bfff-ffffffffffff", id.toString());
        assertEquals(
                "01890a5d-ac96-7000-8000-000000000000", Ids.of(0x0189_0a5d_ac96L, 0, 0).toString());
        UUID earlier = Ids.next(Instant.ofEpochMilli(1_700_000_000_000L));
        UUID later = Ids.next(Instant.ofEpochMilli(1_700_000_000_001L));
        assertTrue(earlier.toString().compareTo(later.toString()) < 0);
    }

    @Test
    void idsOfOneInstantAreNotEqual() {
        Set<UUID> ids = new TreeSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(Ids.next(Instant.EPOCH));
        }
        assertEquals(10_000, ids.size());
    }
}

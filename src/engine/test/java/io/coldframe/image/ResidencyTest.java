package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.HostPages;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

final class ResidencyTest {
    // What the largest page of a host has, so that each page here is one or several.
    private static final int PAGE = 64 << 10;
    private static final int FIRST_PAGES = 700;
    private static final int PAGES = 1500;

    @Test
    void aPageIsThereWhenItWasTouched() throws Exception {
        GuestLayout layout =
                GuestLayout.of((long) FIRST_PAGES * PAGE)
                        .then(1L << 32, (long) (PAGES - FIRST_PAGES) * PAGE);
        try (GuestMemory memory = GuestMemory.anonymous(layout, HostPages.Advice.SMALL);
                Arena arena = Arena.ofConfined()) {
            for (int page = 0; page < PAGES; page += 3) {
                for (int at = 0; at < PAGE; at += 4096) {
                    memory.slice((long) page * PAGE + at, 4096)
                            .set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
                }
            }
            Residency residency = new Residency(memory, arena);
            for (int page = 0; page < PAGES; page++) {
                assertEquals(page % 3 == 0, residency.isThere((long) page * PAGE, PAGE), "" + page);
            }
            // Backwards, too.
            for (int page = PAGES - 1; page >= 0; page--) {
                assertEquals(page % 3 == 0, residency.isThere((long) page * PAGE, 4096), "" + page);
            }
            assertFalse(residency.isThere(0, 2 * PAGE));
            memory.ensurePresent(0, 4L * PAGE);
            assertTrue(new Residency(memory, arena).isThere(0, 4L * PAGE));
        }
    }

    @Test
    void aFileIsNotTrusted() throws Exception {
        try (GuestMemory memory = GuestMemory.memfd("residency", GuestLayout.of(1 << 20));
                Arena arena = Arena.ofConfined()) {
            memory.segment(0).fill((byte) 1);
            assertFalse(new Residency(memory, arena).isThere(0, 4096));
        }
    }
}

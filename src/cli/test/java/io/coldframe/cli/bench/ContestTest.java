package io.coldframe.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

final class ContestTest {

    private final List<String> log = new ArrayList<>();

    private Way way(String name) {
        return new Way() {
            @Override
            public void prepare() {
                log.add(name + "+");
            }

            @Override
            public void run() {
                log.add(name);
            }

            @Override
            public void clear() {
                log.add(name + "-");
            }
        };
    }

    @Test
    void figureAndFloorTakeTurnsAtBeingFirst() throws IOException {
        Contest.Medians medians = new Contest(way("a"), way("b")).run(1, 2, () -> true);
        assertEquals("b+ b b- a+ a a- a+ a a- b+ b b- b+ b b- a+ a a-", String.join(" ", log));
        assertTrue(medians.figureNs() > 0 && medians.floorNs() > 0, medians.toString());
        assertEquals(Contest.runs(1, 2), log.size() / 3);
    }

    @Test
    void itStopsWhenItIsToldTo() {
        Contest contest = new Contest(way("a"), way("b"));
        assertThrows(CancellationException.class, () -> contest.run(1, 5, () -> false));
        assertEquals(List.of("b+", "b", "b-"), log);
    }

    @Test
    void aMedianIsTheMiddle() {
        assertEquals(3, Contest.median(9, 1, 3));
        assertEquals(2.5, Contest.median(9, 1, 3, 2));
        assertEquals(7, Contest.median(7));
    }
}

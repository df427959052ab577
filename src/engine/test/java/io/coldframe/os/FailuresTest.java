package io.coldframe.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class FailuresTest {

    @Test
    void everythingIsClosedInOrderAndTheFirstCauseStays() {
        List<String> closed = new ArrayList<>();
        IllegalStateException first = new IllegalStateException("closing failed");
        Error second = new AssertionError("so did this");
        IllegalArgumentException cause = new IllegalArgumentException("the cause");

        Failures.closeAfter(
                cause,
                () -> {
                    closed.add("a");
                    throw first;
                },
                () -> {
                    closed.add("b");
                    throw second;
                },
                () -> closed.add("c"));

        assertEquals(List.of("a", "b", "c"), closed);
        assertArrayEquals(new Throwable[] {first, second}, cause.getSuppressed());
    }
}

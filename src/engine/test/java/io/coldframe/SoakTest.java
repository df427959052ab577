package io.coldframe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SoakTest {

    @Test
    void theLongFormRunsInASoakAndOnlyThere() {
        boolean asked = "true".equals(System.getProperty("coldframe.soak"));
        assertEquals(asked, Soak.isOn());
        assertEquals(asked ? 1000 : 10, Soak.count(10, 1000));
        assertEquals(asked ? 1L << 40 : 1L << 20, Soak.size(1L << 20, 1L << 40));
    }
}

package io.coldframe.cli.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.inspect.AddressMap.Kind;

import org.junit.jupiter.api.Test;

final class PaletteTest {

    // Channels are whole numbers.
    private static final double ROUNDING = 1;

    /// As the eye weighs the channels (ITU-R BT.601).
    private static double brightness(int colour) {
        return 0.299 * (colour >> 16 & 0xff)
                + 0.587 * (colour >> 8 & 0xff)
                + 0.114 * (colour & 0xff);
    }

    @Test
    void theOlderTheDarkerAndZeroIsDarkest() {
        for (int ageMax : new int[] {1, 2, 3, 10, 1000}) {
            Palette palette = new Palette(ageMax);
            double last = brightness(palette.colour(Kind.OWN, 0));
            for (int age = 1; age <= ageMax; age++) {
                double next = brightness(palette.colour(Kind.INHERITED, age));
                assertTrue(next <= last + ROUNDING, "age " + age + " of " + ageMax);
                last = next;
            }
            assertTrue(brightness(palette.colour(Kind.ZERO, 3)) < last);
        }
    }

    @Test
    void theOldestHasTheSameColourInEveryMap() {
        int oldest = new Palette(1).colour(Kind.INHERITED, 1);
        for (int ageMax = 2; ageMax < 100; ageMax++) {
            assertEquals(oldest, new Palette(ageMax).colour(Kind.INHERITED, ageMax));
            assertEquals(oldest, new Palette(ageMax).colour(Kind.INHERITED, ageMax + 1));
        }
    }
}

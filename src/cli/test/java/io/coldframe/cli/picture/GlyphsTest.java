package io.coldframe.cli.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

final class GlyphsTest {

    private static String dots(char letter) {
        StringBuilder out = new StringBuilder();
        for (int row = 0; row < Glyphs.HEIGHT; row++) {
            for (int column = 0; column < Glyphs.WIDTH; column++) {
                out.append(Glyphs.isSet(letter, column, row) ? '#' : '.');
            }
            out.append('\n');
        }
        return out.toString();
    }

    @Test
    void noTwoLettersLookAlike() {
        Map<String, Character> seen = new HashMap<>();
        for (char letter = ' '; letter <= '~'; letter++) {
            Character other = seen.put(dots(letter), letter);
            assertTrue(other == null, letter + " looks like " + other);
        }
    }

    @Test
    void aSpaceIsEmptyAndNothingElseIs() {
        assertTrue(dots(' ').indexOf('#') < 0);
        for (char letter = '!'; letter <= '~'; letter++) {
            assertTrue(dots(letter).indexOf('#') >= 0, "no dots: " + letter);
        }
    }

    @Test
    void whatIsNotAsciiIsAQuestionMark() {
        for (char letter : new char[] {0, '\n', 0x7f, 'ä', '▀'}) {
            assertEquals(dots('?'), dots(letter));
        }
    }

    @Test
    void aLetterLooksAsItIsDrawn() {
        assertEquals(
                """
                .###.
                #...#
                #...#
                #####
                #...#
                #...#
                #...#
                """,
                dots('A'));
    }
}

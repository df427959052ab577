package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

final class JsonTest {

    private static final long SEED = 20260101;
    private static final int DOCUMENT_COUNT = 2_000;

    /// Half surrogate pairs are there too: a file name may hold one.
    @Test
    void everyCharacterComesBackAndOnlyAsciiIsWritten() {
        for (int unit = 0; unit <= Character.MAX_VALUE; unit++) {
            String text = "a" + (char) unit + "b";
            String json = Json.write(text);
            assertEquals(text, StrictJson.parse(json));
            assertTrue(json.chars().allMatch(written -> written >= ' ' && written <= '~'), json);
        }
    }

    @Test
    void anyDocumentComesBack() {
        Random random = new Random(SEED);
        for (int document = 0; document < DOCUMENT_COUNT; document++) {
            Object value = value(random, 4);
            String json = Json.write(value);
            assertEquals(value, StrictJson.parse(json), "seed " + SEED);
        }
    }

    @Test
    void theOrderOfTheMembersStays() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("z", 1L);
        members.put("a", List.of(true, Map.of()));
        members.put("m", List.of());
        String expected =
                """
                {
                  "z": 1,
                  "a": [
                    true,
                    {}
                  ],
                  "m": []
                }\
                """;
        assertEquals(expected, Json.write(members));
    }

    @Test
    void aDecimalKeepsItsDigitsAndWhatIsEmptyIsNull() {
        List<Object> value =
                List.of(new BigDecimal("1.050"), new BigDecimal("0.001"), Optional.empty());
        assertEquals(value, StrictJson.parse(Json.write(value)));
        assertEquals("1000000000000.0", Json.write(new BigDecimal("1.0000000000000E12")));
        assertEquals("3", Json.write(Optional.of(3)));
    }

    @Test
    void whatIsNoJsonIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Json.write(1.5));
        assertThrows(IllegalArgumentException.class, () -> Json.write(List.of('c')));
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextBoolean();
            case 2 -> text(random);
            case 3 -> {
                List<Object> elements = new ArrayList<>();
                for (int left = random.nextInt(4); left > 0; left--) {
                    elements.add(value(random, depth - 1));
                }
                yield elements;
            }
            default -> {
                Map<String, Object> members = new LinkedHashMap<>();
                for (int left = random.nextInt(4); left > 0; left--) {
                    members.put(text(random), value(random, depth - 1));
                }
                yield members;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(8); left > 0; left--) {
            text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65536));
        }
        return text.toString();
    }
}

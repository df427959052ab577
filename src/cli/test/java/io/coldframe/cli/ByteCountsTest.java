package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteCountsTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "4096,4096",
        "1k,1024",
        "512m,536870912",
        "512M,536870912",
        "1g,1073741824",
        "1 GiB,1073741824",
        "3gib,3221225472",
        "2t,2199023255552",
    })
    void aUnitIsAPowerOf1024(String text, long byteCount) {
        assertEquals(byteCount, ByteCounts.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "g",
                "-1",
                "1.5g",
                "1gb",
                "1 GB",
                "1e9",
                "0x10",
                "1g ",
                "1  g",
                "1gi",
                "9999999999999999999",
                "9007199254740993k",
                "999999999t",
            })
    void anythingElseIsRefusedByName(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> ByteCounts.parse(text));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("'" + text + "' "), message);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 bytes",
        "1,1 byte",
        "1023,1023 bytes",
        "1024,1 KiB",
        "1025,1.0 KiB",
        "1536,1.5 KiB",
        "536870912,512 MiB",
        "1073741823,1.0 GiB",
        "1073741824,1 GiB",
        "9223372036854775807,8388608.0 TiB",
    })
    void aTextHasTheLargestUnitThatFits(long byteCount, String text) {
        assertEquals(text, ByteCounts.text(byteCount));
    }

    @Test
    void whatIsPrintedWholeIsReadBack() {
        for (int shift = 10; shift < 50; shift++) {
            long byteCount = 1L << shift;
            assertEquals(byteCount, ByteCounts.parse(ByteCounts.text(byteCount)));
        }
    }

    @Test
    void aRateNeedsTime() {
        assertEquals("1.5 GiB/s", ByteCounts.rate(3L << 30, 2_000_000_000L));
        assertEquals("?", ByteCounts.rate(1, 0));
    }
}

package io.coldframe.cli.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

final class ConvertersTest {

    private final Offsets.Converter offsets = new Offsets.Converter();
    private final Ages.Converter ages = new Ages.Converter();

    @Test
    void anOffsetIsHexadecimalOrASize() {
        assertEquals(0x3ff000L, offsets.convert("0x3ff000"));
        assertEquals(0x3ff000L, offsets.convert("0X3FF000"));
        assertEquals(4096L, offsets.convert("4096"));
        assertEquals(16L << 20, offsets.convert("16m"));
        for (String wrong : new String[] {"", "0x", "x10", "-1", "0x10000000000000000", "ff"}) {
            assertThrows(TypeConversionException.class, () -> offsets.convert(wrong));
        }
    }

    @Test
    void offsetsAreAsWideAsTheLast() {
        assertEquals("0x0000", Offsets.of(0x1000).text(0));
        assertEquals("0x1000", Offsets.of(0x1000).text(0x1000));
    }

    @Test
    void anAgeIsANumberOfOneUnit() {
        assertEquals(Duration.ofMinutes(90), ages.convert("90m"));
        assertEquals(Duration.ofHours(12), ages.convert("12h"));
        assertEquals(Duration.ofDays(30), ages.convert("30d"));
        assertEquals(Duration.ofDays(56), ages.convert("8w"));
        assertEquals(Duration.ofSeconds(1), ages.convert("1s"));
        for (String wrong : new String[] {"", "30", "d", "1y", "-1d", "1 d", "12345678d"}) {
            assertThrows(TypeConversionException.class, () -> ages.convert(wrong));
        }
    }
}

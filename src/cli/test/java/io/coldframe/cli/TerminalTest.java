package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Map;

final class TerminalTest {

    @Test
    void aFileOrAPipeGetsPlainText() {
        assertEquals(Terminal.PLAIN, Terminal.of(false, Map.of("TERM", "xterm"), true));
        assertEquals(Terminal.PLAIN, Terminal.of(false, Map.of("COLORTERM", "truecolor"), true));
    }

    @Test
    void aTerminalGetsSymbolsIfItsCharactersHaveThem() {
        assertEquals(new Terminal(true, true, false), Terminal.of(true, Map.of(), true));
        assertEquals(new Terminal(false, true, false), Terminal.of(true, Map.of(), false));
    }

    @Test
    void theEnvironmentCanRefuse() {
        assertEquals(Terminal.PLAIN, Terminal.of(true, Map.of("NO_COLOR", "1"), true));
        assertEquals(Terminal.PLAIN, Terminal.of(true, Map.of("TERM", "dumb"), true));
    }

    /// As https://no-color.org has it.
    @Test
    void anEmptyRefusalIsNone() {
        assertEquals(
                new Terminal(true, true, false), Terminal.of(true, Map.of("NO_COLOR", ""), true));
    }

    @Test
    void aTerminalThatClaimsAllColoursGetsThem() {
        for (String claim : new String[] {"truecolor", "24bit"}) {
            Terminal terminal = Terminal.of(true, Map.of("COLORTERM", claim), true);
            assertEquals(new Terminal(true, true, true), terminal);
            assertEquals("\u001b[38;2;1;2;255m", terminal.foreground(0x0102ff));
            assertEquals("\u001b[48;2;1;2;255m", terminal.background(0x0102ff));
        }
    }

    @Test
    void anyOtherGetsTheNearestOf256() {
        Terminal terminal = Terminal.of(true, Map.of("COLORTERM", "yes"), true);
        assertEquals("\u001b[38;5;16m", terminal.foreground(0x000000));
        assertEquals("\u001b[48;5;231m", terminal.background(0xffffff));
        assertEquals("\u001b[48;5;196m", terminal.background(0xff0000));
    }

    /// The colours that xterm gives to the numbers: a cube of 6 levels a side, then 24 greys.
    @Test
    void everyFixedColourIsItsOwnNearest() {
        int[] levels = {0, 95, 135, 175, 215, 255};
        int index = 16;
        for (int red : levels) {
            for (int green : levels) {
                for (int blue : levels) {
                    assertEquals(index++, Terminal.nearest(red << 16 | green << 8 | blue));
                }
            }
        }
        for (int grey = 0; grey < 24; grey++) {
            int level = 8 + 10 * grey;
            assertEquals(232 + grey, Terminal.nearest(level << 16 | level << 8 | level));
        }
    }
}

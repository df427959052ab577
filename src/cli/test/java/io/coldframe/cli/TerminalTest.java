package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Map;

final class TerminalTest {

    @Test
    void aFileOrAPipeGetsPlainText() {
        assertEquals(Terminal.PLAIN, Terminal.of(false, Map.of("TERM", "xterm"), true));
    }

    @Test
    void aTerminalGetsSymbolsIfItsCharactersHaveThem() {
        assertEquals(new Terminal(true, true), Terminal.of(true, Map.of(), true));
        assertEquals(new Terminal(false, true), Terminal.of(true, Map.of(), false));
    }

    @Test
    void theEnvironmentCanRefuse() {
        assertEquals(Terminal.PLAIN, Terminal.of(true, Map.of("NO_COLOR", "1"), true));
        assertEquals(Terminal.PLAIN, Terminal.of(true, Map.of("TERM", "dumb"), true));
    }

    /// As https://no-color.org has it.
    @Test
    void anEmptyRefusalIsNone() {
        assertEquals(new Terminal(true, true), Terminal.of(true, Map.of("NO_COLOR", ""), true));
    }
}

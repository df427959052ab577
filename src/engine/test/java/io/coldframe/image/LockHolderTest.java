package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.bindings.Libc;

import org.junit.jupiter.api.Test;

import java.util.List;

final class LockHolderTest {
    private static final List<String> LOCKS =
            List.of(
                    "1: POSIX  ADVISORY  WRITE 700 fe:00:42 0 EOF",
                    "2: FLOCK  ADVISORY  WRITE 701 fe:00:142 0 EOF",
                    "",
                    "3: FLOCK",
                    "4: FLOCK  ADVISORY  WRITE 702 fe:00:42 0 EOF",
                    "4: -> FLOCK  ADVISORY  WRITE 703 fe:00:42 0 EOF");

    @Test
    void theHolderIsTheProcessThatHasTheFile() {
        assertEquals("process 702", LockHolder.in(LOCKS, 42));
        assertEquals("process 701", LockHolder.in(LOCKS, 142));
    }

    @Test
    void whoeverIsNotListedIsAnotherWriter() {
        assertEquals("another writer", LockHolder.in(LOCKS, 2));
        assertEquals("another writer", LockHolder.in(List.of(), 42));
    }

    @Test
    void thisProcessIsCalledSo() {
        String own = "1: FLOCK  ADVISORY  WRITE " + Libc.getpid() + " fe:00:42 0 EOF";
        assertEquals("this process", LockHolder.in(List.of(own), 42));
    }
}

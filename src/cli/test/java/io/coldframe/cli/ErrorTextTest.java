package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

final class ErrorTextTest {

    @Test
    void whatTheJdkLeavesOutIsSaid() {
        assertEquals(
                "a/b: no such file or directory", ErrorText.of(new NoSuchFileException("a/b")));
        assertEquals("a: permission denied", ErrorText.of(new AccessDeniedException("a")));
        assertEquals("EOFException", ErrorText.of(new EOFException()));
        assertEquals("as it is", ErrorText.of(new IOException("as it is")));
    }

    @Test
    void aNameCannotBreakTheLine() {
        assertEquals(
                "a\\u000ab\\u001b[2J: exists",
                ErrorText.of(new IOException("a\nb\u001b[2J: exists")));
    }
}

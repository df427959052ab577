package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.TreeMap;

final class ExitCodeTest {

    @Test
    void eachKindHasACodeOfItsOwn() {
        Map<Integer, Kind> kinds = new TreeMap<>();
        for (Kind kind : Kind.values()) {
            kinds.put(ExitCode.of(new SnapshotException(kind, "it broke", "file")), kind);
        }
        assertEquals(
                Map.of(
                        2, Kind.CORRUPT,
                        66, Kind.MISSING,
                        69, Kind.UNSUPPORTED,
                        73, Kind.OUT_OF_SPACE,
                        74, Kind.SYSCALL,
                        75, Kind.CONFLICT),
                kinds);
    }

    @Test
    void aFileThatIsNotThereIsNoFailureOfTheDisk() {
        assertEquals(ExitCode.NO_INPUT, ExitCode.of(new NoSuchFileException("a")));
        assertEquals(ExitCode.NO_INPUT, ExitCode.of(new AccessDeniedException("a")));
        assertEquals(ExitCode.IO, ExitCode.of(new IOException("the disk is on fire")));
    }
}

package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What has the name of a state file, and is none.
final class StateFileKindTest {

    @TempDir Path directory;

    private static void assertRefused(Path file) {
        SnapshotException read =
                assertThrows(SnapshotException.class, () -> StateEnvelope.read(file));
        assertEquals(Kind.UNSUPPORTED, read.kind(), read.toString());
        SnapshotException peeked =
                assertThrows(SnapshotException.class, () -> StateEnvelope.peek(file));
        assertEquals(Kind.UNSUPPORTED, peeked.kind(), peeked.toString());
    }

    @Test
    void whatIsNoRegularFileIsRefusedAndNotOpened() throws Exception {
        StateEnvelope envelope =
                new StateEnvelope(
                        RandomStates.restorable(Architecture.AARCH64, 1, 1), Optional.empty());
        Path file = directory.resolve("machine.snap");
        Files.write(file, envelope.encode(file));
        StateEnvelope.read(file);
        assertRefused(Files.createSymbolicLink(directory.resolve("link"), file));
        assertRefused(Files.createDirectory(directory.resolve("directory")));
        Path pipe = directory.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
        assertEquals(0, made.waitFor());
        assertRefused(pipe);
    }
}

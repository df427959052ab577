package io.coldframe.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// What is proved with a guest stands on this: its memory is in its file, it does not change while
/// the guest stands still, and who gets both the file and the state is the same guest.
final class RealGuestTest {
    @TempDir private Path folder;

    @Test
    void theGuestIsWhatIsInItsFiles() throws Exception {
        RealGuest.requireInstalled();
        Path memory = folder.resolve("ram");
        Path copy = folder.resolve("copy");
        Path state = folder.resolve("state");
        String said;
        String other;
        try (RealGuest guest = RealGuest.boot(folder, memory)) {
            guest.tell("fill");
            guest.tell("fill");
            said = guest.tell("say");
            guest.stop();
            guest.saveState(state);
            Files.copy(memory, copy);
            assertEquals(-1, Files.mismatch(memory, copy));
            guest.go();
            guest.tell("zero");
            other = guest.tell("say");
        }
        assertNotEquals(said, other);
        assertNotEquals(-1, Files.mismatch(memory, copy));
        Files.move(copy, memory, StandardCopyOption.REPLACE_EXISTING);
        try (RealGuest guest = RealGuest.resume(folder, memory, state)) {
            assertEquals(said, guest.tell("say"));
        }
    }
}

package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;

final class MappedSharedTest extends MappedFileContract {

    @Override
    FileMapping mapping() {
        return FileMapping.SHARED;
    }

    @Test
    void storesReachTheFile() throws IOException {
        Path file = sparse(5 * PAGE);
        try (GuestMemory memory = GuestMemory.mapped(file, TWO, FileMapping.SHARED)) {
            memory.segment(1).set(BYTE, 7, (byte) 42);
            assertEquals(42, byteOf(file, 3 * PAGE + 7));
            assertEquals("rw-s", Smaps.at(memory.segment(0).address()).access());
        }
    }
}

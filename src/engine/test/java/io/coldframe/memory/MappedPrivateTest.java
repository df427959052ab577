package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

final class MappedPrivateTest extends MappedFileContract {

    @Override
    FileMapping mapping() {
        return FileMapping.PRIVATE;
    }

    @Test
    void storesStayInTheProcess() throws IOException {
        Path file = sparse(5 * PAGE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        try (GuestMemory memory = GuestMemory.mapped(file, TWO, FileMapping.PRIVATE)) {
            memory.segment(1).set(BYTE, 7, (byte) 42);
            assertEquals(42, memory.slice(3 * PAGE + 7, 1).get(BYTE, 0));
            assertEquals(0, byteOf(file, 3 * PAGE + 7));
            Smaps mapping = Smaps.at(memory.segment(1).address());
            assertEquals("rw-p", mapping.access());
            assertTrue(mapping.flags().contains("nr"), mapping::toString);
        }
    }
}

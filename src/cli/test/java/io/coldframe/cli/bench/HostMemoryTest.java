package io.coldframe.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

final class HostMemoryTest {

    @TempDir private Path folder;
    private Path info;

    @BeforeEach
    void describeAHost() throws IOException {
        info = folder.resolve("meminfo");
        Files.writeString(info, "MemTotal:       8 kB\nMemAvailable:    4 kB\nBuffers: 1 kB\n");
    }

    private OptionalLong available() {
        return HostMemory.availableByteCount(info, folder);
    }

    @Test
    void aHostWithoutLimitsGivesWhatItHas() throws IOException {
        assertEquals(OptionalLong.of(4096), available());
        Files.writeString(folder.resolve("memory.max"), "max\n");
        Files.writeString(folder.resolve("memory.current"), "1\n");
        assertEquals(OptionalLong.of(4096), available());
    }

    @Test
    void aLimitCountsAndWhatIsCachedIsFree() throws IOException {
        Files.writeString(folder.resolve("memory.max"), "3000\n");
        Files.writeString(folder.resolve("memory.current"), "2500\n");
        assertEquals(OptionalLong.of(500), available());
        Files.writeString(folder.resolve("memory.stat"), "anon 9\ninactive_file 700\nx 1\n");
        assertEquals(OptionalLong.of(1200), available());
        Files.writeString(folder.resolve("memory.current"), "9999\n");
        assertEquals(OptionalLong.of(0), available());
    }

    @Test
    void whereNothingIsKnownNothingIsSaid() throws IOException {
        Files.delete(info);
        assertEquals(OptionalLong.empty(), available());
    }
}

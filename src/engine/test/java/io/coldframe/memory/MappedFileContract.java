package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.SnapshotException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a mapped file that can be written promises.
abstract class MappedFileContract extends EngineMappedContract {
    @TempDir Path folder;

    private int fileCount;

    abstract FileMapping mapping();

    @Override
    final GuestMemory open(GuestLayout layout) throws IOException {
        Path file = sparse(layout.byteCount());
        try {
            return GuestMemory.mapped(file, layout, mapping());
        } finally {
            // The mapping keeps it, and a failed test leaves no tebibyte behind.
            Files.delete(file);
        }
    }

    @Override
    final boolean mayFault() {
        return true;
    }

    /// A file that is one hole.
    final Path sparse(long byteCount) throws IOException {
        return sparse(folder, byteCount);
    }

    private synchronized Path sparse(Path parent, long byteCount) throws IOException {
        Path file =
                parent.resolve("coldframe-" + ProcessHandle.current().pid() + "-" + fileCount++);
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            written.setLength(byteCount);
        }
        return file;
    }

    final byte byteOf(Path file, long offset) throws IOException {
        try (RandomAccessFile read = new RandomAccessFile(file.toFile(), "r")) {
            read.seek(offset);
            return read.readByte();
        }
    }

    /// Only a file system in memory has files that are larger than the address space.
    @Override
    @Test
    void whatTheKernelRefusesHalfWayLeavesNothingBehind() throws Exception {
        Path memoryFiles = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memoryFiles), () -> "no writable " + memoryFiles);
        GuestLayout layout = GuestLayout.of(MIB).then(MIB, 1L << 60);
        Path file = sparse(memoryFiles, layout.byteCount());
        try {
            Leaks.assertNone(
                    () ->
                            assertThrows(
                                    SnapshotException.class,
                                    () -> GuestMemory.mapped(file, layout, mapping())));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void everyRegionIsAtItsImageOffset() throws IOException {
        Path file = sparse(5 * PAGE);
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            for (int page = 0; page < 5; page++) {
                written.seek(page * PAGE);
                written.write(page + 1);
            }
        }
        try (GuestMemory memory = GuestMemory.mapped(file, TWO, mapping())) {
            for (int page = 0; page < 5; page++) {
                assertEquals(page + 1, memory.slice(page * PAGE, 1).get(BYTE, 0));
            }
            assertTrue(memory.descriptor().isPresent());
        }
    }

    @Test
    void aFileThatIsCutIsOneExceptionAndNoCrash() throws IOException {
        Path file = sparse(5 * PAGE);
        try (GuestMemory memory = GuestMemory.mapped(file, TWO, mapping())) {
            memory.segment(0).get(BYTE, 0);
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(2 * PAGE);
            }
            String message = "it has " + 2 * PAGE + " bytes, not " + 5 * PAGE + " [" + file + "]";
            FaultGuardTest.assertCorrupt(
                    message,
                    () ->
                            memory.guarded(
                                    "scanning", () -> PageScan.isZero(memory.segment(1), 0, PAGE)));
            FaultGuardTest.assertCorrupt(message, () -> memory.ensurePresent(3 * PAGE, PAGE));
        }
    }
}

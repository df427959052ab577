package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which files are mapped at all, and what a mapping that is only read refuses.
final class MappedFileTest {
    private static final int PAGE = GuestLayout.PAGE.bytes();

    @TempDir private Path folder;

    @Test
    void aReadOnlyMappingIsReadAndNothingElse() throws IOException {
        Path file = file(2 * PAGE);
        try (GuestMemory memory = GuestMemory.mapped(file, FileMapping.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment segment = memory.segment(0);
            assertEquals(GuestLayout.of(2L * PAGE), memory.layout());
            assertEquals(7, segment.get(ValueLayout.JAVA_BYTE, PAGE));
            assertEquals("r--s", Smaps.at(segment.address()).access());
            assertTrue(memory.mayFault());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
            assertThrows(
                    IllegalArgumentException.class, () -> memory.copyFrom(0, arena.allocate(8)));
            assertThrows(IllegalArgumentException.class, () -> memory.slice(8, 8).fill((byte) 1));
        }
    }

    @Test
    void aReadOnlyMappingSeesWhatOthersWrite() throws IOException {
        Path file = file(PAGE);
        try (GuestMemory memory = GuestMemory.mapped(file, FileMapping.READ_ONLY);
                GuestMemory other = GuestMemory.mapped(file, FileMapping.SHARED)) {
            other.segment(0).set(ValueLayout.JAVA_BYTE, 9, (byte) 42);
            assertEquals(42, memory.segment(0).get(ValueLayout.JAVA_BYTE, 9));
        }
    }

    @Test
    void aLengthThatIsNotThatOfTheRegionsIsCorruptAndNamesBoth() throws Exception {
        Path file = file(2 * PAGE);
        for (FileMapping mapping : FileMapping.values()) {
            for (long pages : new long[] {1, 3}) {
                GuestLayout layout = GuestLayout.of(pages * PAGE);
                FaultGuardTest.assertCorrupt(
                        "the file has 8192 bytes, its regions %d [%s]"
                                .formatted(pages * PAGE, file),
                        () -> GuestMemory.mapped(file, layout, mapping));
            }
        }
        Leaks.assertNone(
                () ->
                        assertThrows(
                                SnapshotException.class,
                                () ->
                                        GuestMemory.mapped(
                                                file,
                                                GuestLayout.of(PAGE),
                                                FileMapping.READ_ONLY)));
    }

    @Test
    void aFileThatIsNoWholePagesIsCorrupt() throws IOException {
        for (int byteCount : new int[] {0, 1, PAGE - 1, PAGE + 1}) {
            Path file = file(byteCount);
            FaultGuardTest.assertCorrupt(
                    "the file has " + byteCount + " bytes",
                    () -> GuestMemory.mapped(file, FileMapping.READ_ONLY));
            Files.delete(file);
        }
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        Path file = file(PAGE);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> GuestMemory.mapped(link, FileMapping.READ_ONLY));
        assertEquals(Kind.SYSCALL, refused.kind());
        assertTrue(refused.toString().contains("ELOOP"), refused::toString);
        GuestMemory.mapped(link.toRealPath(), FileMapping.READ_ONLY).close();
    }

    @Test
    void aFolderIsRefused() {
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> GuestMemory.mapped(folder, FileMapping.READ_ONLY));
        assertEquals(Kind.UNSUPPORTED, refused.kind());
        assertTrue(refused.toString().contains("not a regular file"), refused::toString);
    }

    /// Opening one would wait for its other end for ever.
    @Test
    void aPipeIsRefused() throws Exception {
        Path pipe = folder.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assumeTrue(made.waitFor() == 0, "no mkfifo");
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> GuestMemory.mapped(pipe, FileMapping.READ_ONLY));
        assertEquals(Kind.UNSUPPORTED, refused.kind());
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing");
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> GuestMemory.mapped(missing, FileMapping.SHARED));
        assertTrue(refused.toString().contains("ENOENT"), refused::toString);
        assertTrue(refused.toString().contains(missing.toString()), refused::toString);
    }

    /// Each page begins with 7.
    private Path file(int byteCount) throws IOException {
        byte[] bytes = new byte[byteCount];
        for (int page = 0; page < byteCount; page += PAGE) {
            bytes[page] = 7;
        }
        return Files.write(folder.resolve("memory"), bytes);
    }
}

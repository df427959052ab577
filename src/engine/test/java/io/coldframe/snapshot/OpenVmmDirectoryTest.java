package io.coldframe.snapshot;

import static io.coldframe.snapshot.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.CopyMethod;
import io.coldframe.memory.GuestLayout;
import io.coldframe.snapshot.OpenVmmDirectory.MemoryTransfer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What a snapshot directory of OpenVMM's sort promises.
final class OpenVmmDirectoryTest {

    private static final int MEMORY_BYTES = 64 << 10;
    private static final byte[] STATE = "saved-state-data".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;
    private Path directory;
    private Path ram;

    @BeforeEach
    void makeRam() throws IOException {
        directory = folder.resolve("snap");
        ram = Files.write(folder.resolve("ram"), bytes(1));
    }

    private static byte[] bytes(int value) {
        byte[] bytes = new byte[MEMORY_BYTES];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static OpenVmmManifest manifest() {
        return OpenVmmManifestTest.manifest(MEMORY_BYTES);
    }

    private OpenVmmReport write(Path memoryFile, MemoryTransfer transfer) throws SnapshotException {
        return OpenVmmDirectory.writeSnapshot(directory, manifest(), STATE, memoryFile, transfer);
    }

    private Path memory() {
        return directory.resolve("memory.bin");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        OpenVmmReport report = write(ram, MemoryTransfer.LINK);
        assertEquals(new OpenVmmReport(MEMORY_BYTES, CopyMethod.LINK), report);
        OpenVmmSnapshot read = OpenVmmDirectory.readSnapshot(directory);
        assertEquals(manifest(), read.manifest());
        assertArrayEquals(STATE, read.state());
        assertEquals(memory(), read.memoryFile());
        assertTrue(Files.isSameFile(ram, memory()), "a hard link");
        assertEquals(
                "[manifest.bin, memory.bin, state.bin]", contents(directory).keySet().toString());
    }

    @Test
    void directoriesAboveAreMade() throws IOException {
        directory = folder.resolve("a").resolve("b").resolve("c");
        write(ram, MemoryTransfer.LINK);
        assertArrayEquals(bytes(1), Files.readAllBytes(memory()));
        assertEquals(manifest(), OpenVmmDirectory.readSnapshot(directory).manifest());
    }

    @Test
    void memoryThatIsInTheDirectoryAlreadyStaysThatFile() throws IOException {
        Files.createDirectories(directory);
        Path own = Files.write(memory(), bytes(7));
        Object file = FileIdentity.of(own);
        write(own, MemoryTransfer.LINK);
        assertArrayEquals(bytes(7), Files.readAllBytes(own));
        assertEquals(file, FileIdentity.of(own));
        // And again, over a snapshot that is whole.
        write(own, MemoryTransfer.LINK);
        assertEquals(file, FileIdentity.of(own));
        assertArrayEquals(STATE, OpenVmmDirectory.readSnapshot(directory).state());
    }

    @Test
    void memoryThatIsInTheDirectoryByAnotherNameKeepsThatName() throws IOException {
        Files.createDirectories(directory);
        Path own = Files.write(directory.resolve("guest-ram"), bytes(7));
        write(own, MemoryTransfer.LINK);
        assertTrue(Files.isSameFile(own, memory()));
        assertArrayEquals(bytes(7), Files.readAllBytes(own));
    }

    @Test
    void memoryByWayOfASymbolicLinkIsTheFileItself() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), ram);
        write(link, MemoryTransfer.LINK);
        assertFalse(Files.isSymbolicLink(memory()));
        assertTrue(Files.isSameFile(ram, memory()));
    }

    @Test
    void otherFilesOfAReplacedDirectoryStay() throws IOException {
        write(ram, MemoryTransfer.COPY);
        Path notes = Files.writeString(directory.resolve("notes.txt"), "of the operator");
        write(ram, MemoryTransfer.LINK);
        assertEquals("of the operator", Files.readString(notes));
        assertTrue(Files.isSameFile(ram, memory()));
    }

    @Test
    void aDirectoryWithMoreInItThanFilesIsNotReplaced() throws IOException {
        write(ram, MemoryTransfer.COPY);
        Files.createDirectories(directory.resolve("precious"));
        SnapshotException refused =
                assertRefused(Kind.CONFLICT, Reason.EXISTS, () -> write(ram, MemoryTransfer.LINK));
        assertSays(refused, "precious");
    }

    @Test
    void aLinkChangesWithTheGuestAndACopyDoesNot() throws IOException {
        write(ram, MemoryTransfer.LINK);
        Files.write(ram, bytes(2));
        assertArrayEquals(bytes(2), Files.readAllBytes(memory()));
        OpenVmmReport report = write(ram, MemoryTransfer.COPY);
        assertNotEquals(CopyMethod.LINK, report.method());
        Files.write(ram, bytes(3));
        assertArrayEquals(bytes(2), Files.readAllBytes(memory()));
    }

    @Test
    void aCopyKeepsHoles() throws IOException {
        int byteCount = 64 << 20;
        Path sparse = folder.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(byteCount);
            file.seek(5L << 20);
            file.write(bytes(1));
            file.seek(byteCount - 10);
            file.write(9);
        }
        OpenVmmManifest manifest = OpenVmmManifestTest.manifest(byteCount);
        OpenVmmDirectory.writeSnapshot(directory, manifest, STATE, sparse, MemoryTransfer.COPY);
        assertEquals(-1, Files.mismatch(sparse, memory()));
        long kib = allocatedKib(memory());
        assertTrue(kib <= allocatedKib(sparse) + 64, kib + " of " + allocatedKib(sparse));
    }

    /// How many KiB a file takes, by the tool of the host.
    private static long allocatedKib(Path file) throws IOException {
        Process du = new ProcessBuilder("du", "-k", file.toString()).start();
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(said.substring(0, said.indexOf('\t')));
    }

    @Test
    void aLinkAcrossFileSystemsIsRefusedAndACopyIsNot() throws IOException {
        Path elsewhere = Files.createTempFile(Path.of("/dev/shm"), "coldframe", ".ram");
        try {
            Files.write(elsewhere, bytes(4));
            SnapshotException refused =
                    assertRefused(
                            Kind.UNSUPPORTED,
                            Reason.OTHER_FILE_SYSTEM,
                            () -> write(elsewhere, MemoryTransfer.LINK));
            assertSays(refused, elsewhere.toString());
            assertSays(refused, directory.toString());
            assertSays(refused, "copy");
            assertFalse(Files.exists(directory));
            assertEquals(CopyMethod.COPY, write(elsewhere, MemoryTransfer.COPY).method());
            assertArrayEquals(bytes(4), Files.readAllBytes(memory()));
        } finally {
            Files.delete(elsewhere);
        }
    }

    @Test
    void theNameOfTheGuestsMemoryIsNotTakenByItsCopy() throws IOException {
        write(ram, MemoryTransfer.LINK);
        assertRefused(Kind.CONFLICT, Reason.EXISTS, () -> write(memory(), MemoryTransfer.COPY));
    }

    @Test
    void memoryOfAnotherLengthIsRefusedBeforeAnythingIsMade() throws IOException {
        Files.write(ram, new byte[4096]);
        SnapshotException refused =
                assertRefused(Kind.CORRUPT, Reason.MISMATCH, () -> write(ram, MemoryTransfer.LINK));
        assertSays(refused, "4096");
        assertSays(refused, "" + MEMORY_BYTES);
        assertFalse(Files.exists(directory));
    }

    @Test
    void memoryThatIsNotThereIsRefusedBeforeAnythingIsMade() throws IOException {
        assertRefused(
                Kind.MISSING,
                Reason.UNSPECIFIED,
                () -> write(folder.resolve("nothing"), MemoryTransfer.LINK));
        assertFalse(Files.exists(directory));
    }

    @Test
    void aStateThatNobodyWouldReadIsNotWritten() {
        byte[] state = new byte[OpenVmmDirectory.STATE_BYTES_MAX + 1];
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        OpenVmmDirectory.writeSnapshot(
                                directory, manifest(), state, ram, MemoryTransfer.LINK));
        assertFalse(Files.exists(directory));
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        assertMissing("snap", () -> OpenVmmDirectory.readSnapshot(directory));
        Files.createDirectories(directory);
        assertMissing("manifest.bin", () -> OpenVmmDirectory.readSnapshot(directory));
        Files.write(directory.resolve("manifest.bin"), manifest().encode());
        assertMissing("state.bin", () -> OpenVmmDirectory.readSnapshot(directory));
        Files.write(directory.resolve("state.bin"), STATE);
        assertMissing("memory.bin", () -> restore().close());
        Files.write(memory(), bytes(1));
        restore().close();
    }

    private void assertMissing(String what, Executable reading) throws IOException {
        SnapshotException refused = assertRefused(Kind.MISSING, Reason.UNSPECIFIED, reading);
        assertSays(refused, what);
    }

    private RestoredOpenVmm restore() throws SnapshotException {
        return OpenVmmDirectory.restore(directory, GuestLayout.of(MEMORY_BYTES));
    }

    @Test
    void aSnapshotIsNotConsumedByRestoringIt() throws IOException {
        write(ram, MemoryTransfer.COPY);
        Map<String, String> before = contents(directory);
        for (int round = 0; round < 3; round++) {
            try (RestoredOpenVmm restored = restore()) {
                assertEquals(1, restored.memory().segment(0).get(ValueLayout.JAVA_BYTE, 4711));
                restored.memory().segment(0).fill((byte) 0xEE);
                assertArrayEquals(STATE, restored.state());
                assertEquals(manifest(), restored.manifest());
            }
            assertEquals(before, contents(directory));
        }
    }

    @Test
    void aSnapshotThatMayOnlyBeReadIsRestored() throws IOException {
        write(ram, MemoryTransfer.COPY);
        Files.setPosixFilePermissions(memory(), PosixFilePermissions.fromString("r--------"));
        try (RestoredOpenVmm restored = restore()) {
            restored.memory().segment(0).fill((byte) 0xEE);
        }
        assertArrayEquals(bytes(1), Files.readAllBytes(memory()));
    }

    @Test
    void aRestoredMemoryOutlivesTheSnapshot() throws IOException {
        write(ram, MemoryTransfer.COPY);
        try (RestoredOpenVmm restored = restore()) {
            Files.write(ram, bytes(2));
            write(ram, MemoryTransfer.COPY);
            assertEquals(1, restored.memory().segment(0).get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void aMachineOfAnotherSizeIsRefused() throws IOException {
        write(ram, MemoryTransfer.COPY);
        SnapshotException refused =
                assertRefused(
                        Kind.UNSUPPORTED,
                        Reason.MISMATCH,
                        () -> OpenVmmDirectory.restore(directory, GuestLayout.of(4096)).close());
        assertSays(refused, "4096");
        Files.write(memory(), new byte[8192]);
        assertRefused(Kind.CORRUPT, Reason.MISMATCH, () -> restore().close());
    }

    @Test
    void aDirectoryThatOpenVmmWroteIsRead() throws IOException {
        // In place, file by file, with a field that this release has no name for.
        Files.createDirectories(directory);
        byte[] ours = manifest().encode();
        byte[] theirs = Arrays.copyOf(ours, ours.length + 2);
        theirs[ours.length] = 8 << 3;
        theirs[ours.length + 1] = 42;
        Files.write(directory.resolve("manifest.bin"), theirs);
        Files.write(directory.resolve("state.bin"), STATE);
        Files.createLink(memory(), ram);
        OpenVmmSnapshot read = OpenVmmDirectory.readSnapshot(directory);
        assertEquals("x86_64", read.manifest().architecture());
        assertArrayEquals(theirs, read.manifest().encode());
        restore().close();
    }

    @Test
    void aManifestOrAStateThatIsTooLongIsRefused() throws IOException {
        write(ram, MemoryTransfer.COPY);
        Path manifest = directory.resolve("manifest.bin");
        Files.write(manifest, new byte[OpenVmmManifest.BYTES_MAX + 1]);
        assertRefused(
                Kind.CORRUPT, Reason.TOO_LARGE, () -> OpenVmmDirectory.readSnapshot(directory));
        Files.write(manifest, manifest().encode());
        try (RandomAccessFile state =
                new RandomAccessFile(directory.resolve("state.bin").toFile(), "rw")) {
            state.setLength(OpenVmmDirectory.STATE_BYTES_MAX + 1L);
        }
        assertRefused(
                Kind.CORRUPT, Reason.TOO_LARGE, () -> OpenVmmDirectory.readSnapshot(directory));
    }

    /// Refused, and whatever was in the directory is as it was.
    private SnapshotException assertRefused(Kind kind, Reason reason, Executable attempt)
            throws IOException {
        Map<String, String> before = contents(folder);
        SnapshotException refused = assertThrows(SnapshotException.class, attempt);
        assertEquals(kind, refused.kind(), refused.getMessage());
        assertEquals(reason, refused.reason(), refused.getMessage());
        assertEquals(before, contents(folder));
        return refused;
    }

    /// Every name below a directory, with what is in it.
    private static Map<String, String> contents(Path directory) throws IOException {
        TreeMap<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.filter(path -> !path.equals(directory)).toList()) {
                String what =
                        Files.isRegularFile(path)
                                ? Files.size(path) + ":" + Arrays.hashCode(Files.readAllBytes(path))
                                : "directory";
                found.put(directory.relativize(path).toString(), what);
            }
        }
        return found;
    }
}

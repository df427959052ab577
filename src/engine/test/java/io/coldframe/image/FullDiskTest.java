package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Platform;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Real refusals of a real kernel: a limit of the process, a disk that is full.
final class FullDiskTest {
    // Less than the image, which has 70 pages.
    private static final int ROOM_BYTES = 60 * 4096;

    @TempDir Path folder;

    @Test
    void aLimitOfTheFilesLengthIsOutOfSpaceAndNoSignal() throws Exception {
        assumeTrue(Platform.current().isLinux(), "macOS: no prlimit");
        Process child =
                new ProcessBuilder(
                                "prlimit",
                                "--fsize=" + ROOM_BYTES,
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:-UsePerfData",
                                "-ea",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes(),
                                WriterLimitProbe.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        List<String> said;
        try (var output = child.getInputStream()) {
            said = new String(output.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
        assertEquals(0, child.waitFor(), said::toString);
        assertEquals(8, said.size(), said::toString);
        for (String line : said) {
            assertTrue(line.startsWith("OUT_OF_SPACE 3 "), said::toString);
            assertTrue(line.contains(folder.resolve("memory.bin").toString()), said::toString);
        }
        assertEquals(List.of(), WriterFixture.names(folder));
    }

    private static String classes() {
        return String.join(
                File.pathSeparator,
                "target/classes",
                "target/test-classes",
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", ""));
    }

    @Test
    void aFullFileSystemIsOutOfSpace() throws Exception {
        assumeTrue(Platform.current().isLinux(), "macOS: no tmpfs");
        Path small = Files.createDirectory(folder.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=" + ROOM_BYTES, "tmpfs", small.toString());
        try (WriterFixture guest = new WriterFixture()) {
            for (Output output : Output.values()) {
                WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
                try (DirtyBitmap dirty = WriterFixture.bitmap(PageSize.KIB_4, 1, 2);
                        MemoryWriter writer =
                                WriterFixture.open(
                                        small.resolve("memory.bin"), PageSize.KIB_4, options)) {
                    SnapshotException failure =
                            assertThrows(
                                    SnapshotException.class,
                                    () -> writer.writeFull(guest.memory, dirty));
                    assertEquals(Kind.OUT_OF_SPACE, failure.kind(), failure::toString);
                    assertTrue(failure.toString().contains(small.toString()), failure::toString);
                    WriterFixture.assertDirty(dirty, 1, 2);
                }
                assertEquals(List.of(), WriterFixture.names(small));
            }
        } finally {
            run("umount", small.toString());
        }
    }

    private static void run(String... command) throws Exception {
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = child.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assumeTrue(child.waitFor() == 0, () -> "may not mount: " + said);
        }
    }
}

package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Ctrl-C in the middle of a command, as a terminal sends it: to a process of its own.
final class InterruptionTest {

    // Nobody writes this much before a signal arrives.
    private static final long LARGE_BYTES = 4L << 30;

    // Nor is this much copied.
    private static final int DENSE_MIB = 256;

    @TempDir private Path folder;

    private Process start(Object... args) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                // A shell that runs the tests in the background has them ignore it.
                                "env",
                                "--default-signal=INT",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-p",
                                System.getProperty("jdk.module.path"),
                                "--enable-native-access=io.coldframe.bindings",
                                "-m",
                                "io.coldframe.cli/io.coldframe.cli.Main"));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        return new ProcessBuilder(command).start();
    }

    private static void interruptWhen(Process process, Path begun) throws Exception {
        while (!holdsSomething(begun)) {
            assertTrue(process.isAlive(), () -> "it ended: " + text(process));
            Thread.onSpinWait();
        }
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        assertEquals(0, kill.waitFor());
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it goes on");
    }

    private static boolean holdsSomething(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isPresent();
        }
    }

    private static String text(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Test
    void aBenchmarkThatIsStoppedLeavesNothing() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        Process bench = start("bench", "--size", "64m", "--rounds", "1000", "--dir", place);
        interruptWhen(bench, place);
        assertEquals(ExitCode.INTERRUPTED, bench.exitValue());
        assertEquals("coldframe: stopped\n", text(bench));
        assertTrue(!holdsSomething(place), "something is left in " + place);
    }

    @Test
    void aSaveThatIsStoppedLeavesAnEmptyStore() throws Exception {
        Path ram = folder.resolve("ram");
        try (RandomAccessFile file = new RandomAccessFile(ram.toFile(), "rw")) {
            file.setLength(LARGE_BYTES);
        }
        Path store = folder.resolve("store");
        CommandRun.of("save", "first", "--memory", smallRam(), "--store", store).expect(0);
        CommandRun.of("rm", "first", "--store", store).expect(0);
        List<Path> before = files(store);

        Process save = start("save", "base", "--memory", ram, "--store", store, "--quiet");
        while (files(store).equals(before)) {
            assertTrue(save.isAlive(), () -> "it ended: " + text(save));
            Thread.onSpinWait();
        }
        interruptWhen(save, store);
        assertEquals(ExitCode.INTERRUPTED, save.exitValue());
        assertEquals("coldframe: stopped\n", text(save));
        assertEquals(before, files(store));
    }

    /// Memory without a hole or a zero, so that all of it has to be stored.
    private Path denseRam() throws IOException {
        Path ram = folder.resolve("dense");
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(ram)) {
            for (int at = 0; at < DENSE_MIB; at++) {
                Arrays.fill(piece, (byte) (1 + at % 255));
                out.write(piece);
            }
        }
        return ram;
    }

    @Test
    void aCaptureThatIsStoppedLeavesTheStoreAsItWas() throws Exception {
        Path ram = denseRam();
        Path store = folder.resolve("store");
        CommandRun.of("capture", "first", "--memory", smallRam(), "--store", store).expect(0);
        List<Path> before = files(store);

        Process capture =
                start("capture", "g0", "--memory", ram, "--store", store, "--threads", "1");
        while (files(store).equals(before)) {
            assertTrue(capture.isAlive(), () -> "it ended: " + text(capture));
            Thread.onSpinWait();
        }
        interruptWhen(capture, store);
        assertEquals(ExitCode.INTERRUPTED, capture.exitValue());
        assertEquals("coldframe: stopped\n", text(capture));
        assertEquals(before, files(store));
        CommandRun.of("fsck", "--store", store).expect(ExitCode.OK);
    }

    @Test
    void aCompactionThatIsStoppedGoesOnWhereItWas() throws Exception {
        Path ram = denseRam();
        Path store = folder.resolve("store");
        CommandRun.of("capture", "g0", "--memory", ram, "--store", store).expect(0);
        try (RandomAccessFile file = new RandomAccessFile(ram.toFile(), "rw")) {
            file.write(0xff);
        }
        CommandRun.of("capture", "g1", "--memory", ram, "--parent", "g0", "--store", store)
                .expect(0);

        Process compact = start("compact", "g1", "--store", store);
        interruptWhen(compact, store.resolve(".compaction"));
        assertEquals(ExitCode.INTERRUPTED, compact.exitValue());
        assertEquals("coldframe: stopped\n", text(compact));
        CommandRun.of("verify", "--store", store).expect(ExitCode.OK);

        CommandRun.of("compact", "g1", "--store", store).expect(ExitCode.OK);
        JsonView stats = CommandRun.json("stats", "g1", "--store", store, "--json");
        assertEquals(1L, stats.objects("snapshots").getFirst().get("depth"));
        CommandRun.of("fsck", "--store", store).expect(ExitCode.OK);
        Path back = folder.resolve("back");
        CommandRun.of("restore", "g1", back, "--store", store).expect(ExitCode.OK);
        assertEquals(-1, Files.mismatch(ram, back));
    }

    private Path smallRam() throws IOException {
        return Files.write(folder.resolve("small"), new byte[4096]);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}

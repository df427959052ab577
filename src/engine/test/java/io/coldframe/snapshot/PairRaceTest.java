package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.Soak;
import io.coldframe.memory.GuestMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Who loads while others save gets a pair that was saved, whole, every time.
final class PairRaceTest {

    @TempDir private Path folder;

    private PairPaths paths() {
        return PairPaths.of(folder.resolve("x.snap"));
    }

    private int loaded() throws SnapshotException {
        try (LoadedPair pair = SnapshotPair.load(paths())) {
            int mark = Machines.mark(pair.state());
            assertEquals(mark, Machines.value(pair.memory()));
            return mark;
        }
    }

    @Test
    void loadingRacesTheSavesOfAnotherProcess() throws Exception {
        Process saving = start();
        try (BufferedReader lines = saving.inputReader()) {
            String first = lines.readLine();
            BitSet seen = new BitSet();
            for (int round = 0; round < Soak.count(300, 2_000); round++) {
                seen.set(loaded());
            }
            assertEquals("1", first);
            assertTrue(seen.cardinality() > 1, () -> "only " + seen);
            try (OutputStream stop = saving.getOutputStream()) {
                stop.write('\n');
            }
            lines.lines().forEach(_ -> {});
            assertEquals(0, saving.waitFor());
            loaded();
        } finally {
            saving.destroyForcibly();
        }
    }

    @Test
    void aProcessThatIsKilledWhileItSavesLeavesAPair() throws Exception {
        for (int round = 0; round < Soak.count(5, 30); round++) {
            Process saving = start();
            try (BufferedReader lines = saving.inputReader()) {
                for (int line = 0; line <= round % 7; line++) {
                    lines.readLine();
                }
                saving.destroyForcibly().waitFor();
                loaded();
            }
        }
        try (GuestMemory memory = Machines.memory(5)) {
            SnapshotPair.save(SaveRequest.full(paths(), Machines.machine(5), memory));
        }
        assertEquals(5, loaded());
        try (Stream<Path> names = Files.list(folder)) {
            assertEquals(2, names.count());
        }
    }

    private Process start() throws Exception {
        String classes =
                String.join(
                        File.pathSeparator,
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes,
                        PairSavingProcess.class.getName(),
                        paths().state().toString())
                .redirectErrorStream(true)
                .start();
    }

    @Test
    void loadingRacesTheSavesOfThreadsOfWhichOneAtATimeMaySave() throws Exception {
        int saverCount = 2;
        try (GuestMemory memory = Machines.memory(1)) {
            SnapshotPair.save(SaveRequest.full(paths(), Machines.machine(1), memory));
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger savedCount = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(saverCount);
        try (ExecutorService savers = Executors.newFixedThreadPool(saverCount)) {
            Future<?>[] saving = new Future<?>[saverCount];
            for (int saver = 0; saver < saverCount; saver++) {
                int number = saver + 1;
                saving[saver] =
                        savers.submit(
                                () -> {
                                    started.countDown();
                                    saveUntil(over, savedCount, number);
                                    return number;
                                });
            }
            try {
                started.await();
                for (int round = 0; round < Soak.count(300, 2_000); round++) {
                    loaded();
                }
            } finally {
                over.set(true);
            }
            for (Future<?> each : saving) {
                each.get();
            }
        }
        assertTrue(savedCount.get() > 0);
    }

    private void saveUntil(AtomicBoolean over, AtomicInteger savedCount, int number)
            throws SnapshotException {
        for (int round = 0; !over.get(); round++) {
            int value = round % 60 * 2 + number;
            try (GuestMemory memory = Machines.memory(value)) {
                SnapshotPair.save(SaveRequest.full(paths(), Machines.machine(value), memory));
                savedCount.incrementAndGet();
            } catch (SnapshotException refused) {
                // The other one is at it.
                assertEquals(Reason.BUSY, refused.reason(), refused::toString);
            }
        }
    }
}

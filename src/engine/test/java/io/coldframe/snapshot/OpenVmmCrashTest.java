package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.memory.GuestLayout;
import io.coldframe.os.FileCalls;
import io.coldframe.snapshot.OpenVmmDirectory.MemoryTransfer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// A crash at any point of a save, and a save at any point of a reading, leave one whole snapshot.
final class OpenVmmCrashTest {

    private static final String SAVED = "saved";
    private static final int BYTE_COUNT = 8192;
    private static final byte NOTHING = 0;
    private static final byte OLD = 1;
    private static final byte NEW = 2;

    @TempDir private Path folder;
    @TempDir private Path scratch;

    private static byte[] bytes(byte value) {
        byte[] bytes = new byte[BYTE_COUNT];
        Arrays.fill(bytes, value);
        return bytes;
    }

    /// Saves memory, state and a manifest that all say the same number.
    private static void save(Path folder, byte value, MemoryTransfer transfer) throws IOException {
        Path ram = folder.resolve("ram" + value);
        if (!Files.exists(ram)) {
            Files.write(ram, bytes(value));
        }
        OpenVmmDirectory.writeSnapshot(
                folder.resolve("above").resolve("snap"),
                OpenVmmManifestTest.manifest(BYTE_COUNT, value),
                new byte[] {value},
                ram,
                transfer);
    }

    private static byte read(Path folder) throws IOException {
        Path directory = folder.resolve("above").resolve("snap");
        try (RestoredOpenVmm restored =
                OpenVmmDirectory.restore(directory, GuestLayout.of(BYTE_COUNT))) {
            byte value = restored.state()[0];
            assertEquals(OpenVmmManifestTest.manifest(BYTE_COUNT, value), restored.manifest());
            assertArrayEquals(
                    bytes(value), restored.memory().segment(0).toArray(ValueLayout.JAVA_BYTE));
            return value;
        } catch (SnapshotException refused) {
            assertEquals(Kind.MISSING, refused.kind(), refused::toString);
            return NOTHING;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFirstSaveLeavesNothingOrASnapshot(MemoryTransfer transfer) throws IOException {
        checkEveryCrash(NOTHING, transfer);
    }

    @ParameterizedTest
    @EnumSource
    void aSaveThatReplacesLeavesTheOldOrTheNew(MemoryTransfer transfer) throws IOException {
        save(folder, OLD, transfer);
        checkEveryCrash(OLD, transfer);
    }

    private void checkEveryCrash(byte before, MemoryTransfer transfer) throws IOException {
        Files.write(folder.resolve("ram" + NEW), bytes(NEW));
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            save(folder, NEW, transfer);
            calls.mark(SAVED);
        }
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(
                                scratch,
                                (left, state) -> {
                                    byte found = read(left);
                                    if (state.isAfter(SAVED) || found != before) {
                                        assertEquals(NEW, found);
                                    }
                                    // Whoever saves next finds its way clear.
                                    save(left, (byte) 3, transfer);
                                    assertEquals(3, read(left));
                                });
        assertTrue(stateCount >= 10, () -> "only " + stateCount + " states");
    }

    @Test
    void whoRestoresWhileOthersSaveGetsOneSnapshot() throws Exception {
        save(folder, OLD, MemoryTransfer.COPY);
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService saver = Executors.newSingleThreadExecutor()) {
            Future<Integer> saving =
                    saver.submit(
                            () -> {
                                int savedCount = 0;
                                while (!over.get()) {
                                    byte value = (byte) (savedCount++ % 100 + 1);
                                    save(folder, value, MemoryTransfer.LINK);
                                }
                                return savedCount;
                            });
            try {
                for (int round = 0; round < Soak.count(500, 5_000); round++) {
                    assertTrue(read(folder) != NOTHING, "a snapshot was there all the time");
                }
            } finally {
                over.set(true);
            }
            assertTrue(saving.get() > 0);
        }
    }
}

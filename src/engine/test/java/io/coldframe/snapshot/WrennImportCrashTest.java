package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.Soak;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.CrashState;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.judge.WrennJudge;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.FileCalls;
import io.coldframe.wrenn.Memories;
import io.coldframe.wrenn.WrennFiles;
import io.coldframe.wrenn.WrennGeneration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A crash at any point of an import leaves the generations before it, each whole, and the same
/// import made again brings the rest; of an export likewise.
final class WrennImportCrashTest {

    private static final String DONE = "done";
    private static final List<String> MEMORIES = List.of("ab.c", "aX.c", ".XYc");
    private static final List<String> NAMES = List.of("vm.0", "vm.1", "vm");

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @TempDir(factory = MemoryFolder.class)
    Path scratch;

    @TempDir Path chain;

    @BeforeEach
    void writeChain() throws IOException {
        WrennJudge judge = WrennJudge.first(Memories.of(MEMORIES.getFirst()), id(0));
        for (int generation = 0; generation < MEMORIES.size(); generation++) {
            byte[] memory = Memories.of(MEMORIES.get(generation));
            if (generation > 0) {
                byte[] before = Memories.of(MEMORIES.get(generation - 1));
                judge = judge.next(before, memory, id(generation));
            }
            Path directory = Files.createDirectory(chain.resolve("g" + generation));
            Files.write(directory.resolve(WrennFiles.HEADER), judge.encoded());
            Files.write(
                    directory.resolve(WrennFiles.compactName(id(generation))),
                    judge.compact(memory));
        }
    }

    private static UUID id(int generation) {
        return new UUID(0x4000 + generation, Long.MIN_VALUE);
    }

    private void importAll(Path folder) throws SnapshotException {
        SnapshotStore store = SnapshotStore.createOrOpen(folder.resolve("store"));
        Bridges.importWrenn(store, WrennGeneration.in(chain, "vm"), Progress.NONE);
    }

    private static void exportAll(Path folder) throws SnapshotException {
        Bridges.exportWrenn(
                SnapshotStore.createOrOpen(folder.resolve("store")),
                "vm",
                folder.resolve("out"),
                OnExisting.REPLACE,
                Progress.NONE);
    }

    /// How many generations are there; all of them must be whole, and those before the last.
    private static int imported(Path folder) throws IOException {
        SnapshotStore store = SnapshotStore.openAsFound(folder.resolve("store"));
        int count = store.list().size();
        for (int generation = 0; generation < count; generation++) {
            try (GuestMemory memory =
                    GuestMemory.anonymous(
                            store.manifest(NAMES.get(generation)).memory().layout())) {
                store.load(NAMES.get(generation), memory, Progress.NONE);
                assertArrayEquals(Memories.of(MEMORIES.get(generation)), bytes(memory));
            }
        }
        return count;
    }

    private static byte[] bytes(GuestMemory memory) throws IOException {
        try {
            return Guests.bytes(memory);
        } catch (Exception failure) {
            throw new IOException(failure);
        }
    }

    @Test
    void aCrashOfAnImportLeavesWholeGenerations() throws IOException {
        SnapshotStore.createOrOpen(folder.resolve("store"));
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            importAll(folder);
            calls.mark(DONE);
        }
        int every = Soak.count(7, 1);
        int[] number = new int[1];
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(
                                scratch,
                                (left, state) -> {
                                    if (number[0]++ % every == 0) {
                                        checkImport(left, state);
                                    }
                                });
        assertTrue(stateCount >= 20, () -> "only " + stateCount + " states");
    }

    private void checkImport(Path left, CrashState state) throws IOException {
        int found = imported(left);
        assertTrue(found == MEMORIES.size() || !state.isAfter(DONE), () -> "only " + found);
        importAll(left);
        assertEquals(MEMORIES.size(), imported(left));
    }

    @Test
    void aCrashOfAnExportLeavesWholeGenerations() throws IOException {
        importAll(folder);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            exportAll(folder);
            calls.mark(DONE);
        }
        int every = Soak.count(7, 1);
        int[] number = new int[1];
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(
                                scratch,
                                (left, state) -> {
                                    if (number[0]++ % every == 0) {
                                        int found = exported(left);
                                        assertTrue(
                                                found == MEMORIES.size() || !state.isAfter(DONE));
                                        exportAll(left);
                                        assertEquals(MEMORIES.size(), exported(left));
                                    }
                                });
        assertTrue(stateCount >= 20, () -> "only " + stateCount + " states");
    }

    /// How many generations have been exported; each must be whole in its own directory.
    private static int exported(Path folder) throws IOException {
        int count = 0;
        for (int generation = 0; generation < NAMES.size(); generation++) {
            Path directory = folder.resolve("out").resolve(NAMES.get(generation));
            if (Files.exists(directory)) {
                count++;
                byte[] memory =
                        WrennJudge.read(directory.resolve(WrennFiles.HEADER))
                                .memory(build -> directory.resolve(WrennFiles.compactName(build)));
                assertArrayEquals(Memories.of(MEMORIES.get(generation)), memory);
            }
        }
        return count;
    }

    @Test
    void aCallThatFailsLeavesWholeGenerationsAndTheNextImportBringsTheRest() throws IOException {
        int step = Soak.count(11, 1);
        int attemptCount = 0;
        for (long index = 0; attempt(FailingFileCalls.once(index, Errno.EIO)); index += step) {
            attemptCount++;
        }
        int attempts = attemptCount;
        assertTrue(attempts > 5, () -> "only " + attempts + " attempts");
    }

    /// Whether there was such a call to fail.
    private boolean attempt(FailingFileCalls calls) throws IOException {
        Path place = Files.createTempDirectory(scratch, "fault");
        SnapshotStore.createOrOpen(place.resolve("store"));
        boolean isRefused = false;
        try (var _ = FileCalls.use(calls)) {
            importAll(place);
        } catch (SnapshotException failure) {
            isRefused = true;
        }
        assertTrue(isRefused || imported(place) == MEMORIES.size());
        importAll(place);
        assertEquals(MEMORIES.size(), imported(place));
        return calls.failed().isPresent();
    }
}

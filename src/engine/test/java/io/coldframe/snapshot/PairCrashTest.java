package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.CrashState;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A crash at any point of a save leaves a pair that loads whole, the old one or the new one.
final class PairCrashTest {

    private static final String SAVED = "saved";
    private static final int NOTHING = 0;
    private static final int OLD = 1;
    private static final int NEW = 2;
    private static final int NEXT = 3;

    @TempDir private Path folder;
    @TempDir private Path scratch;

    private static PairPaths pair(Path folder) {
        return PairPaths.of(folder.resolve("x.snap"));
    }

    private static void save(Path folder, int value, WriteOptions options)
            throws SnapshotException {
        try (GuestMemory memory = Machines.memory(value)) {
            SnapshotPair.save(
                    SaveRequest.full(pair(folder), Machines.machine(value), memory)
                            .options(options));
        }
    }

    /// The number with which the pair was saved, of which machine and memory must be.
    private static int load(Path folder) throws SnapshotException {
        try (LoadedPair loaded = SnapshotPair.load(pair(folder))) {
            int value = Machines.value(loaded.memory());
            assertEquals(Machines.mark(loaded.state()), value);
            assertEquals(Machines.machine(value), loaded.envelope().state());
            return value;
        } catch (SnapshotException refused) {
            assertEquals(Kind.MISSING, refused.kind(), refused::toString);
            return NOTHING;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSaveThatReplacesLeavesTheOldOrTheNew(Output output) throws IOException {
        WriteOptions options = WriteOptions.DEFAULT.withOutput(output);
        save(folder, OLD, options);
        checkEveryCrash(OLD, options);
    }

    @ParameterizedTest
    @EnumSource
    void aFirstSaveLeavesNothingOrAPair(Output output) throws IOException {
        checkEveryCrash(NOTHING, WriteOptions.DEFAULT.withOutput(output));
    }

    private void checkEveryCrash(int before, WriteOptions options) throws IOException {
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            save(folder, NEW, options);
            calls.mark(SAVED);
        }
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(scratch, (left, state) -> check(before, left, state));
        assertTrue(stateCount >= 10, () -> "only " + stateCount + " states");
    }

    private static void check(int before, Path left, CrashState state) throws IOException {
        int found = load(left);
        if (state.isAfter(SAVED) || found != before) {
            assertEquals(NEW, found);
        }
        // Whoever saves next finds its way clear, and clears away what the crash has left.
        save(left, NEXT, WriteOptions.DEFAULT);
        assertEquals(NEXT, load(left));
        assertEquals("[x.mem, x.snap]", names(left));
    }

    @Test
    void aCrashInTheSaveAfterACrashLeavesOneOfThem() throws IOException {
        save(folder, OLD, WriteOptions.DEFAULT);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            save(folder, NEW, WriteOptions.DEFAULT);
        }
        Path second = Files.createDirectory(scratch.resolve("second"));
        int every = Soak.count(4, 1);
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, state) -> {
                            boolean isPlain = state.isOrdered() && state.lost().isEmpty();
                            if (isPlain && state.stepCount() % every == 0) {
                                crashAgain(left, second);
                            }
                        });
    }

    private static void crashAgain(Path left, Path scratch) throws IOException {
        int before = load(left);
        RecordingFileCalls calls = RecordingFileCalls.below(left);
        try (var _ = FileCalls.use(calls)) {
            save(left, NEXT, WriteOptions.DEFAULT);
            calls.mark(SAVED);
        }
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (leftAgain, state) -> {
                            if (state.isOrdered() && state.lost().isEmpty()) {
                                int found = load(leftAgain);
                                if (state.isAfter(SAVED) || found != before) {
                                    assertEquals(NEXT, found);
                                }
                            }
                        });
    }

    @Test
    void aCallThatFailsLeavesTheOldPairAndTheDirtyPages() throws IOException {
        // Every kind of commit is failed at every call elsewhere; here it is the pages that count.
        int step = Soak.count(5, 1);
        int attemptCount = 0;
        for (int errno : FailingFileCalls.errors()) {
            for (long index = 0; attempt(FailingFileCalls.once(index, errno)); index += step) {
                attemptCount++;
            }
        }
        for (long index = 0; attempt(FailingFileCalls.from(index, Errno.EIO)); index += step) {
            attemptCount++;
        }
        int attempts = attemptCount;
        assertTrue(attempts > 20, () -> "only " + attempts + " attempts");
    }

    /// Whether there was such a call to fail.
    private boolean attempt(FailingFileCalls calls) throws IOException {
        Path place = Files.createTempDirectory(scratch, "fault");
        save(place, OLD, WriteOptions.DEFAULT);
        attempt(place, calls);
        return calls.failed().isPresent();
    }

    private static void attempt(Path place, FailingFileCalls calls) throws IOException {
        Optional<SnapshotException> refused = Optional.empty();
        try (GuestMemory memory = Machines.memory(NEW);
                DirtyBitmap dirty = Machines.bitmap(PageSize.KIB_4)) {
            dirty.markPages(7, 100);
            try (var _ = FileCalls.use(calls)) {
                SnapshotPair.save(
                        SaveRequest.full(pair(place), Machines.machine(NEW), memory).dirty(dirty));
            } catch (SnapshotException failure) {
                refused = Optional.of(failure);
            }
            assertEquals(refused.isPresent() ? 100 : 0, dirty.dirtyCount());
        }
        int found = load(place);
        // A disk that is gone for good after the rename does not let it be undone.
        if (refused.isEmpty() || !(calls.isEverSince() && found == NEW)) {
            assertEquals(refused.isPresent() ? OLD : NEW, found);
        }
    }

    @Test
    void whatACrashKeptAsideIsWhatIsLoaded() throws IOException {
        save(folder, OLD, WriteOptions.DEFAULT);
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            save(folder, NEW, WriteOptions.DEFAULT);
        }
        int[] asideCount = new int[1];
        CrashReplay.of(calls.recording())
                .forEachState(
                        scratch,
                        (left, _) -> {
                            try (LoadedPair loaded = SnapshotPair.load(pair(left))) {
                                Path file = loaded.memoryFile().getFileName();
                                if (!file.equals(Path.of("x.mem"))) {
                                    assertEquals(OLD, Machines.mark(loaded.state()));
                                    asideCount[0]++;
                                }
                            }
                        });
        assertTrue(asideCount[0] > 0, "no state in which the old memory lies aside");
    }

    private static String names(Path folder) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            List<String> sorted =
                    names.map(path -> path.getFileName().toString()).sorted().toList();
            return sorted.toString();
        }
    }
}

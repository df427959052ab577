package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.crash.CrashReplay;
import io.coldframe.crash.CrashState;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.crash.RecordingFileCalls;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/// A crash at every point of a compaction, a deletion and a prune: every snapshot that is there
/// afterwards reads as it was captured, byte for byte; and whoever comes next ends what was begun,
/// and leaves nothing behind.
final class ChainCrashTest {
    private static final int PAGES = 6;
    private static final String DONE = "done";
    private static final int STATES_BETWEEN = Soak.count(4, 1);

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    @TempDir(factory = MemoryFolder.class)
    private Path scratch;

    private final int firstState = new SplittableRandom().nextInt(STATES_BETWEEN);
    private int nextIndex;

    /// Something that is done to a store, after which these names are gone.
    private record Work(Set<String> gone, Doing doing) {}

    @FunctionalInterface
    private interface Doing {
        void run(SnapshotStore store) throws Exception;
    }

    private static final CompactionPolicy POLICY = CompactionPolicy.intoOne(List.of("s002"));

    private Map<String, byte[]> prepare(Doing doing) throws Exception {
        try (ChainModel model = ChainModel.in(folder.resolve("store"), PAGES, PageSize.KIB_4)) {
            for (int page = 0; page < PAGES - 1; page++) {
                model.writePage(page, 1 + page);
            }
            model.captureFirst();
            model.writePage(1, 11);
            model.captureOn("s000");
            model.writePage(2, 0);
            model.writePage(3, 13);
            model.captureOn("s001");
            doing.run(model.store());
            return new TreeMap<>(model.expected());
        }
    }

    private static void nothing(SnapshotStore store) throws Exception {
        assertTrue(store.list().size() >= 3);
    }

    @Test
    void aCrashOfACompactionLosesNothing() throws Exception {
        check(ChainCrashTest::nothing, new Work(Set.of(), ChainCrashTest::compact));
    }

    @Test
    void aCrashOfAResumedCompactionLosesNothing() throws Exception {
        check(ChainCrashTest::stopCompacting, new Work(Set.of(), ChainCrashTest::compact));
    }

    @Test
    void aCrashOfADeletionLosesNothing() throws Exception {
        check(ChainCrashTest::nothing, new Work(Set.of("s001"), store -> store.delete("s001")));
    }

    @Test
    void aCrashOfTheDeletionOfTheLastReaderLosesNothing() throws Exception {
        check(
                store -> store.delete("s000"),
                new Work(Set.of("s000", "s002"), store -> store.delete("s002")));
    }

    @Test
    void aCrashOfAPruneLosesNothing() throws Exception {
        check(
                ChainCrashTest::nothing,
                new Work(
                        Set.of("s000", "s001"),
                        store ->
                                store.prune(
                                        store.planPrune(PrunePolicy.keeping(1)), Progress.NONE)));
    }

    private static void compact(SnapshotStore store) throws Exception {
        CompactionReport report = store.compact(store.planCompaction(POLICY), Progress.NONE);
        assertEquals(List.of(), report.left());
    }

    private static void stopCompacting(SnapshotStore store) throws Exception {
        try {
            store.compact(store.planCompaction(POLICY), (done, all) -> false);
        } catch (CancellationException expected) {
            return;
        }
        throw new AssertionError("not stopped");
    }

    private void check(Doing before, Work work) throws Exception {
        Map<String, byte[]> expected = prepare(before);
        SnapshotStore store = SnapshotStore.openAsFound(folder.resolve("store"));
        RecordingFileCalls calls = RecordingFileCalls.below(folder);
        try (var _ = FileCalls.use(calls)) {
            work.doing().run(store);
            calls.mark(DONE);
        }
        int stateCount =
                CrashReplay.of(calls.recording())
                        .forEachState(scratch, (left, state) -> check(left, state, expected, work));
        System.out.println(stateCount + " states, from the " + firstState + ". on");
        assertTrue(stateCount >= 3, () -> "only " + stateCount + " states");
    }

    private void check(Path left, CrashState state, Map<String, byte[]> expected, Work work)
            throws Exception {
        // Thousands, of which each run without the time for all looks at others.
        int index = nextIndex++;
        if (index % STATES_BETWEEN != firstState) {
            return;
        }
        SnapshotStore store = SnapshotStore.openAsFound(left.resolve("store"));
        Map<String, byte[]> found = ChainModel.check(store, expected);
        for (String name : expected.keySet()) {
            boolean mayBeGone = work.gone().contains(name);
            assertTrue(mayBeGone || found.containsKey(name), () -> name + " is gone");
            if (mayBeGone && state.isAfter(DONE)) {
                assertTrue(!found.containsKey(name), () -> name + " is back");
            }
        }
        // The longest part by far, and much the same from one state to the next.
        if (index / STATES_BETWEEN % Soak.count(8, 1) == 0) {
            comeNext(left.resolve("store"), found);
        }
    }

    private static void comeNext(Path root, Map<String, byte[]> found) throws Exception {
        SnapshotStore store = SnapshotStore.open(root);
        if (found.containsKey("s002")) {
            compact(store);
        } else {
            store.compact(store.planCompaction(CompactionPolicy.wholeStore()), Progress.NONE);
        }
        assertEquals(found.keySet(), ChainModel.check(store, found).keySet());
        StorePaths paths = new StorePaths(root.toRealPath());
        assertEquals(List.of(), new LayerShelf(paths).unneeded(LayerNeeds.of(paths)));
        try (Stream<Path> all = Files.walk(root)) {
            assertEquals(
                    List.of(),
                    all.map(path -> root.relativize(path).toString())
                            .filter(ChainCrashTest::isLeftover)
                            .toList());
        }
    }

    private static boolean isLeftover(String path) {
        boolean isWork = path.startsWith(".compaction/") && !path.endsWith("/lock");
        return isWork || path.endsWith(".draft");
    }
}

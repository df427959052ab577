package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.FsckProblem;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Several processes capture, compact, prune, delete and read in one store at once. Nobody ever
/// sees a mixture, or a layer missing that something reads.
final class LayerProcessesTest {
    private static final List<String> ROLES =
            List.of("grow", "grow", "compact", "compact", "prune", "delete", "read");

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    @Test
    void nobodySeesAnythingButWholeSnapshots() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("LayerProcessesTest: seed " + seed);
        Path root = folder.resolve("store");
        // One that nobody takes away, so that there is always something to read.
        LayerProcess.prepare(root, seed);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < ROLES.size(); i++) {
            processes.add(LayerProcess.start(root, ROLES.get(i), seed + i, Soak.count(25, 600)));
        }
        List<String> outputs = new ArrayList<>();
        for (Process process : processes) {
            outputs.add(
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            process.waitFor();
        }
        for (int i = 0; i < ROLES.size(); i++) {
            String said = ROLES.get(i) + " of seed " + seed + ": " + outputs.get(i).strip();
            System.out.println(said);
            assertTrue(said.matches("\\w+ of seed -?\\d+: done [1-9]\\d*"), said);
        }
        checkWhole(SnapshotStore.open(root));
    }

    private static void checkWhole(SnapshotStore store) throws Exception {
        // Nothing is swept while somebody captures.
        List<FsckProblem> left = new ArrayList<>(store.fsck(FsckOptions.DEFAULT).problems());
        left.removeIf(problem -> problem.kind() == FsckProblem.Kind.UNNEEDED_LAYER);
        assertEquals(List.of(), left);
        store.compact(
                store.planCompaction(CompactionPolicy.wholeStore().withDepthMax(1)), Progress.NONE);
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
        for (SnapshotSummary summary : store.list()) {
            store.verify(summary.name(), Progress.NONE);
        }
        store.untag("kept");
        for (SnapshotSummary summary : store.list()) {
            store.delete(summary.name());
        }
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }
}

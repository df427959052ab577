package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Several processes save, replace, delete and read in one store at once. Nobody ever sees a
/// mixture, or damage, or a diff without its parent.
final class StoreProcessesTest {

    private static final List<String> ROLES =
            List.of("replace", "replace", "chain", "chain", "delete", "read", "read");

    @TempDir Path directory;

    @Test
    void nobodySeesAnythingButWholeSnapshots() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("StoreProcessesTest seed " + seed);
        Path root = directory.resolve("store");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < ROLES.size(); i++) {
            processes.add(StoreProcess.start(root, ROLES.get(i), seed + i, Soak.count(60, 500)));
        }
        List<String> outputs = new ArrayList<>();
        for (Process process : processes) {
            outputs.add(
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            process.waitFor();
        }
        for (int i = 0; i < ROLES.size(); i++) {
            assertTrue(
                    outputs.get(i).strip().matches("done [0-9]+"),
                    ROLES.get(i) + " of seed " + seed + ": " + outputs.get(i));
        }

        SnapshotStore store = SnapshotStore.openAsFound(root);
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
        for (SnapshotSummary summary : store.list()) {
            store.verify(summary.name(), Progress.NONE);
        }
    }

    /// A process that is killed leaves a draft, and the next one who opens the store removes it.
    @Test
    void whoIsKilledLeavesNothingThatStays() throws Exception {
        Path root = directory.resolve("store");
        SnapshotStore.createOrOpen(root);
        for (int i = 0; i < Soak.count(5, 25); i++) {
            Process process = StoreProcess.start(root, "replace", i, 1_000_000);
            // It has saved something by the time that a snapshot is there.
            while (SnapshotStore.openAsFound(root).list().isEmpty() && process.isAlive()) {
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
            SnapshotStore store = SnapshotStore.open(root);
            assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
            for (SnapshotSummary summary : store.list()) {
                store.delete(summary.name());
            }
        }
    }
}

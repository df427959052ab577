package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.FsckProblem;
import io.coldframe.snapshot.PrunePolicy;
import io.coldframe.snapshot.SnapshotStore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Chains of layers that grow, branch, are compacted, pruned and deleted.
final class LayerKills extends KillScript {
    /// Made by name.
    public LayerKills() {
        super(StoreWork.LAYOUT, StoreWork.SEED);
    }

    @Override
    void prepare(Path folder) throws SnapshotException {
        SnapshotStore.createOrOpen(folder.resolve("store"));
    }

    @Override
    void run(Path folder, ScriptedGuest guest, int number) throws IOException {
        SnapshotStore store = SnapshotStore.open(folder.resolve("store"));
        switch (number % LayerModel.CYCLE) {
            case 1 -> store.save(LayerWork.first("a", guest));
            case 2 -> store.save(LayerWork.next("b", "a", guest));
            case 3 -> store.save(LayerWork.next("c", "b", guest));
            case 4 -> compact(store, CompactionPolicy.intoOne(List.of("c")));
            case 5 -> store.save(LayerWork.next("d", "a", guest));
            case 6 -> store.delete("a");
            case 7 -> store.save(LayerWork.next("e", "d", guest));
            case 8 -> store.delete("d");
            case 9 -> compact(store, CompactionPolicy.wholeStore().withDepthMax(1));
            case 10 -> store.prune(store.planPrune(PrunePolicy.named(List.of("b"))), Progress.NONE);
            case 11 -> store.prune(store.planPrune(PrunePolicy.named(List.of("c"))), Progress.NONE);
            default -> store.delete("e");
        }
    }

    private static void compact(SnapshotStore store, CompactionPolicy policy)
            throws SnapshotException {
        store.compact(store.planCompaction(policy), Progress.NONE);
    }

    @Override
    String expected(int doneCount) {
        return LayerModel.after(doneCount);
    }

    @Override
    String read(Path folder) throws IOException {
        // As it was left, before anybody has swept.
        SnapshotStore found = SnapshotStore.openAsFound(folder.resolve("store"));
        String text = reading().read(found);
        SnapshotStore store = SnapshotStore.open(folder.resolve("store"));
        Work.checkSwept(folder);
        // Who is killed before he sweeps leaves that to the next one who does.
        for (FsckProblem problem : store.fsck(FsckOptions.DEFAULT).problems()) {
            assertEquals(FsckProblem.Kind.UNNEEDED_LAYER, problem.kind(), problem::toString);
        }
        return text;
    }

    private StoreReading reading() {
        return new StoreReading(memory(), layout());
    }

    @Override
    void readWhileWritten(Path folder) throws SnapshotException {
        SnapshotStore store = SnapshotStore.openAsFound(folder.resolve("store"));
        store.list().forEach(each -> assertEquals("", each.problem(), each.name()));
        for (String reference : List.of("a", "b", "c", "d", "e")) {
            try {
                reading().step(store, reference);
            } catch (SnapshotException failure) {
                requireMissing(failure);
            }
        }
    }

    @Override
    void comeNext(Path folder, ScriptedGuest guest, int number) throws IOException {
        // What a killed compaction has begun is gone when the next one is over.
        SnapshotStore store = SnapshotStore.open(folder.resolve("store"));
        compact(store, CompactionPolicy.wholeStore());
        StoreReading.checkClean(store);
    }

    /// What the operations on the store leave.
    private static final class LayerModel {
        static final int CYCLE = 12;

        private final Map<String, String> snapshots = new TreeMap<>();

        private void run(int number) {
            switch (number % CYCLE) {
                case 1 -> snapshots.put("a", "step " + number + ", generation 0");
                case 2 -> snapshots.put("b", "step " + number + ", generation 1 on a");
                case 3 -> snapshots.put("c", "step " + number + ", generation 2 on b");
                case 5 -> snapshots.put("d", "step " + number + ", generation 1 on a");
                case 6 -> snapshots.remove("a");
                case 7 -> snapshots.put("e", "step " + number + ", generation 2 on d");
                case 8 -> snapshots.remove("d");
                case 10 -> snapshots.remove("b");
                case 11 -> snapshots.remove("c");
                case 0 -> snapshots.remove("e");
                default -> {
                    // A compaction changes no snapshot.
                }
            }
        }

        static String after(int doneCount) {
            LayerModel model = new LayerModel();
            // After a whole cycle nothing is left.
            int first = doneCount / CYCLE * CYCLE + 1;
            for (int number = first; number <= doneCount; number++) {
                model.run(number);
            }
            StringBuilder text = new StringBuilder("a store\n");
            model.snapshots.forEach(
                    (name, what) -> text.append(name + ": " + what + ", tags []\n"));
            return text.toString();
        }
    }
}

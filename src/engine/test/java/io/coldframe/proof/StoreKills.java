package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.SnapshotException;
import io.coldframe.image.OnExisting;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Full and diff snapshots in a store, replaced, tagged, untagged and deleted.
final class StoreKills extends KillScript {
    /// Made by name.
    public StoreKills() {
        super(StoreWork.LAYOUT, StoreWork.SEED);
    }

    @Override
    void prepare(Path folder) throws SnapshotException {
        SnapshotStore.createOrOpen(folder.resolve("store"));
    }

    @Override
    void run(Path folder, ScriptedGuest guest, int number) throws IOException {
        SnapshotStore store = SnapshotStore.open(folder.resolve("store"));
        switch (number % StoreModel.CYCLE) {
            case 1 -> store.save(full("full", guest));
            case 2 -> store.save(diff("one", "full", guest));
            case 3 -> store.tag("latest", "one");
            case 4 -> store.save(diff("two", "latest", guest));
            case 5 -> store.tag("latest", "two");
            case 6 -> store.save(full("spare", guest));
            case 7 -> store.untag("latest");
            case 8 -> store.delete("two");
            default -> store.delete("one");
        }
    }

    private SnapshotRequest full(String name, ScriptedGuest guest) {
        return SnapshotRequest.full(name, guest.memory(), StoreReading.state(guest.step()))
                .withOnExisting(OnExisting.REPLACE);
    }

    // By content: what an operation before it has saved is not what the bitmap knows.
    private SnapshotRequest diff(String name, String parent, ScriptedGuest guest) {
        return SnapshotRequest.diff(name, parent, guest.memory(), StoreReading.state(guest.step()));
    }

    @Override
    String expected(int doneCount) {
        return StoreModel.after(doneCount);
    }

    @Override
    String read(Path folder) throws IOException {
        // As it was left, before anybody has swept.
        SnapshotStore found = SnapshotStore.openAsFound(folder.resolve("store"));
        String text = reading().read(found);
        SnapshotStore store = SnapshotStore.open(folder.resolve("store"));
        Work.checkSwept(folder);
        StoreReading.checkClean(store);
        return text;
    }

    private StoreReading reading() {
        return new StoreReading(memory(), layout());
    }

    @Override
    void readWhileWritten(Path folder) throws SnapshotException {
        SnapshotStore store = SnapshotStore.openAsFound(folder.resolve("store"));
        store.list().forEach(each -> assertEquals("", each.problem(), each.name()));
        for (String reference : List.of("full", "one", "two", "spare", "latest")) {
            try {
                reading().step(store, reference);
            } catch (SnapshotException failure) {
                requireMissing(failure);
            }
        }
    }

    @Override
    void comeNext(Path folder, ScriptedGuest guest, int number) {
        // To read it was to open it, which sweeps.
    }

    /// What the operations on the store leave.
    private static final class StoreModel {
        static final int CYCLE = 9;

        private final Map<String, String> snapshots = new TreeMap<>();
        private String tagged = "";

        private void run(int number) {
            switch (number % CYCLE) {
                case 1 -> snapshots.put("full", "step " + number + ", generation 0");
                case 2 -> snapshots.put("one", "step " + number + ", generation 1 on full");
                case 3 -> tagged = "one";
                case 4 -> snapshots.put("two", "step " + number + ", generation 2 on one");
                case 5 -> tagged = "two";
                case 6 -> snapshots.put("spare", "step " + number + ", generation 0");
                case 7 -> tagged = "";
                case 8 -> snapshots.remove("two");
                default -> snapshots.remove("one");
            }
        }

        static String after(int doneCount) {
            StoreModel model = new StoreModel();
            // What came before the last whole cycle has been replaced or deleted.
            int first = Math.max(1, (doneCount / CYCLE - 1) * CYCLE + 1);
            for (int number = first; number <= doneCount; number++) {
                model.run(number);
            }
            StringBuilder text = new StringBuilder("a store\n");
            model.snapshots.forEach(
                    (name, what) -> {
                        String tags = name.equals(model.tagged) ? "[latest]" : "[]";
                        text.append(name + ": " + what + ", tags " + tags + "\n");
                    });
            return text.toString();
        }
    }
}

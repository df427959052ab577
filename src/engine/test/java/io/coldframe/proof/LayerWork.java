package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.PrunePolicy;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Generations of layers in a store: `first`, `middle` on it, `last` on that, and `onImage` on an
/// image.
enum LayerWork implements Work {
    FIRST_BUFFERED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(tracked(first("new", guest), guest, Output.BUFFERED));
        }
    },
    NEXT_DIRECT {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(tracked(next("new", "last", guest), guest, Output.DIRECT));
        }
    },
    NEXT_COMPARED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(next("new", "middle", guest));
        }

        @Override
        public boolean takesDirtyPages() {
            return false;
        }
    },
    NEXT_ON_IMAGE {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(tracked(next("new", "image", guest), guest, Output.AUTO));
        }
    },
    LAST_REPLACED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(
                    tracked(next("last", "middle", guest), guest, Output.AUTO)
                            .withOnExisting(OnExisting.REPLACE));
        }
    },
    MIDDLE_REPLACED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(
                    tracked(first("middle", guest), guest, Output.AUTO)
                            .withOnExisting(OnExisting.REPLACE));
        }
    },
    MIDDLE_DELETED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.delete("middle");
        }

        @Override
        public boolean takesDirtyPages() {
            return false;
        }
    },
    LAST_DELETED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.delete("last");
        }

        @Override
        public boolean takesDirtyPages() {
            return false;
        }
    },
    PRUNED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            PrunePolicy policy = PrunePolicy.named(List.of("first"));
            store.prune(store.planPrune(policy), Progress.NONE);
        }

        @Override
        public boolean takesDirtyPages() {
            return false;
        }
    },
    /// Of one snapshot that is left of its chain. Of several, each gets its new index in a step of
    /// its own.
    COMPACTED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            CompactionPolicy policy = CompactionPolicy.intoOne(List.of("last"));
            store.compact(store.planCompaction(policy), Progress.NONE);
        }

        @Override
        void thin(SnapshotStore store) throws IOException {
            store.delete("first");
            store.delete("middle");
        }

        @Override
        public boolean takesDirtyPages() {
            return false;
        }

        @Override
        public boolean isDoneThoughRefused() {
            // It looks once more who reads the old layers.
            return true;
        }
    };

    private static final int FIRST_STEP = 3;
    private static final StoreReading READING =
            new StoreReading(
                    new ScriptedMemory(
                            Math.toIntExact(StoreWork.LAYOUT.byteCount()), StoreWork.SEED),
                    StoreWork.LAYOUT);

    abstract void run(SnapshotStore store, ScriptedGuest guest) throws IOException;

    /// Takes away what the work must not meet.
    void thin(SnapshotStore store) throws IOException {
        // Most do with all of them.
    }

    @Override
    public ScriptedGuest guest() throws IOException {
        return ScriptedGuest.after(FIRST_STEP, StoreWork.LAYOUT, PageSize.KIB_16, StoreWork.SEED);
    }

    private static Path root(Path folder) {
        return folder.resolve("store");
    }

    @Override
    public void prepare(Path folder, ScriptedGuest guest) throws IOException {
        SnapshotStore store = SnapshotStore.createOrOpen(root(folder));
        store.save(SnapshotRequest.full("image", guest.memory(), StoreReading.state(guest.step())));
        store.save(first("first", guest));
        store.save(next("onImage", "image", guest));
        guest.advance();
        store.save(next("middle", "first", guest));
        guest.advance();
        store.save(tracked(next("last", "middle", guest), guest, Output.AUTO));
        thin(store);
        // What is dirty since is true for any of them but the last only if all is.
        guest.dirty().markBytes(0, StoreWork.LAYOUT.byteCount());
        guest.expectDirty();
        guest.advance();
    }

    @Override
    public void run(Path folder, ScriptedGuest guest) throws IOException {
        run(SnapshotStore.openAsFound(root(folder)), guest);
        if (takesDirtyPages()) {
            guest.expectClean();
        }
    }

    @Override
    public boolean takesDirtyPages() {
        return true;
    }

    @Override
    public String read(Path folder) throws IOException {
        SnapshotStore store = SnapshotStore.openAsFound(root(folder));
        StringBuilder text = new StringBuilder(READING.read(store));
        for (SnapshotSummary each : store.list()) {
            try (Snapshot snapshot = store.open(each.name())) {
                snapshot.layers()
                        .ifPresent(
                                chain ->
                                        text.append(each.name())
                                                .append(" reads layers: ")
                                                .append(chain.index().layers().size())
                                                .append('\n'));
            }
        }
        return text.toString();
    }

    @Override
    public void comeNext(Path folder) throws IOException {
        SnapshotStore store = SnapshotStore.open(root(folder));
        Work.checkSwept(folder);
        int step = FIRST_STEP + 9;
        try (ScriptedGuest later =
                ScriptedGuest.after(step, StoreWork.LAYOUT, PageSize.KIB_4, StoreWork.SEED)) {
            store.save(next("next", "image", later));
        }
        assertTrue(read(folder).contains("next: step " + step));
        store.delete("next");
        StoreReading.checkClean(store);
    }

    static SnapshotRequest first(String name, ScriptedGuest guest) {
        return SnapshotRequest.layer(name, guest.memory(), StoreReading.state(guest.step()))
                .withWriteOptions(alone(Output.AUTO));
    }

    static SnapshotRequest next(String name, String parent, ScriptedGuest guest) {
        return SnapshotRequest.layer(name, parent, guest.memory(), StoreReading.state(guest.step()))
                .withWriteOptions(alone(Output.AUTO));
    }

    private static SnapshotRequest tracked(
            SnapshotRequest request, ScriptedGuest guest, Output output) {
        return request.withDirty(guest.dirty()).withWriteOptions(alone(output));
    }

    // One thread, so that the calls come in the same order each time.
    private static WriteOptions alone(Output output) {
        return WriteOptions.DEFAULT.withOutput(output).withThreadCount(1);
    }
}

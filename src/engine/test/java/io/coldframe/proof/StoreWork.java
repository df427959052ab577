package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;

import java.io.IOException;
import java.nio.file.Path;

/// Snapshots in a store.
enum StoreWork implements Work {
    CREATED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) {
            // It was created to be handed in.
        }
    },
    NEW_FULL_MAPPED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(full("new", guest, Output.MAPPED));
        }
    },
    NEW_DIFF_DIRECT {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(diff("new", guest, Output.DIRECT));
        }
    },
    NEW_COMPARED_DIFF {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(
                    SnapshotRequest.diff(
                            "new", "base", guest.memory(), StoreReading.state(guest.step())));
        }

        @Override
        public boolean takesDirtyPages() {
            return false;
        }
    },
    REPLACED_FULL {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(full("alone", guest, Output.BUFFERED).withOnExisting(OnExisting.REPLACE));
        }
    },
    REPLACED_BY_DIFF {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.save(diff("alone", guest, Output.MAPPED).withOnExisting(OnExisting.REPLACE));
        }
    },
    DELETED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.delete("alone");
        }
    },
    TAGGED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.tag("fresh", "alone");
        }
    },
    TAG_MOVED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.tag("tag", "alone");
        }
    },
    UNTAGGED {
        @Override
        void run(SnapshotStore store, ScriptedGuest guest) throws IOException {
            store.untag("tag");
        }
    };

    static final GuestLayout LAYOUT = GuestLayout.startingAt(0, 0x9000).then(0x10_0000, 0x6000);
    static final long SEED = 33;
    private static final int FIRST_STEP = 3;
    private static final StoreReading READING =
            new StoreReading(new ScriptedMemory(Math.toIntExact(LAYOUT.byteCount()), SEED), LAYOUT);

    abstract void run(SnapshotStore store, ScriptedGuest guest) throws IOException;

    @Override
    public ScriptedGuest guest() throws IOException {
        return ScriptedGuest.after(FIRST_STEP, LAYOUT, PageSize.KIB_16, SEED);
    }

    private static Path root(Path folder) {
        return folder.resolve("store");
    }

    @Override
    public void prepare(Path folder, ScriptedGuest guest) throws IOException {
        if (this == CREATED) {
            return;
        }
        SnapshotStore store = SnapshotStore.createOrOpen(root(folder));
        store.save(full("alone", guest, Output.AUTO));
        guest.advance();
        store.save(full("base", guest, Output.AUTO));
        store.tag("tag", "base");
        guest.expectClean();
        guest.advance();
    }

    @Override
    public void run(Path folder, ScriptedGuest guest) throws IOException {
        SnapshotStore store =
                this == CREATED
                        ? SnapshotStore.createOrOpen(root(folder))
                        : SnapshotStore.openAsFound(root(folder));
        run(store, guest);
        if (takesDirtyPages()) {
            guest.expectClean();
        }
    }

    @Override
    public boolean takesDirtyPages() {
        return switch (this) {
            case NEW_FULL_MAPPED, NEW_DIFF_DIRECT, REPLACED_FULL, REPLACED_BY_DIFF -> true;
            default -> false;
        };
    }

    @Override
    public boolean isDoneThoughRefused() {
        // To open what was created is another step; and a name that is gone can't be brought back.
        return this == CREATED || this == UNTAGGED;
    }

    @Override
    public String read(Path folder) throws IOException {
        try {
            return READING.read(SnapshotStore.openAsFound(root(folder)));
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
            return NOTHING;
        }
    }

    @Override
    public void comeNext(Path folder) throws IOException {
        SnapshotStore store = SnapshotStore.createOrOpen(root(folder));
        Work.checkSwept(folder);
        int step = FIRST_STEP + 9;
        try (ScriptedGuest later = ScriptedGuest.after(step, LAYOUT, PageSize.KIB_4, SEED)) {
            store.save(full("next", later, Output.AUTO));
        }
        assertTrue(read(folder).contains("next: step " + step));
        store.delete("next");
        StoreReading.checkClean(store);
    }

    private static SnapshotRequest full(String name, ScriptedGuest guest, Output output) {
        return SnapshotRequest.full(name, guest.memory(), StoreReading.state(guest.step()))
                .withDirty(guest.dirty())
                .withWriteOptions(alone(output));
    }

    private static SnapshotRequest diff(String name, ScriptedGuest guest, Output output) {
        return SnapshotRequest.diff(name, "base", guest.memory(), StoreReading.state(guest.step()))
                .withDirty(guest.dirty())
                .withWriteOptions(alone(output));
    }

    // One thread, so that the calls come in the same order each time.
    private static WriteOptions alone(Output output) {
        return WriteOptions.DEFAULT.withOutput(output).withThreadCount(1);
    }
}

package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Bridges;
import io.coldframe.snapshot.LoadedPair;
import io.coldframe.snapshot.OpenVmmDirectory;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.RestoredOpenVmm;
import io.coldframe.snapshot.SaveRequest;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotPair;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.StateSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Snapshots that come into a store from elsewhere, and go out of it.
enum BridgeWork implements Work {
    PAIR_IMPORTED {
        @Override
        public void run(Path folder, ScriptedGuest guest) throws IOException {
            Bridges.importPair(store(folder), "imported", full(folder), Progress.NONE);
        }
    },
    DIFF_IMPORTED {
        @Override
        public void run(Path folder, ScriptedGuest guest) throws IOException {
            Bridges.importPair(store(folder), "imported", "base", diff(folder), Progress.NONE);
        }
    },
    PAIR_EXPORTED {
        @Override
        public void run(Path folder, ScriptedGuest guest) throws IOException {
            Bridges.exportPair(
                    store(folder), "next", exported(folder), OnExisting.REFUSE, Progress.NONE);
        }
    },
    OPENVMM_EXPORTED {
        @Override
        public void run(Path folder, ScriptedGuest guest) throws IOException {
            Path target = folder.resolve("openvmm");
            Bridges.exportOpenVmm(store(folder), "next", target, OnExisting.REFUSE, Progress.NONE);
        }
    };

    private static final int FIRST_STEP = 3;
    private static final long SEED = PairWork.SEED;
    private static final ScriptedMemory SCRIPT = new ScriptedMemory(1 << 20, SEED);

    private static SnapshotStore store(Path folder) throws SnapshotException {
        return SnapshotStore.createOrOpen(folder.resolve("store"));
    }

    private static PairPaths full(Path folder) {
        return PairPaths.of(folder.resolve("full.snap"));
    }

    private static PairPaths diff(Path folder) {
        return PairPaths.of(folder.resolve("diff.snap"));
    }

    private static PairPaths exported(Path folder) {
        return PairPaths.of(folder.resolve("exported.snap"));
    }

    @Override
    public ScriptedGuest guest() throws IOException {
        return ScriptedGuest.after(FIRST_STEP, PairWork.LAYOUT, PageSize.KIB_4, SEED);
    }

    /// A full pair and a diff on it, and in the store a full snapshot, which came from that pair,
    /// and a diff.
    @Override
    public void prepare(Path folder, ScriptedGuest guest) throws IOException {
        SnapshotPair.save(
                SaveRequest.full(full(folder), guest.machine(), guest.memory())
                        .dirty(guest.dirty()));
        Bridges.importPair(store(folder), "base", full(folder), Progress.NONE);
        guest.advance();
        SnapshotPair.save(
                SaveRequest.diff(diff(folder), guest.machine(), guest.memory())
                        .dirty(guest.dirty()));
        guest.advance();
        store(folder)
                .save(
                        SnapshotRequest.diff(
                                "next",
                                "base",
                                guest.memory(),
                                StateSource.machine(guest.machine())));
        guest.dirty().clear();
        guest.expectClean();
    }

    @Override
    public boolean takesDirtyPages() {
        return false;
    }

    @Override
    public String read(Path folder) throws IOException {
        Map<String, Integer> steps = new TreeMap<>();
        for (var each : SnapshotStore.openAsFound(folder.resolve("store")).list()) {
            assertEquals("", each.problem());
            steps.put(each.name(), stepInStore(folder, each.name()));
        }
        boolean isExported = Files.exists(exported(folder).state());
        try (LoadedPair pair = SnapshotPair.load(exported(folder))) {
            int step = ScriptedGuest.stepOf(pair.envelope().state());
            ScriptedGuest.checkMemory(SCRIPT, step, pair.memory());
            steps.put("exported", step);
        } catch (SnapshotException failure) {
            requireMissing(failure, isExported);
        }
        Path openVmm = folder.resolve("openvmm");
        boolean isThere = Files.exists(openVmm);
        try (RestoredOpenVmm found = OpenVmmDirectory.restore(openVmm, PairWork.LAYOUT)) {
            // Its state is that of the store; the memory tells the step.
            ScriptedGuest.checkMemory(SCRIPT, FIRST_STEP + 2, found.memory());
            steps.put("openvmm", FIRST_STEP + 2);
        } catch (SnapshotException failure) {
            requireMissing(failure, isThere);
        }
        return steps.toString();
    }

    private static int stepInStore(Path folder, String name) throws SnapshotException {
        SnapshotStore store = SnapshotStore.openAsFound(folder.resolve("store"));
        try (Snapshot snapshot = store.open(name);
                GuestMemory memory = GuestMemory.anonymous(PairWork.LAYOUT)) {
            byte[] told = snapshot.machineState().devices().getFirst().state().bytes();
            int step = ScriptedMemory.stepOf(told);
            snapshot.load(memory, Progress.NONE);
            ScriptedGuest.checkMemory(SCRIPT, step, memory);
            return step;
        }
    }

    private static void requireMissing(SnapshotException failure, boolean isThere)
            throws SnapshotException {
        if (failure.kind() != Kind.MISSING) {
            throw failure;
        }
        assertFalse(isThere, failure::toString);
    }

    @Override
    public void comeNext(Path folder) throws IOException {
        // Each writer sweeps where it writes: the store, and the folder beside it.
        SnapshotStore store = SnapshotStore.open(folder.resolve("store"));
        Bridges.exportPair(store, "next", exported(folder), OnExisting.REPLACE, Progress.NONE);
        StoreReading.checkClean(store);
    }
}

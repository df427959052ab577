package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Blob;
import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;
import io.coldframe.state.Arm64Vcpu;
import io.coldframe.state.InterruptController;
import io.coldframe.state.MachineState;
import io.coldframe.state.VmInfo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/// How a monitor saves a machine and its changes, and gets it back. To be read from the top.
final class PairExampleTest {

    @TempDir private Path folder;

    @Test
    void aMachineIsSavedChangedSavedAgainAndLoaded() throws SnapshotException {
        // A machine of 64 MiB with one processor, whose written pages are tracked.
        PageGrid pages = new PageGrid(0, 64L << 20, PageSize.KIB_4);
        MachineState machine =
                new MachineState(
                        Architecture.AARCH64,
                        new VmInfo(64).withTrackDirtyPages(true),
                        List.of(new Arm64Vcpu(0)),
                        new InterruptController(Blob.ofText("what the hypervisor hands out")));
        PairPaths base = PairPaths.of(folder.resolve("base.snap"));
        PairPaths later = PairPaths.of(folder.resolve("later.snap"));

        try (GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(pages.byteCount()));
                DirtyBitmap dirty = DirtyBitmap.create(pages)) {
            // All of it, while the guest is paused. The pages are clean from then on.
            SaveReport saved =
                    SnapshotPair.save(SaveRequest.full(base, machine, memory).dirty(dirty));

            // The guest runs, writes, and is paused again. What it wrote is saved.
            memory.segment(0).set(ValueLayout.JAVA_LONG, 0x5000, 42);
            dirty.markWritten(0x5000, Long.BYTES);
            SaveReport diff =
                    SnapshotPair.save(
                            SaveRequest.diff(later, machine, memory)
                                    .dirty(dirty)
                                    .base(saved.memoryDigest()));
            assertEquals(1, diff.pagesWritten());
        }

        // Anywhere and any time later: every byte is checked, and the machine is as it was.
        try (LoadedPair pair = SnapshotPair.load(List.of(base, later), Progress.NONE)) {
            assertEquals(42, pair.memory().segment(0).get(ValueLayout.JAVA_LONG, 0x5000));
            assertEquals(machine.normalised(), pair.state());
        }

        // A store keeps both, and gives them back as one pair.
        SnapshotStore store = SnapshotStore.createOrOpen(folder.resolve("store"));
        Bridges.importPair(store, "base", base, Progress.NONE);
        Bridges.importPair(store, "later", "base", later, Progress.NONE);
        PairPaths whole = PairPaths.of(folder.resolve("whole.snap"));
        Bridges.exportPair(store, "later", whole, OnExisting.REFUSE, Progress.NONE);
        try (LoadedPair pair = SnapshotPair.load(whole)) {
            assertEquals(42, pair.memory().segment(0).get(ValueLayout.JAVA_LONG, 0x5000));
        }
    }
}

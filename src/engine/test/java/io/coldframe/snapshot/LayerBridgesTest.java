package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestMemory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// A layer snapshot leaves a store as an image, and no image comes in onto one.
final class LayerBridgesTest {

    @TempDir private Path folder;
    private SnapshotStore store;
    private byte[] expected = new byte[0];

    /// Pages of an image, of a first layer and of a second one.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
        StateSource state = StateSource.machine(Machines.machine(3));
        try (GuestMemory memory = Machines.patterned(1)) {
            store.save(SnapshotRequest.full("image", memory, state));
            memory.slice(0x3000, 0x2000).fill((byte) 0);
            store.save(SnapshotRequest.layer("first", "image", memory, state));
            memory.slice(0x8000, 0x1000).fill((byte) 7);
            store.save(SnapshotRequest.layer("second", "first", memory, state));
            expected = memory.segment(0).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void itGoesOutAsAPair() throws Exception {
        PairPaths out = PairPaths.of(folder.resolve("out.snap"));
        SaveReport exported =
                Bridges.exportPair(store, "second", out, OnExisting.REFUSE, Progress.NONE);
        assertEquals(
                exported.memoryDigest(),
                SnapshotPair.verifyPair(out, Progress.NONE).memoryDigest());
        try (LoadedPair pair = SnapshotPair.load(out)) {
            assertEquals(Machines.machine(3), pair.envelope().state());
            assertArrayEquals(expected, pair.memory().segment(0).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void itGoesOutAsADirectoryOfOpenVmms() throws Exception {
        Path out = folder.resolve("out");
        Bridges.exportOpenVmm(store, "second", out, OnExisting.REFUSE, Progress.NONE);
        assertArrayEquals(expected, Files.readAllBytes(out.resolve("memory.bin")));
        Bridges.importOpenVmm(store, "back", out, Progress.NONE);
        assertEquals(Manifest.Kind.FULL, store.manifest("back").kind());
    }

    @Test
    void aDamagedLayerGoesNowhere() throws Exception {
        Path layer = store.directory().resolve("second").resolve("memory.layer");
        byte[] bytes = Files.readAllBytes(layer);
        bytes[100]++;
        Files.write(layer, bytes);
        PairPaths pair = PairPaths.of(folder.resolve("out.snap"));
        Path directory = folder.resolve("out");
        Refusals.assertRefused(
                Kind.CORRUPT,
                Reason.CHECKSUM,
                () -> Bridges.exportPair(store, "second", pair, OnExisting.REFUSE, Progress.NONE),
                layer.toString());
        Refusals.assertRefused(
                Kind.CORRUPT,
                Reason.CHECKSUM,
                () ->
                        Bridges.exportOpenVmm(
                                store, "second", directory, OnExisting.REFUSE, Progress.NONE),
                layer.toString());
        try (var left = Files.list(folder)) {
            assertEquals(1, left.count(), "only the store");
        }
    }

    @Test
    void aDiffOfAPairDoesNotComeOntoALayer() throws SnapshotException {
        PairPaths diff = PairPaths.of(folder.resolve("diff.snap"));
        try (GuestMemory memory = Machines.patterned(1);
                var dirty = Machines.bitmap(io.coldframe.memory.PageSize.KIB_4)) {
            PairPaths base = PairPaths.of(folder.resolve("base.snap"));
            SaveReport saved =
                    SnapshotPair.save(SaveRequest.full(base, Machines.machine(1), memory));
            dirty.markPages(3, 1);
            SnapshotPair.save(
                    SaveRequest.diff(diff, Machines.machine(1), memory)
                            .dirty(dirty)
                            .base(saved.memoryDigest()));
        }
        Refusals.assertRefused(
                Kind.UNSUPPORTED,
                Reason.INCOMPATIBLE,
                () -> Bridges.importPair(store, "diff", "second", diff, Progress.NONE),
                "a layer");
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.state.MachineState;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/// A store that takes layers, from the outside.
final class LayerSnapshotTest {

    @TempDir Path directory;

    private SnapshotStore store;

    @BeforeEach
    void makeStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
    }

    private byte[] restored(String reference) throws Exception {
        Path file = directory.resolve("restored");
        store.restore(reference, file, OnExisting.REPLACE, Progress.NONE);
        return Files.readAllBytes(file);
    }

    private SnapshotReport first(String name, GuestMemory memory) throws Exception {
        return store.save(SnapshotRequest.layer(name, memory, Guests.opaque(name)));
    }

    private static SnapshotRequest next(String name, String parent, GuestMemory memory) {
        return SnapshotRequest.layer(name, parent, memory, Guests.opaque(name));
    }

    private SnapshotReport capture(String name, String parent, GuestMemory memory)
            throws Exception {
        return store.save(next(name, parent, memory));
    }

    private static DirtyBitmap bitmap(GuestMemory memory) {
        return DirtyBitmap.create(new PageGrid(0, memory.byteCount(), PageSize.KIB_4));
    }

    private List<String> files(String name) throws Exception {
        try (Stream<Path> files = Files.list(store.directory().resolve(name))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aGuestComesBackWithItsMemoryAndItsState() throws Exception {
        MachineState state = Guests.machine(1, 0xffff_0000_8000L);
        try (GuestMemory memory = Guests.ofPages(256);
                GuestMemory again = Guests.ofPages(256)) {
            Guests.write(memory, 3, 0x33);
            Guests.write(memory, 255, 0xff);

            SnapshotReport report =
                    store.save(SnapshotRequest.layer("base", memory, StateSource.machine(state)));

            assertEquals(Manifest.Kind.LAYER, report.manifest().kind());
            assertEquals(2, report.pagesWritten());
            assertEquals(2, report.layer().orElseThrow().dataBlocks());
            assertEquals(254, report.layer().orElseThrow().zeroBlocks());
            assertEquals(
                    List.of("manifest.bin", "memory.index", "memory.layer", "state.bin"),
                    files("base"));
            assertEquals(
                    2L * Guests.PAGE,
                    Files.size(store.directory().resolve("base").resolve("memory.layer")));
            try (Snapshot snapshot = store.open("base")) {
                snapshot.load(again, Progress.NONE);
                assertEquals(state, snapshot.machineState());
                assertTrue(snapshot.layers().isPresent());
                assertEquals(List.of(), snapshot.images());
            }
            assertArrayEquals(Guests.bytes(memory), Guests.bytes(again));
            assertArrayEquals(Guests.bytes(memory), restored("base"));
        }
    }

    @Test
    void theNextHoldsWhatHasChangedAndAZeroedPageIsZero() throws Exception {
        try (GuestMemory memory = Guests.ofPages(64)) {
            Guests.write(memory, 1, 1);
            Guests.write(memory, 2, 2);
            Guests.write(memory, 3, 3);
            first("a", memory);
            byte[] before = Guests.bytes(memory);
            Guests.write(memory, 2, 0);
            Guests.write(memory, 3, 0x33);

            SnapshotReport report = capture("b", "a", memory);

            LayerReport layer = report.layer().orElseThrow();
            assertEquals(1, layer.dataBlocks());
            assertEquals(1, layer.zeroBlocks());
            assertEquals(62, layer.unchangedBlocks());
            assertEquals(1, report.manifest().generation());
            assertEquals("a", report.manifest().parent().orElseThrow().name());
            assertEquals(Optional.empty(), report.manifest().memory().baseId());
            assertArrayEquals(Guests.bytes(memory), restored("b"));
            assertArrayEquals(before, restored("a"));
            try (LayerIndex index = store.layerIndex("b")) {
                assertEquals(2, index.layers().size());
                assertEquals(report.manifest().memory().layerId(), index.layerId());
                assertEquals(report.manifest().memory().sumsDigest(), index.digest());
            }
        }
    }

    @Test
    void aBitmapSaysWhereToLookAndIsCleanAfterwards() throws Exception {
        try (GuestMemory memory = Guests.ofPages(64);
                DirtyBitmap dirty = bitmap(memory)) {
            Guests.write(memory, 1, 1);
            dirty.markPages(0, 64);
            store.save(SnapshotRequest.layer("a", memory, Guests.opaque("a")).withDirty(dirty));
            assertEquals(0, dirty.dirtyCount());

            Guests.write(memory, 7, 7);
            dirty.markPages(1, 1);
            dirty.markPages(7, 1);
            SnapshotReport report = store.save(next("b", "a", memory).withDirty(dirty));

            assertEquals(0, dirty.dirtyCount());
            LayerReport layer = report.layer().orElseThrow();
            assertEquals(1, layer.dataBlocks());
            assertEquals(1, layer.unchangedBlocks());
            assertEquals(62, layer.cleanBlocks());
            assertArrayEquals(Guests.bytes(memory), restored("b"));
        }
    }

    @Test
    void afterAFailureAllPagesAreDirtyAgain() throws Exception {
        try (GuestMemory memory = Guests.ofPages(64);
                DirtyBitmap dirty = bitmap(memory)) {
            first("a", memory);
            dirty.markPages(5, 9);
            assertThrows(
                    CancellationException.class,
                    () ->
                            store.save(
                                    next("b", "a", memory)
                                            .withDirty(dirty)
                                            .withWriteOptions(
                                                    io.coldframe.image.WriteOptions.DEFAULT
                                                            .withProgress((_, _) -> false))));
            assertEquals(9, dirty.dirtyCount());
            Refusals.assertRefused(
                    Kind.CONFLICT,
                    Reason.EXISTS,
                    () -> store.save(next("a", "a", memory).withDirty(dirty)));
            assertEquals(9, dirty.dirtyCount());
            assertEquals(List.of("a"), names());
        }
    }

    private List<String> names() throws Exception {
        return store.list().stream().map(SnapshotSummary::name).toList();
    }

    @Test
    void aLayerLiesOnAnImageAndShowsWhatItDoesNotHold() throws Exception {
        try (GuestMemory memory = Guests.ofPages(64)) {
            for (int page = 0; page < 64; page++) {
                Guests.write(memory, page, page + 1);
            }
            store.save(SnapshotRequest.full("image", memory, Guests.opaque("i")));
            Guests.write(memory, 5, 0x55);
            store.save(SnapshotRequest.diff("diff", "image", memory, Guests.opaque("d")));
            Guests.write(memory, 6, 0x66);
            Guests.write(memory, 7, 0);

            SnapshotReport report = capture("layer", "diff", memory);

            assertEquals(1, report.pagesWritten());
            assertEquals(
                    Optional.of(store.manifest("diff").id()), report.manifest().memory().baseId());
            byte[] then = Guests.bytes(memory);
            assertArrayEquals(then, restored("layer"));
            Guests.write(memory, 8, 0);
            capture("above", "layer", memory);
            assertArrayEquals(Guests.bytes(memory), restored("above"));
            assertArrayEquals(then, restored("layer"));
            try (Snapshot snapshot = store.open("above")) {
                assertEquals(
                        List.of("above", "diff", "image"),
                        snapshot.chain().stream().map(Snapshot.Link::name).toList());
                assertEquals(
                        List.of("diff", "image"),
                        snapshot.images().stream().map(ImageLink::name).toList());
                assertEquals(62L * Guests.PAGE, snapshot.verify(Progress.NONE).byteCount());
            }
            Refusals.assertRefused(
                    Kind.CONFLICT, Reason.BUSY, () -> store.delete("diff"), "above", "layer");
        }
    }

    @Test
    void aLayerThatHoldsEverythingNeedsNoImage() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4)) {
            store.save(SnapshotRequest.full("image", memory, Guests.opaque("i")));
            for (int page = 0; page < 4; page++) {
                Guests.write(memory, page, page + 1);
            }
            SnapshotReport report = capture("layer", "image", memory);
            assertEquals(Optional.empty(), report.manifest().memory().baseId());
            store.delete("image");
            assertArrayEquals(Guests.bytes(memory), restored("layer"));
        }
    }

    @Test
    void noImageLiesOnALayer() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4);
                DirtyBitmap dirty = bitmap(memory)) {
            first("a", memory);
            dirty.markPages(1, 1);
            Refusals.assertRefused(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    () ->
                            store.save(
                                    SnapshotRequest.diff("b", "a", memory, Guests.opaque("b"))
                                            .withDirty(dirty)),
                    "a is a layer");
            assertEquals(1, dirty.dirtyCount());
        }
    }

    @Test
    void aParentMayGoAndItsLayerStays() throws Exception {
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            first("a", memory);
            Guests.write(memory, 2, 2);
            capture("b", "a", memory);
            byte[] then = Guests.bytes(memory);
            Guests.write(memory, 3, 3);
            capture("c", "b", memory);

            store.delete("a");
            store.delete("b");

            assertArrayEquals(Guests.bytes(memory), restored("c"));
            Guests.write(memory, 3, 0);
            capture("d", "c", memory);
            assertArrayEquals(then, restored("d"));
            assertTrue(store.fsck(FsckOptions.DEFAULT).isClean());
        }
    }

    @Test
    void aSnapshotMayTakeTheNameOfItsParent() throws Exception {
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            first("now", memory);
            for (int generation = 1; generation < 5; generation++) {
                Guests.write(memory, generation, generation * 3);
                SnapshotReport report =
                        store.save(next("now", "now", memory).withOnExisting(OnExisting.REPLACE));
                assertEquals(generation, report.manifest().generation());
                assertArrayEquals(Guests.bytes(memory), restored("now"));
            }
            assertEquals(List.of("now"), names());
            store.delete("now");
            assertTrue(store.fsck(FsckOptions.DEFAULT).isClean());
        }
    }

    @Test
    void manyMayLieOnOne() throws Exception {
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            first("root", memory);
            byte[][] expected = new byte[8][];
            for (int branch = 0; branch < 8; branch++) {
                Guests.write(memory, 2, branch);
                capture("branch" + branch, "root", memory);
                expected[branch] = Guests.bytes(memory);
            }
            for (int branch = 0; branch < 8; branch++) {
                assertArrayEquals(expected[branch], restored("branch" + branch));
            }
        }
    }

    @Test
    void aFileIsCapturedInItsOwnBlocks() throws Exception {
        Path file = directory.resolve("memory");
        byte[] bytes = new byte[7 * Guests.PAGE];
        bytes[3 * Guests.PAGE] = 1;
        bytes[6 * Guests.PAGE + 5] = 2;
        Files.write(file, bytes);
        try (LayerSource source = LayerSource.file(file)) {
            SnapshotReport report =
                    store.save(
                            SnapshotRequest.layer(
                                            "a",
                                            Optional.empty(),
                                            source,
                                            GuestLayout.of(bytes.length),
                                            Guests.opaque("a"))
                                    .withBlockSize(PageSize.KIB_16));
            assertEquals(2, report.pagesWritten());
            assertEquals(PageSize.KIB_16, report.manifest().memory().pageSize());
        }
        assertArrayEquals(bytes, restored("a"));
        bytes[6 * Guests.PAGE + 5] = 0;
        Files.write(file, bytes);
        try (LayerSource source = LayerSource.file(file)) {
            SnapshotRequest request =
                    SnapshotRequest.layer(
                            "b",
                            Optional.of("a"),
                            source,
                            GuestLayout.of(bytes.length),
                            Guests.opaque("b"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> store.save(request.withBlockSize(PageSize.KIB_64)));
            SnapshotReport report = store.save(request);
            assertEquals(0, report.pagesWritten());
            assertEquals(PageSize.KIB_16, report.manifest().memory().pageSize());
        }
        assertArrayEquals(bytes, restored("b"));
    }

    @Test
    void memoryIsRestoredInPlaceOverThatOfAnother() throws Exception {
        try (GuestMemory memory = Guests.ofPages(64)) {
            Guests.write(memory, 1, 1);
            Guests.write(memory, 2, 2);
            first("a", memory);
            Guests.write(memory, 2, 0);
            Guests.write(memory, 9, 9);
            capture("b", "a", memory);
            Path file = directory.resolve("live");
            store.restore("a", file, OnExisting.REFUSE, Progress.NONE);
            try (Snapshot a = store.open("a");
                    Snapshot b = store.open("b")) {
                long written = b.restoreOver(a, file, Progress.NONE).bytesWritten();
                assertTrue(written <= 2L * Guests.PAGE, "written " + written);
                assertArrayEquals(Guests.bytes(memory), Files.readAllBytes(file));
                a.restoreOver(b, file, Progress.NONE);
                assertArrayEquals(restored("a"), Files.readAllBytes(file));
            }
        }
    }

    @Test
    void requestsThatContradictThemselvesAreRefused() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4);
                GuestMemory other = Guests.ofPages(5)) {
            SnapshotRequest layer = SnapshotRequest.layer("a", memory, Guests.opaque("a"));
            assertThrows(IllegalArgumentException.class, () -> layer.withPageSize(PageSize.KIB_16));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> layer.withBlockSize(new PageSize(LayerOptions.BLOCK_MAX.shift() + 1)));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            SnapshotRequest.full("a", memory, Guests.opaque("a"))
                                    .withBlockSize(PageSize.KIB_16));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            SnapshotRequest.layer(
                                    "a",
                                    Optional.empty(),
                                    LayerSource.of(memory),
                                    other.layout(),
                                    Guests.opaque("a")));
            store.save(layer);
            assertThrows(IllegalArgumentException.class, () -> capture("b", "a", other));
            assertFalse(names().contains("b"));
        }
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.FsckProblem.Kind;
import io.coldframe.snapshot.FsckProblem.Outcome;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/// What fsck finds in a store of layers, and that repair takes no layer from those who read it.
final class FsckLayersTest {

    private static final int PAGE_COUNT = 16;

    @TempDir Path directory;

    private final Map<String, byte[]> memories = new HashMap<>();
    private SnapshotStore store;
    private Path root;

    /// `a` ← `b` ← `c`. `b` overwrites page 1 of `a`; `c` reads page 2 of `a` and page 3 of `b`.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        root = store.directory();
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            Guests.write(memory, 1, 1);
            Guests.write(memory, 2, 2);
            save(SnapshotRequest.layer("a", memory, Guests.opaque("a")), memory);
            Guests.write(memory, 1, 0x11);
            Guests.write(memory, 3, 3);
            save(SnapshotRequest.layer("b", "a", memory, Guests.opaque("b")), memory);
            Guests.write(memory, 4, 4);
            save(SnapshotRequest.layer("c", "b", memory, Guests.opaque("c")), memory);
        }
    }

    private void save(SnapshotRequest request, GuestMemory memory) throws Exception {
        store.save(request);
        memories.put(request.name(), Guests.bytes(memory));
    }

    private FsckReport found() throws Exception {
        return store.fsck(FsckOptions.DEFAULT);
    }

    private static List<String> texts(FsckReport report, Path root) {
        return report.problems().stream()
                .map(problem -> problem.kind() + " " + root.relativize(problem.path()))
                .toList();
    }

    private List<String> names() throws Exception {
        return store.list().stream().map(SnapshotSummary::name).sorted().toList();
    }

    private FsckReport repaired(FsckReport found) throws Exception {
        FsckReport repaired = store.repair(found);
        assertTrue(repaired.isClean(), repaired.toString());
        assertEquals(List.of(), found().problems());
        return repaired;
    }

    private void assertWhole(String... names) throws Exception {
        assertEquals(List.of(names), names());
        for (String name : names) {
            Path file = directory.resolve("restored");
            store.restore(name, file, OnExisting.REPLACE, Progress.NONE);
            assertArrayEquals(memories.get(name), Files.readAllBytes(file), name);
        }
    }

    private static void damage(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at]++;
        Files.write(file, bytes);
    }

    private Path layerOf(String name) {
        return root.resolve(name).resolve("memory.layer");
    }

    private Path shelved(String name) throws Exception {
        return root.resolve(".layers")
                .resolve(store.manifest(name).memory().layerId().orElseThrow().toString());
    }

    @Test
    void aStoreOfLayersInWhichAllIsWellHasNoProblems() throws Exception {
        store.tag("golden", "b");
        FsckReport report = found();
        assertEquals(List.of(), report.problems());
        assertEquals(3, report.snapshotCount());
    }

    @Test
    void aParentThatHasGoneIsNoProblem() throws Exception {
        store.delete("a");
        store.delete("b");
        assertEquals(List.of(), found().problems());
        assertWhole("c");
        store.delete("c");
        assertEquals(List.of(), found().problems());
    }

    @Test
    void aBadBlockIsAProblemOfThoseWhoReadItAndOfNobodyElse() throws Exception {
        // Page 1 of a, which b and c have overwritten.
        damage(layerOf("a"), 5);
        FsckReport report = found();
        assertEquals(List.of("WRONG_SUM a/memory.index"), texts(report, root));
        assertTrue(report.problems().getFirst().what().contains("image offset 0x1000"));

        FsckReport repaired = repaired(report);

        assertEquals(Outcome.REPAIRED, repaired.problems().getFirst().outcome());
        assertWhole("b", "c");
    }

    @Test
    void allWhoReadABadBlockAreMovedAndTheirLayersStayForOthers() throws Exception {
        // Page 3, which b stores and c reads.
        damage(layerOf("b"), Guests.PAGE + 5);
        FsckReport report = found();
        assertEquals(
                List.of("WRONG_SUM b/memory.index", "WRONG_SUM c/memory.index"),
                texts(report, root));
        repaired(report);
        assertWhole("a");
    }

    @Test
    void aLayerThatIsNowhereIsMissingForAllWhoReadIt() throws Exception {
        Files.delete(layerOf("b"));
        FsckReport report = found();
        assertEquals(
                List.of("MISSING_FILE b/memory.layer", "MISSING_LAYER c/memory.index"),
                texts(report, root));
        repaired(report);
        assertWhole("a");
    }

    @Test
    void aLayerThatIsGoneFromTheShelfIsMissing() throws Exception {
        Path shelved = shelved("a");
        store.delete("a");
        assertTrue(Files.isDirectory(shelved));
        assertEquals(List.of(), found().problems());
        Files.delete(shelved.resolve("memory.layer"));
        Files.delete(shelved.resolve("memory.index"));
        Files.delete(shelved);
        FsckReport report = found();
        assertEquals(
                List.of("MISSING_LAYER b/memory.index", "MISSING_LAYER c/memory.index"),
                texts(report, root));
        repaired(report);
        assertWhole();
    }

    @Test
    void aCutLayerIsFoundWithoutReadingMemory() throws Exception {
        byte[] bytes = Files.readAllBytes(layerOf("a"));
        Files.write(layerOf("a"), java.util.Arrays.copyOf(bytes, bytes.length - 1));
        FsckReport report = store.fsck(new FsckOptions(false, Progress.NONE));
        assertEquals(
                List.of(
                        "WRONG_SUM a/memory.layer",
                        "MISSING_LAYER b/memory.index",
                        "MISSING_LAYER c/memory.index"),
                texts(report, root));
        repaired(report);
        assertWhole();
    }

    @Test
    void anIndexThatIsDamagedCostsItsOwnSnapshotAndThoseWhoNeedItsSums() throws Exception {
        Path index = root.resolve("c").resolve("memory.index");
        damage(index, (int) Files.size(index) / 2);
        FsckReport report = found();
        assertEquals(List.of("WRONG_SUM c/memory.index"), texts(report, root));
        repaired(report);
        assertWhole("a", "b");
    }

    @Test
    void aSnapshotWithoutAManifestStillGivesItsLayer() throws Exception {
        damage(root.resolve("a").resolve("manifest.bin"), 9);
        FsckReport report = found();
        assertEquals(List.of("BROKEN_MANIFEST a/manifest.bin"), texts(report, root));
        store.verify("b", Progress.NONE);
        repaired(report);
        assertWhole("b", "c");
    }

    @Test
    void aBrokenStateDoesNotTakeTheLayerFromOthers() throws Exception {
        damage(root.resolve("a").resolve("state.bin"), 0);
        repaired(found());
        assertWhole("b", "c");
    }

    @Test
    void whatNobodyReadsIsSwept() throws Exception {
        Path unneeded = root.resolve(".layers").resolve(UUID.randomUUID().toString());
        Files.createDirectories(unneeded);
        Files.copy(root.resolve("a").resolve("memory.index"), unneeded.resolve("memory.index"));
        Files.copy(layerOf("a"), unneeded.resolve("memory.layer"));
        FsckReport report = found();
        assertEquals(List.of("UNNEEDED_LAYER " + root.relativize(unneeded)), texts(report, root));
        repaired(report);
        assertFalse(Files.exists(unneeded));
        assertWhole("a", "b", "c");
    }

    @Test
    void whatDoesNotBelongBesideTheSnapshotsIsMovedAway() throws Exception {
        store.delete("a");
        Files.writeString(root.resolve(".layers").resolve("notes"), "mine");
        Path layer;
        try (LayerIndex index = store.layerIndex("b");
                Stream<Path> all = Files.list(root.resolve(".layers"))) {
            List<String> ids =
                    index.layers().stream().map(LayerRef::id).map(UUID::toString).toList();
            layer =
                    all.filter(path -> ids.contains(path.getFileName().toString()))
                            .findFirst()
                            .orElseThrow();
        }
        Files.writeString(layer.resolve("more"), "mine");
        Files.createDirectory(root.resolve(".compaction"));
        Files.writeString(root.resolve(".compaction").resolve("else"), "mine");
        Files.writeString(root.resolve(".compaction").resolve("lock"), "");
        FsckReport report = found();
        assertEquals(
                List.of(Kind.EXTRA_FILE, Kind.FOREIGN_ENTRY, Kind.FOREIGN_ENTRY),
                report.problems().stream().map(FsckProblem::kind).sorted().toList());
        repaired(report);
        assertWhole("b", "c");
    }

    @Test
    void aSnapshotOfAnImageThatHasGoneDangles() throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            Guests.write(memory, 1, 1);
            save(SnapshotRequest.full("image", memory, Guests.opaque("i")), memory);
            Guests.write(memory, 2, 2);
            save(SnapshotRequest.layer("on", "image", memory, Guests.opaque("o")), memory);
            save(SnapshotRequest.layer("above", "on", memory, Guests.opaque("o")), memory);
        }
        assertEquals(List.of(), found().problems());
        damage(root.resolve("image").resolve("memory.bin"), Guests.PAGE);
        FsckReport report = found();
        assertEquals(
                List.of(
                        "WRONG_SUM image/memory.bin",
                        "DANGLING_PARENT on/manifest.bin",
                        "DANGLING_PARENT above/manifest.bin"),
                texts(report, root));
        repaired(report);
        assertWhole("a", "b", "c");
    }

    @Test
    void progressCountsEveryLayerOnceAndEnds() throws Exception {
        store.delete("a");
        long[] last = new long[2];
        store.fsck(
                new FsckOptions(
                        true,
                        (done, total) -> {
                            assertTrue(done >= last[0] && done <= total);
                            last[0] = done;
                            last[1] = total;
                            return true;
                        }));
        assertEquals(5L * Guests.PAGE, last[1]);
        assertEquals(last[1], last[0]);
    }
}

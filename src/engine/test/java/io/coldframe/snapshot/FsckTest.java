package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.FsckProblem.Kind;
import io.coldframe.snapshot.FsckProblem.Outcome;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What fsck finds, what repair does about it, and that nothing is lost by it.
final class FsckTest {

    @TempDir Path directory;

    private SnapshotStore store;
    private Path root;

    /// base ← one ← two, and other.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        root = store.directory();
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            store.save(SnapshotRequest.full("base", memory, Guests.opaque("base")));
            Guests.write(memory, 2, 2);
            store.save(SnapshotRequest.diff("one", "base", memory, Guests.opaque("one")));
            Guests.write(memory, 3, 3);
            store.save(SnapshotRequest.diff("two", "one", memory, Guests.opaque("two")));
            store.save(SnapshotRequest.full("other", memory, Guests.opaque("other")));
        }
        store.tag("golden", "other");
    }

    private FsckReport found() throws Exception {
        return store.fsck(FsckOptions.DEFAULT);
    }

    private static List<Kind> kinds(FsckReport report) {
        return report.problems().stream().map(FsckProblem::kind).toList();
    }

    private List<String> names() throws Exception {
        return store.list().stream().map(SnapshotSummary::name).toList();
    }

    /// Everything in the store, and in its quarantine.
    private List<String> everything() throws Exception {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.map(path -> root.relativize(path).toString()).sorted().toList();
        }
    }

    /// Repair does what was announced, and after it all is well.
    private FsckReport repaired(FsckReport found) throws Exception {
        FsckReport repaired = store.repair(found);
        assertTrue(repaired.isClean(), repaired.toString());
        assertEquals(List.of(), found().problems());
        return repaired;
    }

    private void damage(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at]++;
        Files.write(file, bytes);
    }

    @Test
    void aStoreInWhichAllIsWellHasNoProblems() throws Exception {
        FsckReport report = found();
        assertEquals(List.of(), report.problems());
        assertEquals(4, report.snapshotCount());
        assertTrue(report.isClean());
    }

    @Test
    void lookingChangesNothing() throws Exception {
        Files.createDirectory(root.resolve(".gone.0123456789abcdef.draft"));
        Files.writeString(root.resolve("one").resolve("notes"), "mine");
        damage(root.resolve("base").resolve("memory.bin"), 5000);
        List<String> before = everything();
        store = SnapshotStore.openAsFound(root);
        assertFalse(found().isClean());
        assertEquals(before, everything());
    }

    @Test
    void aStrandedDraftIsRemoved() throws Exception {
        Path draft = Files.createDirectory(root.resolve(".gone.0123456789abcdef.draft"));
        Files.writeString(draft.resolve("memory.bin"), "half");
        Files.writeString(root.resolve(".tags").resolve(".x.0123456789abcdef.draft"), "half");
        FsckReport report = found();
        assertEquals(List.of(Kind.STRANDED_DRAFT, Kind.STRANDED_DRAFT), kinds(report));
        repaired(report);
        assertTrue(Files.notExists(draft));
    }

    @Test
    void anExtraFileIsMovedAside() throws Exception {
        Files.writeString(root.resolve("one").resolve("notes"), "mine");
        FsckReport report = found();
        assertEquals(List.of(Kind.EXTRA_FILE), kinds(report));
        repaired(report);
        assertEquals("mine", Files.readString(root.resolve(".quarantine").resolve("one~notes")));
        store.verify("two", Progress.NONE);
    }

    @Test
    void whatDoesNotBelongInAStoreIsMovedAside() throws Exception {
        Files.writeString(root.resolve("notes.txt"), "mine");
        Files.createDirectory(root.resolve(".cache"));
        Files.createDirectories(root.resolve("photos").resolve("holiday"));
        FsckReport report = found();
        assertEquals(
                List.of(Kind.FOREIGN_ENTRY, Kind.FOREIGN_ENTRY, Kind.MISSING_FILE), kinds(report));
        repaired(report);
        assertEquals("mine", Files.readString(root.resolve(".quarantine").resolve("notes.txt")));
    }

    @Test
    void aMissingFileBreaksItsSnapshotAndWhatLiesOnIt() throws Exception {
        Files.delete(root.resolve("one").resolve("memory.bin"));
        FsckReport report = found();
        assertEquals(List.of(Kind.MISSING_FILE, Kind.DANGLING_PARENT), kinds(report));
        FsckReport repaired = repaired(report);
        assertTrue(
                repaired.problems().getFirst().action().contains(".quarantine"),
                repaired.toString());
        assertEquals(List.of("base", "other"), names());
        assertTrue(Files.exists(root.resolve(".quarantine").resolve("two/memory.bin")));
    }

    @Test
    void aWrongSumIsFoundInEachFile() throws Exception {
        for (String file : List.of("state.bin", "memory.bin")) {
            Path path = root.resolve("two").resolve(file);
            byte[] bytes = Files.readAllBytes(path);
            damage(path, file.equals("state.bin") ? 0 : 3 * Guests.PAGE);
            FsckReport report = found();
            assertEquals(List.of(Kind.WRONG_SUM), kinds(report));
            assertEquals(path, report.problems().getFirst().path());
            Files.write(path, bytes);
        }
        damage(root.resolve("two").resolve("memory.sums"), 70);
        FsckReport report = found();
        assertEquals(List.of(Kind.WRONG_SUM), kinds(report));
        repaired(report);
        assertEquals(List.of("base", "one", "other"), names());
    }

    @Test
    void theSumsOfAFullSnapshotAreMadeAgain() throws Exception {
        Path sums = root.resolve("base").resolve("memory.sums");
        byte[] bytes = Files.readAllBytes(sums);
        damage(sums, 70);
        FsckReport report = found();
        assertEquals(List.of(Kind.WRONG_SUM), kinds(report));
        assertEquals(FsckProblem.Repair.REBUILD_SUMS, report.problems().getFirst().repair());
        FsckReport repaired = store.repair(report);
        assertTrue(repaired.isClean(), repaired.toString());
        assertArrayEquals(bytes, Files.readAllBytes(sums));
        assertEquals(List.of(), found().problems());
        assertEquals(4, names().size());

        Files.delete(sums);
        repaired(found());
        assertArrayEquals(bytes, Files.readAllBytes(sums));
    }

    @Test
    void sumsThatTheMemoryDoesNotProveAreNotMadeUp() throws Exception {
        damage(root.resolve("other").resolve("memory.sums"), 70);
        damage(root.resolve("other").resolve("memory.bin"), 7);
        FsckReport report = found();
        assertEquals(FsckProblem.Repair.QUARANTINE_SNAPSHOT, report.problems().getFirst().repair());
    }

    @Test
    void aBrokenManifestMovesItsSnapshotAndWhatLiesOnIt() throws Exception {
        damage(root.resolve("base").resolve("manifest.bin"), 9);
        FsckReport report = found();
        assertEquals(
                List.of(Kind.BROKEN_MANIFEST, Kind.DANGLING_PARENT, Kind.DANGLING_PARENT),
                kinds(report));
        repaired(report);
        assertEquals(List.of("other"), names());
        assertEquals(
                List.of("base", "one", "two"),
                Catalogue.entries(root.resolve(".quarantine")).stream()
                        .map(path -> path.getFileName().toString())
                        .toList());
    }

    @Test
    void aDanglingParentIsFound() throws Exception {
        Files.move(root.resolve("one"), directory.resolve("one"));
        FsckReport report = found();
        assertEquals(List.of(Kind.DANGLING_PARENT), kinds(report));
        repaired(report);
        assertEquals(List.of("base", "other"), names());
    }

    @Test
    void badTagsAreMovedAside() throws Exception {
        Path tags = root.resolve(".tags");
        Files.writeString(tags.resolve("empty"), "");
        Files.writeString(tags.resolve("dangling"), "01890a5d-ac96-774b-bcce-b302099a8057\n");
        Files.copy(tags.resolve("golden"), tags.resolve("base"));
        Files.copy(tags.resolve("golden"), tags.resolve("no name"));
        FsckReport report = found();
        assertEquals(
                List.of(Kind.BAD_TAG, Kind.BAD_TAG, Kind.BAD_TAG, Kind.BAD_TAG), kinds(report));
        repaired(report);
        assertEquals("[golden]", store.tags().keySet().toString());
    }

    @Test
    void aCopyIsFoundAndLeftToAPerson() throws Exception {
        Path copy = Files.createDirectory(root.resolve("copy"));
        for (Path file : Catalogue.entries(root.resolve("other"))) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        FsckReport report = found();
        assertEquals(List.of(Kind.DUPLICATE_ID), kinds(report));
        FsckReport repaired = store.repair(report);
        assertFalse(repaired.isClean());
        assertEquals(Outcome.NOT_REPAIRED, repaired.problems().getFirst().outcome());
        assertEquals(5, names().size());
    }

    @Test
    void whatWasPutRightMeanwhileIsLeftAlone() throws Exception {
        Path manifest = root.resolve("base").resolve("manifest.bin");
        byte[] bytes = Files.readAllBytes(manifest);
        damage(manifest, 9);
        FsckReport report = found();
        Files.write(manifest, bytes);
        FsckReport repaired = store.repair(report);
        repaired.problems().forEach(problem -> assertEquals(Outcome.GONE, problem.outcome()));
        assertEquals(4, names().size());
    }

    @Test
    void nothingInTheQuarantineIsOverwritten() throws Exception {
        for (int i = 0; i < 3; i++) {
            Files.writeString(root.resolve("notes.txt"), "note " + i);
            repaired(found());
        }
        Path quarantine = root.resolve(".quarantine");
        assertEquals("note 0", Files.readString(quarantine.resolve("notes.txt")));
        assertEquals("note 1", Files.readString(quarantine.resolve("notes.txt~1")));
        assertEquals("note 2", Files.readString(quarantine.resolve("notes.txt~2")));
    }

    @Test
    void aQuickLookReadsNoMemory() throws Exception {
        damage(root.resolve("base").resolve("memory.bin"), 5000);
        assertEquals(List.of(), store.fsck(new FsckOptions(false, Progress.NONE)).problems());
        assertEquals(3, found().problems().size());
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.FileCalls;
import io.coldframe.snapshot.FsckProblem.Kind;
import io.coldframe.snapshot.FsckProblem.Outcome;
import io.coldframe.snapshot.FsckProblem.Repair;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/// What others do between the look and the repair, and what nobody here can judge: neither costs
/// anybody a snapshot.
final class FsckRaceTest {

    @TempDir Path directory;

    private SnapshotStore store;
    private Path root;

    /// base ← next, and other, which has a tag.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        root = store.directory();
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            store.save(SnapshotRequest.full("base", memory, Guests.opaque("base")));
            Guests.write(memory, 2, 2);
            store.save(SnapshotRequest.diff("next", "base", memory, Guests.opaque("next")));
            store.save(SnapshotRequest.full("other", memory, Guests.opaque("other")));
        }
        store.tag("golden", "other");
    }

    private FsckReport found() throws Exception {
        return store.fsck(FsckOptions.DEFAULT);
    }

    private void damage(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at]++;
        Files.write(file, bytes);
    }

    private void save(String name) throws Exception {
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 7, 7);
            store.save(
                    SnapshotRequest.full(name, memory, Guests.opaque("new"))
                            .withOnExisting(OnExisting.REPLACE));
        }
    }

    /// As a release that is not out yet would have written it.
    private void makeLater(String name) throws Exception {
        Path manifest = root.resolve(name).resolve("manifest.bin");
        byte[] bytes = Files.readAllBytes(manifest);
        assertEquals(1 << 3, bytes[0], "the tag of the version");
        bytes[1] = 2;
        Files.write(manifest, ManifestMutations.seal(bytes));
    }

    private interface Step {
        void run() throws Exception;
    }

    /// Repairs, and lets another one do something before the first call of this name.
    private FsckReport repairWhile(FsckReport found, String callName, Step step) throws Exception {
        try (var _ = FileCalls.use(new OnceBefore(callName, step))) {
            return store.repair(found);
        }
    }

    private static final class OnceBefore extends ForwardingFileCalls {
        private final String callName;
        private final Step step;
        private boolean isDone;

        OnceBefore(String callName, Step step) {
            super(FileCalls.current());
            this.callName = callName;
            this.step = step;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (!isDone && call.name().equals(callName)) {
                isDone = true;
                try {
                    step.run();
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            }
            return make.getAsLong();
        }
    }

    @Test
    void sumsThatAreMadeAgainDoNotGetIntoASnapshotThatCameMeanwhile() throws Exception {
        damage(root.resolve("other").resolve("memory.sums"), 70);
        store.untag("golden");
        FsckReport report = found();
        assertEquals(Repair.REBUILD_SUMS, report.problems().getFirst().repair());
        FsckReport repaired = repairWhile(report, "pread", () -> save("other"));
        assertEquals(Outcome.NOT_REPAIRED, repaired.problems().getFirst().outcome());
        store.verify("other", Progress.NONE);
    }

    @Test
    void aSnapshotThatCameInThePlaceOfABrokenOneIsNotMoved() throws Exception {
        damage(root.resolve("other").resolve("manifest.bin"), 9);
        store.untag("golden");
        FsckReport report = found();
        assertEquals(Kind.BROKEN_MANIFEST, report.problems().getFirst().kind());
        // After its second look it syncs a draft of the quarantine, and then it takes the lock.
        FsckReport repaired = repairWhile(report, "fsync", () -> save("other"));
        assertEquals(Outcome.NOT_REPAIRED, repaired.problems().getFirst().outcome());
        store.verify("other", Progress.NONE);
    }

    @Test
    void aSnapshotThatCameInThePlaceOfSomethingForeignIsNotMoved() throws Exception {
        Path foreign = Files.writeString(root.resolve("later"), "mine");
        FsckReport report = found();
        assertEquals(Kind.FOREIGN_ENTRY, report.problems().getFirst().kind());
        Files.delete(foreign);
        save("later");
        assertEquals(Outcome.GONE, store.repair(report).problems().getFirst().outcome());
        store.verify("later", Progress.NONE);
    }

    @Test
    void aSnapshotOfALaterReleaseThatCameMeanwhileIsNotMoved() throws Exception {
        damage(root.resolve("other").resolve("manifest.bin"), 9);
        FsckReport report = found();
        store.untag("golden");
        save("other");
        makeLater("other");
        store.repair(report);
        assertTrue(Files.exists(root.resolve("other").resolve("manifest.bin")));
    }

    @Test
    void aTagMayBeOfASnapshotThatOnlyALaterReleaseCanRead() throws Exception {
        makeLater("other");
        FsckReport report = found();
        assertEquals(
                List.of(Repair.NONE, Repair.NONE),
                report.problems().stream().map(FsckProblem::repair).toList());
        store.repair(report);
        assertEquals("[golden]", store.tags().keySet().toString());
    }

    @Test
    void aParentThatOnlyALaterReleaseCanReadIsNotMissing() throws Exception {
        makeLater("base");
        SnapshotException failure =
                assertThrows(SnapshotException.class, () -> store.open("next").close());
        assertEquals(SnapshotException.Kind.UNSUPPORTED, failure.kind(), failure.toString());
    }

    /// What lies on a snapshot needs its memory, and not its state.
    @Test
    void aBrokenStateDoesNotTakeTheDiffsOnItsSnapshotAway() throws Exception {
        damage(root.resolve("base").resolve("state.bin"), 0);
        FsckReport report = found();
        assertEquals(
                List.of(root.resolve("base").resolve("state.bin")),
                report.problems().stream().map(FsckProblem::path).toList());
        FsckReport repaired = store.repair(report);
        assertEquals(Outcome.NOT_REPAIRED, repaired.problems().getFirst().outcome());
        store.verify("next", Progress.NONE);
        store.delete("next");
        assertEquals(Outcome.REPAIRED, store.repair(found()).problems().getFirst().outcome());
    }

    /// An interrupt closes the channel that a thread reads by: so no file can be read.
    @Test
    void whatCanNotBeReadNowMayNeedASnapshot() throws Exception {
        StorePaths paths = new StorePaths(root);
        StoredSnapshot base = StoredSnapshot.read(root.resolve("base"));
        StoredSnapshot other = StoredSnapshot.read(root.resolve("other"));
        byte[] before = Files.readAllBytes(root.resolve("base").resolve("manifest.bin"));
        Thread.currentThread().interrupt();
        try {
            assertThrows(SnapshotException.class, () -> new Removal(paths).requireUnneeded(base));
            assertThrows(SnapshotException.class, () -> new Tags(paths).of(other.manifest().id()));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertArrayEquals(before, Files.readAllBytes(root.resolve("base").resolve("manifest.bin")));
    }
}

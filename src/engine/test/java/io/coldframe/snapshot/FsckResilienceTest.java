package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;
import io.coldframe.snapshot.FsckProblem.Kind;
import io.coldframe.snapshot.FsckProblem.Repair;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/// One thing that is broken keeps nobody from the rest of a store.
final class FsckResilienceTest {

    @TempDir Path directory;

    private SnapshotStore store;
    private Path root;

    /// base ← next, and other; `golden` is a tag of next.
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
        store.tag("golden", "next");
    }

    /// A disk that does not give back one directory.
    private static final class BadDirectory extends ForwardingFileCalls {
        private final Path bad;
        private final int errno;

        BadDirectory(Path bad, int errno) {
            super(FileCalls.current());
            this.bad = bad;
            this.errno = errno;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            return call.is("open") && call.paths().getFirst().equals(bad)
                    ? -errno
                    : make.getAsLong();
        }
    }

    private static List<Kind> kinds(FsckReport report) {
        return report.problems().stream().map(FsckProblem::kind).toList();
    }

    private static void damage(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at]++;
        Files.write(file, bytes);
    }

    @Test
    void aDirectoryThatCannotBeReadIsAProblemAndTheRestIsLookedAt() throws Exception {
        damage(root.resolve("other").resolve("state.bin"), 0);
        for (int errno : List.of(Errno.EIO, Errno.EACCES)) {
            FsckReport report;
            try (var _ = FileCalls.use(new BadDirectory(root.resolve("base"), errno))) {
                report = store.fsck(FsckOptions.DEFAULT);
            }
            assertEquals(3, report.snapshotCount());
            assertEquals(List.of(Kind.UNREADABLE, Kind.WRONG_SUM), kinds(report));
            FsckProblem problem = report.problems().getFirst();
            assertEquals(root.resolve("base"), problem.path());
            assertEquals(Repair.NONE, problem.repair());
            assertTrue(problem.what().contains(Errno.name(errno)), problem.what());
        }
    }

    @Test
    void aPlaceOfTagsThatCannotBeLockedIsAProblem() throws Exception {
        FsckReport report;
        try (var _ = FileCalls.use(new BadDirectory(root.resolve(".tags"), Errno.EIO))) {
            report = store.fsck(FsckOptions.DEFAULT);
        }
        assertEquals(List.of(Kind.UNREADABLE), kinds(report));
    }

    @Test
    void aTagOfWhatIsMovedIsMovedByTheSameRepair() throws Exception {
        damage(root.resolve("base").resolve("memory.bin"), 5000);
        FsckReport report = store.fsck(FsckOptions.DEFAULT);
        assertEquals(List.of(Kind.WRONG_SUM, Kind.DANGLING_PARENT, Kind.BAD_TAG), kinds(report));
        FsckReport repaired = store.repair(report);
        assertTrue(repaired.isClean(), repaired.toString());
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
        assertTrue(Files.exists(root.resolve(".quarantine").resolve(".tags~golden")));
    }

    @Test
    void aTagStaysWithASnapshotThatWasPutRightMeanwhile() throws Exception {
        Path memory = root.resolve("base").resolve("memory.bin");
        damage(memory, 5000);
        byte[] bytes = Files.readAllBytes(memory);
        FsckReport report = store.fsck(FsckOptions.DEFAULT);
        bytes[5000]--;
        Files.write(memory, bytes);
        store.repair(report);
        assertEquals("[golden]", store.tags().keySet().toString());
        assertEquals(3, store.list().size());
    }

    @Test
    void aRepairTellsWhatItReadsAndCanBeCancelled() throws Exception {
        damage(root.resolve("base").resolve("memory.bin"), 5000);
        FsckReport report = store.fsck(FsckOptions.DEFAULT);
        assertThrows(CancellationException.class, () -> store.repair(report, (_, _) -> false));
        assertEquals(3, store.list().size());
        long[] total = new long[1];
        assertTrue(
                store.repair(
                                report,
                                (_, totalBytes) -> {
                                    total[0] = totalBytes;
                                    return true;
                                })
                        .isClean());
        assertEquals(16 * Guests.PAGE, total[0]);
    }

    @Test
    void aCopyServesWhereTheParentOfTheNameIsBroken() throws Exception {
        Path copy = Files.createDirectory(root.resolve("zcopy"));
        for (Path file : Catalogue.entries(root.resolve("base"))) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        Files.delete(root.resolve("base").resolve("memory.bin"));
        store.restore("next", directory.resolve("raw"), OnExisting.REFUSE, Progress.NONE);
        try (Snapshot snapshot = store.open("next");
                GuestMemory memory = Guests.ofPages(16);
                DirtyBitmap dirty =
                        DirtyBitmap.create(new PageGrid(0, memory.byteCount(), PageSize.KIB_4))) {
            assertEquals("zcopy", snapshot.chain().getLast().name());
            dirty.markPages(1, 1);
            store.save(
                    SnapshotRequest.diff("last", "next", memory, Guests.opaque("last"))
                            .withDirty(dirty));
        }
        Files.delete(copy.resolve("memory.bin"));
        assertThrows(Exception.class, () -> store.open("next"));
        assertFalse(store.fsck(FsckOptions.DEFAULT).isClean());
    }

    @Test
    void aRestoreDoesNotWriteIntoTheStore() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), root);
        for (Path target :
                List.of(
                        root.resolve("base").resolve("memory.bin"),
                        root.resolve("raw"),
                        link.resolve("other").resolve("state.bin"))) {
            IllegalArgumentException refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> store.restore("next", target, OnExisting.REPLACE, Progress.NONE));
            Refusals.assertSays(refused, target.toString(), root.toString());
        }
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }
}

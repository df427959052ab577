package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.state.Architecture;
import io.coldframe.state.MachineState;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/// A store from the outside, from the first snapshot to the last.
final class SnapshotStoreTest {

    @TempDir Path directory;

    private Path root;
    private SnapshotStore store;

    @BeforeEach
    void makeStore() throws Exception {
        root = directory.resolve("store");
        store = SnapshotStore.createOrOpen(root);
    }

    private byte[] restored(String reference) throws Exception {
        Path file = directory.resolve("restored");
        store.restore(reference, file, OnExisting.REPLACE, Progress.NONE);
        return Files.readAllBytes(file);
    }

    private SnapshotReport full(String name, GuestMemory memory) throws Exception {
        return store.save(SnapshotRequest.full(name, memory, Guests.opaque(name)));
    }

    private SnapshotReport diff(String name, String parent, GuestMemory memory) throws Exception {
        return store.save(SnapshotRequest.diff(name, parent, memory, Guests.opaque(name)));
    }

    private static SnapshotException refused(
            Kind kind, org.junit.jupiter.api.function.Executable action) {
        SnapshotException failure = assertThrows(SnapshotException.class, action);
        assertEquals(kind, failure.kind(), failure.toString());
        return failure;
    }

    @Test
    void aGuestIsSavedAndComesBackWithItsMemoryAndItsState() throws Exception {
        MachineState state = Guests.machine(1, 0xffff_0000_8000L);
        try (GuestMemory memory = Guests.ofPages(256);
                GuestMemory again = Guests.ofPages(256)) {
            Guests.write(memory, 3, 0x33);
            Guests.write(memory, 255, 0xff);

            store.save(SnapshotRequest.full("base", memory, StateSource.machine(state)));

            try (Snapshot snapshot = store.open("base")) {
                snapshot.load(again, Progress.NONE);
                assertEquals(state, snapshot.machineState());
            }
            assertArrayEquals(Guests.bytes(memory), Guests.bytes(again));
        }
    }

    @Test
    void aDiffHoldsTheDirtyPagesAndMakesThemClean() throws Exception {
        try (GuestMemory memory = Guests.ofPages(64);
                DirtyBitmap dirty =
                        DirtyBitmap.create(new PageGrid(0, memory.byteCount(), PageSize.KIB_4))) {
            Guests.write(memory, 1, 1);
            full("base", memory);

            Guests.write(memory, 7, 7);
            Guests.write(memory, 9, 9);
            dirty.markPages(7, 1);
            dirty.markPages(9, 1);
            SnapshotReport report =
                    store.save(
                            SnapshotRequest.diff("next", "base", memory, Guests.opaque("s"))
                                    .withDirty(dirty));

            assertEquals(2, report.pagesWritten());
            assertEquals(0, dirty.dirtyCount());
            assertEquals(Manifest.Kind.DIFF, report.manifest().kind());
            assertEquals(1, report.manifest().generation());
            assertArrayEquals(Guests.bytes(memory), restored("next"));
        }
    }

    @Test
    void aFullSnapshotMakesPagesCleanTooAndARefusedOneDoesNot() throws Exception {
        try (GuestMemory memory = Guests.ofPages(8);
                DirtyBitmap dirty =
                        DirtyBitmap.create(new PageGrid(0, memory.byteCount(), PageSize.KIB_4))) {
            dirty.markPages(2, 3);
            SnapshotRequest request =
                    SnapshotRequest.full("base", memory, Guests.opaque("")).withDirty(dirty);
            store.save(request);
            assertEquals(0, dirty.dirtyCount());

            dirty.markPages(4, 2);
            refused(Kind.CONFLICT, () -> store.save(request));
            assertEquals(2, dirty.dirtyCount());
        }
    }

    @Test
    void withoutABitmapTheContentDecidesAndAZeroedPageIsZero() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1024)) {
            Guests.write(memory, 10, 1);
            Guests.write(memory, 20, 2);
            full("base", memory);

            Guests.write(memory, 10, 0);
            Guests.write(memory, 20, 2);
            Guests.write(memory, 1023, 3);
            SnapshotReport report = diff("next", "base", memory);

            assertEquals(2, report.pagesWritten());
            byte[] restored = restored("next");
            assertEquals(0, restored[10 * Guests.PAGE]);
            assertArrayEquals(Guests.bytes(memory), restored);
            assertEquals(0, diff("same", "next", memory).pagesWritten());
        }
    }

    @Test
    void everyPointInTimeComesBackFromAChainWithBranches() throws Exception {
        try (GuestMemory memory = Guests.ofPages(32)) {
            Guests.write(memory, 0, 1);
            full("base", memory);
            final byte[] base = Guests.bytes(memory);
            Guests.write(memory, 1, 2);
            diff("a", "base", memory);
            final byte[] a = Guests.bytes(memory);
            Guests.write(memory, 2, 3);
            diff("b", "a", memory);
            final byte[] b = Guests.bytes(memory);
            Guests.write(memory, 1, 0);
            Guests.write(memory, 5, 5);
            diff("c", "base", memory);

            assertArrayEquals(base, restored("base"));
            assertArrayEquals(a, restored("a"));
            assertArrayEquals(b, restored("b"));
            assertArrayEquals(Guests.bytes(memory), restored("c"));
            try (Snapshot snapshot = store.open("b")) {
                assertEquals(
                        List.of("b", "a", "base"),
                        snapshot.chain().stream().map(Snapshot.Link::name).toList());
            }
        }
    }

    @Test
    void aSnapshotAnswersToItsNameItsTagsAndItsId() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1)) {
            Manifest manifest = full("base", memory).manifest();
            store.tag("golden", "base");
            String id = manifest.id().toString();
            for (String reference : List.of("base", "golden", id, id.substring(0, 13))) {
                assertEquals(manifest, store.manifest(reference), reference);
            }
            for (String other : List.of("bas", id.substring(0, 7), "", "../base", ".tags")) {
                refused(Kind.MISSING, () -> store.manifest(other));
            }
        }
    }

    @Test
    void aTagMovesAndGoesAndItsSnapshotStays() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1)) {
            full("a", memory);
            full("b", memory);
            store.tag("golden", "a");
            store.tag("golden", "b");
            assertEquals(store.manifest("b").id(), store.tags().get("golden"));
            assertEquals("b", store.list().getLast().name());
            assertEquals(List.of("golden"), store.list().getLast().tags());
            store.untag("golden");
            assertTrue(store.tags().isEmpty());
            refused(Kind.MISSING, () -> store.untag("golden"));
            refused(Kind.MISSING, () -> store.tag("golden", "nothing"));
        }
    }

    @Test
    void aNameMeansOneThing() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1)) {
            full("a", memory);
            store.tag("golden", "a");
            assertEquals(Reason.EXISTS, refused(Kind.CONFLICT, () -> store.tag("a", "a")).reason());
            refused(Kind.CONFLICT, () -> full("golden", memory));
            refused(Kind.CONFLICT, () -> full("a", memory));
            refused(Kind.CONFLICT, () -> store.delete("golden"));
        }
    }

    @Test
    void whatIsNeededIsNotDeletedAndTheRefusalSaysByWhom() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4)) {
            full("base", memory);
            diff("one", "base", memory);
            diff("two", "base", memory);
            SnapshotException failure = refused(Kind.CONFLICT, () -> store.delete("base"));
            assertTrue(failure.toString().contains("one, two"), failure.toString());
            store.delete("one");
            store.delete("two");
            store.tag("golden", "base");
            failure = refused(Kind.CONFLICT, () -> store.delete("base"));
            assertTrue(failure.toString().contains("golden"), failure.toString());
            store.untag("golden");
            store.delete(store.manifest("base").id().toString());
            assertEquals(List.of(), store.list());
            refused(Kind.MISSING, () -> store.delete("base"));
        }
    }

    @Test
    void aReplacementIsRefusedWhereADeletionWouldBe() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4)) {
            SnapshotRequest request =
                    SnapshotRequest.full("base", memory, Guests.opaque(""))
                            .withOnExisting(OnExisting.REPLACE);
            store.save(request);
            final Manifest first = store.manifest("base");
            store.save(request);
            assertFalse(first.id().equals(store.manifest("base").id()));
            diff("next", "base", memory);
            SnapshotException failure = refused(Kind.CONFLICT, () -> store.save(request));
            assertTrue(failure.toString().contains("next"), failure.toString());
            store.delete("next");
            refused(
                    Kind.CONFLICT,
                    () ->
                            store.save(
                                    SnapshotRequest.diff("base", "base", memory, Guests.opaque(""))
                                            .withOnExisting(OnExisting.REPLACE)));
        }
    }

    @Test
    void anOpenSnapshotStaysWhatItWasWhileOthersReplaceAndDeleteIt() throws Exception {
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            full("base", memory);
            Guests.write(memory, 2, 2);
            diff("next", "base", memory);
            final byte[] before = Guests.bytes(memory);
            try (Snapshot snapshot = store.open("next");
                    Arena arena = Arena.ofConfined()) {
                store.delete("next");
                store.delete("base");
                Guests.write(memory, 3, 3);
                full("base", memory);
                Path file = directory.resolve("file");
                snapshot.restore(file, OnExisting.REFUSE, Progress.NONE);
                assertArrayEquals(before, Files.readAllBytes(file));
                assertEquals(
                        "next",
                        new String(
                                snapshot.stateBytes(arena).toArray(ValueLayout.JAVA_BYTE),
                                StandardCharsets.UTF_8));
                assertEquals(2, snapshot.verify(Progress.NONE).verified().size());
            }
        }
    }

    @Test
    void aRestoredFileHasHolesWhereTheGuestIsZero() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4096)) {
            Guests.write(memory, 4000, 1);
            full("base", memory);
            Path file = directory.resolve("file");
            store.restore("base", file, OnExisting.REFUSE, Progress.NONE);
            assertEquals(memory.byteCount(), Files.size(file));
            assertTrue(storedByteCount(file) <= 64 * Guests.PAGE, file.toString());
            assertArrayEquals(Guests.bytes(memory), Files.readAllBytes(file));
        }
    }

    private static long storedByteCount(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return 512
                * Long.parseLong(
                        new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                                .strip());
    }

    @Test
    void theListHasTheOldestFirst() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1)) {
            full("z", memory);
            diff("a", "z", memory);
            full("m", memory);
            assertEquals(
                    List.of("z", "a", "m"),
                    store.list().stream().map(SnapshotSummary::name).toList());
        }
    }

    @Test
    void theManifestSaysWhatWasSaved() throws Exception {
        GuestLayout layout = GuestLayout.of(3 * 4096).then(0x1_0000_0000L, 2 * 4096);
        try (GuestMemory memory = GuestMemory.anonymous(layout)) {
            Manifest manifest =
                    store.save(
                                    SnapshotRequest.full("base", memory, Guests.opaque("state"))
                                            .withLabel("owner", "me")
                                            .withLabel("owner", "you")
                                            .withPageSize(PageSize.KIB_16))
                            .manifest();
            assertEquals(manifest, store.manifest("base"));
            assertEquals(layout, manifest.memory().layout());
            assertEquals(PageSize.KIB_16, manifest.memory().pageSize());
            assertEquals(2, manifest.memory().writtenPageCount());
            assertEquals("you", manifest.labels().get("owner"));
            assertEquals(Architecture.X86_64, manifest.architecture());
            assertEquals(2, manifest.vcpuCount());
            assertEquals(5, manifest.state().byteCount());
            assertEquals(HostDescription.current(), manifest.host());
            assertEquals(
                    manifest.host().architecture().equals("x86_64")
                            ? Compatibility.Verdict.FITS
                            : Compatibility.Verdict.REFUSES,
                    store.compatibility(manifest).verdict());
            assertArrayEquals(Guests.bytes(memory), restored("base"));
        }
    }

    @Test
    void nobodyElseCanReadASnapshot() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1)) {
            full("base", memory);
            assertEquals(
                    PosixFilePermissions.fromString("rwx------"),
                    Files.getPosixFilePermissions(root.resolve("base")));
            try (var files = Files.list(root.resolve("base"))) {
                for (Path file : files.toList()) {
                    assertEquals(
                            PosixFilePermissions.fromString("rw-------"),
                            Files.getPosixFilePermissions(file),
                            file.toString());
                }
            }
        }
    }

    @Test
    void aDiffByContentIsOneProgressThatNeverGoesBack() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4096)) {
            full("base", memory);
            Guests.write(memory, 100, 1);
            List<Long> heard = new ArrayList<>();
            Progress progress =
                    (done, total) -> {
                        assertTrue(heard.isEmpty() || heard.getLast() <= done, heard + " " + done);
                        assertTrue(done <= total, done + " of " + total);
                        return heard.add(done);
                    };
            store.save(
                    SnapshotRequest.diff("next", "base", memory, Guests.opaque(""))
                            .withWriteOptions(WriteOptions.DEFAULT.withProgress(progress)));
            assertEquals(2 * memory.byteCount(), heard.getLast());
        }
    }

    @Test
    void aCancelledSnapshotLeavesNothingBehind() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1)) {
            SnapshotRequest request =
                    SnapshotRequest.full("base", memory, Guests.opaque(""))
                            .withWriteOptions(WriteOptions.DEFAULT.withProgress((_, _) -> false));
            assertThrows(CancellationException.class, () -> store.save(request));
            try (var entries = Files.list(root)) {
                assertEquals(List.of(root.resolve(".store")), entries.toList());
            }
        }
    }

    @Test
    void whatCanNotBeADiffIsRefusedBeforeAnythingIsWritten() throws Exception {
        try (GuestMemory memory = Guests.ofPages(4);
                GuestMemory larger = Guests.ofPages(5)) {
            full("base", memory);
            refused(Kind.MISSING, () -> diff("next", "nothing", memory));
            assertThrows(IllegalArgumentException.class, () -> diff("next", "base", larger));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            store.save(
                                    SnapshotRequest.full(
                                            "x",
                                            memory,
                                            StateSource.machine(Guests.machine(1, 0)))));
            assertEquals(1, store.list().size());
        }
    }

    @Test
    void aDirectoryThatIsNoStoreIsLeftAlone() throws Exception {
        refused(Kind.MISSING, () -> SnapshotStore.open(directory.resolve("nothing")));
        refused(Kind.MISSING, () -> SnapshotStore.open(directory));
        refused(Kind.CONFLICT, () -> SnapshotStore.createOrOpen(directory));
        Path empty = Files.createDirectory(directory.resolve("empty"));
        SnapshotStore.createOrOpen(empty);
        assertEquals(empty.toRealPath(), SnapshotStore.open(empty).directory());
        Files.writeString(empty.resolve(".store"), "coldframe store 2\n");
        refused(Kind.UNSUPPORTED, () -> SnapshotStore.open(empty));
        Files.writeString(empty.resolve(".store"), "something");
        refused(Kind.CORRUPT, () -> SnapshotStore.open(empty));
    }

    @Test
    void anOpaqueStateIsNotReadAndItsBytesAreThere() throws Exception {
        try (GuestMemory memory = Guests.ofPages(1);
                Arena arena = Arena.ofConfined()) {
            store.save(
                    SnapshotRequest.full(
                            "base", memory, StateSource.none(Architecture.AARCH64, 4)));
            try (Snapshot snapshot = store.open("base")) {
                assertEquals(0, snapshot.stateBytes(arena).byteSize());
                refused(Kind.UNSUPPORTED, snapshot::machineState);
                assertEquals(4, snapshot.manifest().vcpuCount());
            }
        }
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerIndex;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// What others do to a line of layers just while it is opened, or captured on.
final class LayerRaceTest {

    private static final int PAGE_COUNT = 16;

    @TempDir Path directory;

    private final Map<String, byte[]> memories = new HashMap<>();
    private SnapshotStore store;
    private int storeCount;

    /// `a` ← `b` ← `c`, each of which reads all before it.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store" + storeCount++));
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            Guests.write(memory, 1, 1);
            save(SnapshotRequest.layer("a", memory, Guests.opaque("a")), memory);
            Guests.write(memory, 2, 2);
            save(SnapshotRequest.layer("b", "a", memory, Guests.opaque("b")), memory);
            Guests.write(memory, 3, 3);
            save(SnapshotRequest.layer("c", "b", memory, Guests.opaque("c")), memory);
        }
    }

    private void save(SnapshotRequest request, GuestMemory memory) throws Exception {
        store.save(request);
        memories.put(request.name(), Guests.bytes(memory));
    }

    /// Another one takes the name, with other memory.
    private void replace(String name) throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            Guests.write(memory, 7, 7);
            save(
                    SnapshotRequest.layer(name, memory, Guests.opaque("new"))
                            .withOnExisting(OnExisting.REPLACE),
                    memory);
        }
    }

    private void compact(String name) throws Exception {
        CompactionPolicy policy = CompactionPolicy.intoOne(List.of(name));
        store.compact(store.planCompaction(policy), Progress.NONE);
    }

    private interface Step {
        void run() throws Exception;
    }

    /// Does something just before a file is opened for the first time.
    private static final class BeforeOpening extends ForwardingFileCalls {
        private final String end;
        private final Step step;
        private boolean isDone;

        BeforeOpening(String end, Step step) {
            super(FileCalls.current());
            this.end = end;
            this.step = step;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (!isDone && call.is("open") && call.paths().getFirst().endsWith(end)) {
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

    private Snapshot openWhile(String name, String file, Step step) throws Exception {
        BeforeOpening calls = new BeforeOpening(file, step);
        try (var _ = FileCalls.use(calls)) {
            return store.open(name);
        } finally {
            assertTrue(calls.isDone, "nobody opened " + file);
        }
    }

    private void assertReads(String name, Snapshot snapshot) throws Exception {
        try (snapshot;
                GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            snapshot.load(memory, Progress.NONE);
            assertArrayEquals(memories.get(name), Guests.bytes(memory), name);
        }
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }

    @Test
    void aParentThatIsDeletedIsFoundOnTheShelf() throws Exception {
        for (String file : List.of("memory.index", "memory.layer")) {
            makeAStore();
            assertReads("c", openWhile("c", "a/" + file, () -> store.delete("a")));
        }
    }

    @Test
    void aParentWhoseNameIsTakenIsNotMistakenForTheOther() throws Exception {
        for (String file : List.of("memory.index", "memory.layer")) {
            makeAStore();
            assertReads("c", openWhile("c", "b/" + file, () -> replace("b")));
        }
    }

    @Test
    void whatIsReplacedWhileItIsOpenedIsTheNewOne() throws Exception {
        for (String file : List.of("memory.index", "memory.layer")) {
            makeAStore();
            assertReads("c", openWhile("c", "c/" + file, () -> replace("c")));
        }
    }

    @Test
    void whatIsCompactedWhileItIsOpenedReadsTheSame() throws Exception {
        for (String file : List.of("c/memory.index", "c/memory.layer", "a/memory.layer")) {
            makeAStore();
            assertReads("c", openWhile("c", file, () -> compact("c")));
        }
    }

    @Test
    void anIndexIsOneOfTheTwoWhileItIsCompacted() throws Exception {
        BeforeOpening calls = new BeforeOpening("c/memory.index", () -> compact("c"));
        try (var _ = FileCalls.use(calls);
                LayerIndex index = store.layerIndex("c")) {
            assertEquals(1, index.layers().size());
        }
    }

    @Test
    void whatIsDeletedWhileItIsOpenedIsNotThere() throws Exception {
        SnapshotException gone =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                openWhile(
                                        "c",
                                        "a/memory.layer",
                                        () -> {
                                            for (String name : List.of("a", "b", "c")) {
                                                store.delete(name);
                                            }
                                        }));
        assertEquals(Kind.MISSING, gone.kind());
    }

    @Test
    void whatIsOpenIsReadToTheEndWhateverBecomesOfIt() throws Exception {
        try (Snapshot snapshot = store.open("c")) {
            compact("c");
            for (String name : List.of("a", "b", "c")) {
                store.delete(name);
            }
            Path file = directory.resolve("restored");
            snapshot.restore(file, OnExisting.REFUSE, Progress.NONE);
            assertArrayEquals(memories.get("c"), Files.readAllBytes(file));
        }
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }

    /// Captures `d` on `c`, while somebody does something when its memory is looked at.
    private void captureWhile(Step step, DirtyBitmap dirty) throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            memory.copyFrom(0, MemorySegment.ofArray(memories.get("c")));
            Guests.write(memory, 4, 4);
            boolean[] isDone = new boolean[1];
            Progress whenLooking =
                    (_, _) -> {
                        if (!isDone[0]) {
                            isDone[0] = true;
                            try {
                                step.run();
                            } catch (Exception failure) {
                                throw new AssertionError(failure);
                            }
                        }
                        return true;
                    };
            memories.put("d", Guests.bytes(memory));
            store.save(
                    SnapshotRequest.layer("d", "c", memory, Guests.opaque("d"))
                            .withDirty(dirty)
                            .withWriteOptions(WriteOptions.DEFAULT.withProgress(whenLooking)));
        }
    }

    private static DirtyBitmap dirty() {
        DirtyBitmap dirty =
                DirtyBitmap.create(
                        new PageGrid(0, (long) PAGE_COUNT * Guests.PAGE, PageSize.KIB_4));
        dirty.markPages(4, 1);
        return dirty;
    }

    @Test
    void aCaptureOutlivesItsParent() throws Exception {
        try (DirtyBitmap dirty = dirty()) {
            captureWhile(
                    () -> {
                        for (String name : List.of("c", "b", "a")) {
                            store.delete(name);
                        }
                    },
                    dirty);
            assertEquals(0, dirty.dirtyCount());
        }
        assertReads("d", store.open("d"));
        assertEquals(List.of("d"), store.list().stream().map(SnapshotSummary::name).toList());
    }

    @Test
    void aCaptureOutlivesTheCompactionOfItsParent() throws Exception {
        try (DirtyBitmap dirty = dirty()) {
            captureWhile(() -> compact("c"), dirty);
        }
        assertReads("d", store.open("d"));
        assertReads("c", store.open("c"));
        compact("d");
        assertReads("d", store.open("d"));
    }

    @Test
    void aCaptureOnAnImageThatGoesIsRefusedAndItsPagesAreDirty() throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT);
                DirtyBitmap dirty = dirty()) {
            memory.copyFrom(0, MemorySegment.ofArray(memories.get("c")));
            store.delete("c");
            save(SnapshotRequest.full("image", memory, Guests.opaque("i")), memory);
            save(SnapshotRequest.layer("c", "image", memory, Guests.opaque("c")), memory);
            Refusals.assertRefused(
                    Kind.CONFLICT,
                    Reason.MISMATCH,
                    () ->
                            captureWhile(
                                    () -> {
                                        store.delete("c");
                                        store.delete("image");
                                    },
                                    dirty),
                    "the image below");
            assertEquals(1, dirty.dirtyCount());
        }
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }

    @Test
    void aCaptureDoesNotTakeTheNameOfTheImageThatItNeeds() throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            Guests.write(memory, 1, 1);
            save(SnapshotRequest.full("image", memory, Guests.opaque("i")), memory);
            SnapshotRequest onItself =
                    SnapshotRequest.layer("image", "image", memory, Guests.opaque("o"))
                            .withOnExisting(OnExisting.REPLACE);
            Refusals.assertRefused(Kind.CONFLICT, Reason.EXISTS, () -> store.save(onItself));
            assertReads("image", store.open("image"));
            for (int page = 0; page < PAGE_COUNT; page++) {
                Guests.write(memory, page, page + 9);
            }
            save(onItself, memory);
            assertReads("image", store.open("image"));
        }
    }
}

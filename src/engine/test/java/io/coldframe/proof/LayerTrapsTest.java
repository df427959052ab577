package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerReport;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What other systems of this kind have got wrong, each by its name.
final class LayerTrapsTest {
    private static final int PAGE = 4096;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private SnapshotStore store;

    @BeforeEach
    void createStore() throws SnapshotException {
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
    }

    /// Pages that are each filled with one byte.
    private static byte[] pages(int... values) {
        byte[] memory = new byte[values.length * PAGE];
        for (int page = 0; page < values.length; page++) {
            Arrays.fill(memory, page * PAGE, (page + 1) * PAGE, (byte) values[page]);
        }
        return memory;
    }

    private LayerReport capture(String name, String parent, byte[] memory, PageSize blockSize)
            throws SnapshotException {
        try (GuestMemory guest = GuestMemory.anonymous(GuestLayout.of(memory.length))) {
            guest.copyFrom(0, MemorySegment.ofArray(memory));
            SnapshotRequest request =
                    parent.isEmpty()
                            ? SnapshotRequest.layer(name, guest, StoreReading.state(1))
                                    .withBlockSize(blockSize)
                            : SnapshotRequest.layer(name, parent, guest, StoreReading.state(1));
            return store.save(request).layer().orElseThrow();
        }
    }

    private LayerReport capture(String name, String parent, byte[] memory)
            throws SnapshotException {
        return capture(name, parent, memory, PageSize.KIB_4);
    }

    private void check(String name, byte[] memory) throws IOException {
        Path file = folder.resolve("restored");
        store.restore(name, file, OnExisting.REPLACE, Progress.NONE);
        assertArrayEquals(memory, Files.readAllBytes(file), name);
        store.verify(name, Progress.NONE);
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }

    private void compact(CompactionPolicy policy) throws SnapshotException {
        store.compact(store.planCompaction(policy), Progress.NONE);
    }

    @Test
    void aPageThatTheGuestZeroedIsNotTheParents() throws IOException {
        capture("before", "", pages(1, 2, 3));
        LayerReport report = capture("after", "before", pages(1, 0, 3));
        assertEquals(1, report.zeroBlocks());
        assertEquals(0, report.dataBlocks());
        check("after", pages(1, 0, 3));
        compact(CompactionPolicy.intoOne(List.of("after")));
        check("after", pages(1, 0, 3));
        check("before", pages(1, 2, 3));
    }

    @Test
    void aPageThatTheGuestZeroedIsNotTheImages() throws IOException {
        try (GuestMemory guest = GuestMemory.anonymous(GuestLayout.of(3 * PAGE))) {
            guest.copyFrom(0, MemorySegment.ofArray(pages(1, 2, 3)));
            store.save(SnapshotRequest.full("image", guest, StoreReading.state(1)));
        }
        capture("after", "image", pages(1, 0, 3));
        check("after", pages(1, 0, 3));
        capture("later", "after", pages(0, 0, 3));
        check("later", pages(0, 0, 3));
        compact(CompactionPolicy.intoOne(List.of("later")));
        check("later", pages(0, 0, 3));
        check("after", pages(1, 0, 3));
    }

    @Test
    void zerosThatComeAndGoAreZerosAndData() throws IOException {
        capture("one", "", pages(0, 7));
        capture("two", "one", pages(7, 0));
        capture("three", "two", pages(0, 7));
        store.delete("two");
        check("one", pages(0, 7));
        check("three", pages(0, 7));
    }

    /// After a compaction the old page of a branch lies behind everything else.
    @Test
    void neighboursThatAreStoredApartAreNotJoined() throws IOException {
        capture("old", "", pages(1, 2, 3));
        capture("new", "old", pages(1, 9, 3));
        compact(CompactionPolicy.intoOne(List.of("old", "new")));
        check("old", pages(1, 2, 3));
        check("new", pages(1, 9, 3));
        try (Snapshot snapshot = store.open("old")) {
            ExtentMap map = snapshot.layers().orElseThrow().index().map();
            assertEquals(1, snapshot.layers().orElseThrow().index().layers().size());
            assertEquals(3, map.extentCount());
            assertTrue(map.storedBlock(1) > map.storedBlock(2), "not as was meant");
        }
    }

    @Test
    void memoryThatIsAllZeroStoresNothing() throws IOException {
        LayerReport report = capture("zero", "", new byte[9 * PAGE]);
        assertEquals(0, report.bytesWritten());
        check("zero", new byte[9 * PAGE]);
        capture("data", "zero", pages(1, 1, 1, 1, 1, 1, 1, 1, 1));
        LayerReport again = capture("again", "data", new byte[9 * PAGE]);
        assertEquals(9, again.zeroBlocks());
        check("again", new byte[9 * PAGE]);
        compact(CompactionPolicy.intoOne(List.of("again", "zero")));
        check("again", new byte[9 * PAGE]);
        check("zero", new byte[9 * PAGE]);
        store.delete("data");
        compact(CompactionPolicy.wholeStore());
        check("again", new byte[9 * PAGE]);
    }

    @Test
    void memoryThatIsAllDataIsOneExtent() throws IOException {
        byte[] memory = pages(1, 2, 3, 4, 5);
        assertEquals(5, capture("data", "", memory).dataBlocks());
        check("data", memory);
        try (Snapshot snapshot = store.open("data")) {
            assertEquals(1, snapshot.layers().orElseThrow().index().map().extentCount());
        }
        LayerReport same = capture("same", "data", memory);
        assertEquals(5, same.unchangedBlocks());
        assertEquals(0, same.bytesWritten());
        check("same", memory);
    }

    @Test
    void aGuestOfOneBlockIsAGuest() throws IOException {
        capture("data", "", pages(5));
        capture("zero", "data", pages(0));
        capture("other", "zero", pages(6));
        compact(CompactionPolicy.intoOne(List.of("other")));
        store.delete("data");
        check("zero", pages(0));
        check("other", pages(6));
    }

    /// Its only block is longer than it.
    @Test
    void aGuestMayBeShorterThanABlock() throws IOException {
        capture("data", "", pages(0, 5), PageSize.KIB_64);
        assertEquals(1, capture("more", "data", pages(6, 5)).dataBlocks());
        assertEquals(1, capture("zero", "more", pages(0, 0)).zeroBlocks());
        check("data", pages(0, 5));
        check("more", pages(6, 5));
        check("zero", pages(0, 0));
    }

    @Test
    void theLastBlockMayBeShort() throws IOException {
        byte[] memory = pages(1, 2, 3, 4, 5);
        capture("data", "", memory, PageSize.KIB_16);
        check("data", memory);
        byte[] changed = memory.clone();
        changed[changed.length - 1] = 77;
        assertEquals(1, capture("more", "data", changed).dataBlocks());
        check("more", changed);
        compact(CompactionPolicy.intoOne(List.of("more")));
        check("more", changed);
        check("data", memory);
        assertEquals(1, capture("zero", "more", pages(1, 2, 3, 4, 0)).zeroBlocks());
        check("zero", pages(1, 2, 3, 4, 0));
    }

    /// The first generation goes, and what it stored stays for as long as somebody reads it.
    @Test
    void aLayerOutlivesItsSnapshot() throws IOException {
        capture("one", "", pages(1, 2));
        capture("two", "one", pages(1, 3));
        capture("three", "two", pages(4, 3));
        store.delete("one");
        check("two", pages(1, 3));
        store.delete("two");
        check("three", pages(4, 3));
        capture("four", "three", pages(4, 2));
        store.delete("three");
        check("four", pages(4, 2));
    }
}

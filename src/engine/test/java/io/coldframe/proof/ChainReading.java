package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotStore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/// Reads a snapshot in every way that there is, and compares it with what a model remembers.
///
/// **Threads.** One.
record ChainReading(SnapshotStore store, Path folder, SplittableRandom random, String what) {
    private static final int READS = 4;

    /// @param other another one, over whose image it is restored too if it is of the same guest
    void check(ModelSnapshot wanted, ModelSnapshot other) throws IOException {
        String message = what + ": " + wanted.name();
        byte[] memory = wanted.memory();
        Path file = folder.resolve("restored");
        store.restore(wanted.name(), file, OnExisting.REPLACE, Progress.NONE);
        assertArrayEquals(memory, Files.readAllBytes(file), message);
        try (Snapshot snapshot = store.open(wanted.name())) {
            snapshot.verify(Progress.NONE);
            checkLoaded(snapshot, memory, message);
            checkPages(snapshot.source(), memory, random, message);
            if (!wanted.isImage()) {
                LayerChain chain = snapshot.layers().orElseThrow();
                checkMap(chain.index(), wanted, message);
                checkOver(chain, wanted, other, file, message);
            }
        }
    }

    private static void checkLoaded(Snapshot snapshot, byte[] memory, String message)
            throws SnapshotException {
        try (GuestMemory into = GuestMemory.anonymous(snapshot.manifest().memory().layout());
                Arena arena = Arena.ofConfined()) {
            // What is there before must not shine through where the snapshot is zero.
            byte[] before = new byte[memory.length];
            Arrays.fill(before, (byte) 0xEE);
            into.copyFrom(0, MemorySegment.ofArray(before));
            snapshot.load(into, Progress.NONE);
            MemorySegment copy = arena.allocate(memory.length);
            into.copyTo(0, copy);
            assertArrayEquals(memory, copy.toArray(ValueLayout.JAVA_BYTE), message);
        }
    }

    /// Any bytes, on and off the borders of blocks.
    static void checkPages(
            PageSource source, byte[] memory, SplittableRandom random, String message)
            throws SnapshotException {
        assertEquals(memory.length, source.byteCount(), message);
        for (int left = READS; left > 0; left--) {
            int from = random.nextInt(memory.length);
            int end = from + 1 + random.nextInt(memory.length - from);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment target = arena.allocate(end - from);
                target.fill((byte) 0xEE);
                source.read(from, target);
                assertArrayEquals(
                        Arrays.copyOfRange(memory, from, end),
                        target.toArray(ValueLayout.JAVA_BYTE),
                        () -> message + ": " + from);
            }
        }
    }

    /// What the map says that can be known without a look into the layers.
    static void checkMap(LayerIndex index, ModelSnapshot wanted, String message) {
        ExtentMap map = index.map();
        int blockBytes = wanted.blockBytes();
        assertEquals(wanted.memory().length, index.byteCount(), message);
        assertEquals(wanted.blockCount(), map.blockCount(), message);
        for (int block = 0; block < wanted.blockCount(); block++) {
            int extent = map.find(block);
            int from = block * blockBytes;
            int end = Math.min(from + blockBytes, wanted.memory().length);
            byte[] bytes = Arrays.copyOfRange(wanted.memory(), from, end);
            String where = message + ": block " + block;
            UUID writer =
                    map.place(extent) == BlockPlace.PARENT
                            ? index.base().orElseThrow()
                            : index.origins().get(map.origin(extent)).snapshotId();
            assertEquals(wanted.writer(block), writer, where);
            // An image does not say where it is zero.
            if (map.place(extent) != BlockPlace.PARENT) {
                boolean isZero = Arrays.equals(bytes, new byte[bytes.length]);
                assertEquals(isZero, map.place(extent) == BlockPlace.ZERO, where);
            }
        }
    }

    /// In place over the image of another generation, and once more, as after a crash.
    private void checkOver(
            LayerChain chain, ModelSnapshot wanted, ModelSnapshot other, Path file, String message)
            throws IOException {
        if (other.isImage() || other.memory().length != wanted.memory().length) {
            return;
        }
        Files.write(file, other.memory());
        try (Snapshot present = store.open(other.name())) {
            LayerChain below = present.layers().orElseThrow();
            chain.applyOver(below, file, Progress.NONE);
            assertArrayEquals(
                    wanted.memory(), Files.readAllBytes(file), message + " over " + other.name());
            chain.applyOver(below, file, Progress.NONE);
            assertArrayEquals(
                    wanted.memory(), Files.readAllBytes(file), message + " over " + other.name());
        }
    }

    /// The image that a snapshot of layers lies on.
    Optional<UUID> base(ModelSnapshot wanted) throws SnapshotException {
        try (LayerIndex index = store.layerIndex(wanted.name())) {
            return index.base();
        }
    }

    /// Its own layer is named also if nothing of it is read any more; that one costs nothing.
    void checkDepth(ModelSnapshot wanted, int layersMax) throws SnapshotException {
        Set<Integer> read = new TreeSet<>();
        try (LayerIndex index = store.layerIndex(wanted.name())) {
            ExtentMap map = index.map();
            for (int extent = 0; extent < map.extentCount(); extent++) {
                if (map.place(extent) == BlockPlace.DATA) {
                    read.add(map.layer(extent));
                }
            }
        }
        assertTrue(
                read.size() <= layersMax,
                () -> what + ": " + wanted.name() + " reads " + read.size() + " layers");
    }

    void checkStore(int snapshotCount) throws SnapshotException {
        var report = store.fsck(FsckOptions.DEFAULT);
        assertEquals(List.of(), report.problems(), what);
        assertEquals(snapshotCount, report.snapshotCount(), what);
    }

    /// Nothing is left of what nobody needs.
    void checkEmpty() throws IOException {
        assertEquals(List.of(), store.list(), what);
        checkStore(0);
        try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
            List<Path> left =
                    all.filter(path -> path.getFileName().toString().startsWith("memory."))
                            .toList();
            assertEquals(List.of(), left, what);
        }
    }
}

package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A bit of a layer or of an index that is not as it was written, and every length that a file may
/// be cut to: found on every way to its bytes, with the file's name.
final class LayerDamageTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 6;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private final long seed = new SplittableRandom().nextLong();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Map<String, byte[]> written = new HashMap<>();
    private SnapshotStore store;

    /// Three generations, of which the last reads every block that is stored of each.
    @BeforeEach
    void createChain() throws IOException {
        System.out.println("LayerDamageTest: seed " + seed);
        store = SnapshotStore.createOrOpen(folder.resolve("store"));
        try (GuestMemory memory = memory()) {
            put(memory, 0, 1);
            put(memory, 1, 2);
            save(SnapshotRequest.layer("one", memory, StoreReading.state(1)), memory);
            put(memory, 2, 3);
            put(memory, 4, 4);
            save(SnapshotRequest.layer("two", "one", memory, StoreReading.state(2)), memory);
            put(memory, 5, 5);
            save(SnapshotRequest.layer("three", "two", memory, StoreReading.state(3)), memory);
        }
    }

    private void save(SnapshotRequest request, GuestMemory memory) throws SnapshotException {
        store.save(request);
        byte[] bytes = new byte[PAGES * PAGE];
        memory.copyTo(0, MemorySegment.ofArray(bytes));
        written.put(request.name(), bytes);
    }

    private static GuestMemory memory() throws SnapshotException {
        return GuestMemory.anonymous(GuestLayout.of(PAGES * PAGE));
    }

    private static void put(GuestMemory memory, int page, int value) throws SnapshotException {
        byte[] bytes = new byte[PAGE];
        Arrays.fill(bytes, (byte) value);
        memory.copyFrom((long) page * PAGE, MemorySegment.ofArray(bytes));
    }

    private Path file(String snapshot, String name) {
        return folder.resolve("store").resolve(snapshot).resolve(name);
    }

    /// Every way to the bytes of the last generation.
    private Map<String, Executable> doors() {
        Path target = folder.resolve("restored");
        Map<String, Executable> doors = new TreeMap<>();
        doors.put("verify", () -> store.verify("three", Progress.NONE));
        doors.put(
                "restore", () -> store.restore("three", target, OnExisting.REFUSE, Progress.NONE));
        doors.put(
                "load",
                () -> {
                    try (GuestMemory memory = memory()) {
                        store.load("three", memory, Progress.NONE);
                    }
                });
        doors.put(
                "read",
                () -> {
                    try (Snapshot snapshot = store.open("three");
                            Arena arena = Arena.ofConfined()) {
                        snapshot.source().read(0, arena.allocate(PAGES * PAGE));
                    }
                });
        return doors;
    }

    private void checkMissed(Path file, String what, Map<String, Executable> doors)
            throws IOException {
        for (var door : doors.entrySet()) {
            String message = door.getKey() + " of " + file + " with " + what + ", seed " + seed;
            SnapshotException refusal =
                    assertThrows(SnapshotException.class, door.getValue(), message);
            assertEquals(Kind.CORRUPT, refusal.kind(), () -> message + ": " + refusal);
            assertTrue(
                    refusal.toString().contains(file.toString()), () -> message + ": " + refusal);
            assertTrue(Files.notExists(folder.resolve("restored")), message);
        }
    }

    private void checkWhole() throws SnapshotException {
        for (String name : new String[] {"one", "two", "three"}) {
            store.verify(name, Progress.NONE);
            try (GuestMemory memory = memory();
                    Arena arena = Arena.ofConfined()) {
                store.load(name, memory, Progress.NONE);
                MemorySegment found = arena.allocate(PAGES * PAGE);
                memory.copyTo(0, found);
                assertArrayEquals(written.get(name), found.toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    private void flip(Path file, long bit) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) (bit / Byte.SIZE)] ^= (byte) (1 << bit % Byte.SIZE);
        Files.write(file, bytes);
    }

    private void damage(Path file, int bitsBetween, Map<String, Executable> doors)
            throws IOException {
        byte[] whole = Files.readAllBytes(file);
        long bitCount = (long) whole.length * Byte.SIZE;
        for (long bit = random.nextInt(bitsBetween); bit < bitCount; bit += bitsBetween) {
            flip(file, bit);
            checkMissed(file, "bit " + bit, doors);
            flip(file, bit);
        }
        int cutsBetween = Math.max(1, bitsBetween / Byte.SIZE);
        for (int cut = random.nextInt(cutsBetween); cut < whole.length; cut += cutsBetween) {
            Files.write(file, Arrays.copyOf(whole, cut));
            checkMissed(file, cut + " bytes", doors);
        }
        for (int length : new int[] {0, whole.length - 1, whole.length + 1, whole.length + PAGE}) {
            Files.write(file, Arrays.copyOf(whole, length));
            checkMissed(file, length + " bytes", doors);
        }
        Files.write(file, whole);
        checkWhole();
    }

    @Test
    void aBitOfAnyLayerIsMissedOnEveryWay() throws IOException {
        for (String name : new String[] {"one", "two", "three"}) {
            damage(file(name, "memory.layer"), Soak.count(4001, 101), doors());
        }
    }

    @Test
    void aBitOfTheIndexIsMissedOnEveryWay() throws IOException {
        damage(file("three", "memory.index"), Soak.count(131, 1), doors());
    }

    /// What is read of an older index is which layer it is, and its sums.
    @Test
    void aBitOfAnOlderIndexIsMissedByWhoReadsIt() throws IOException {
        Path index = file("one", "memory.index");
        Map<String, Executable> own = Map.of("verify", () -> store.verify("one", Progress.NONE));
        damage(index, Soak.count(131, 1), own);
    }

    /// A compaction refuses, or goes around what is damaged; and when the bit is right again
    /// everything is there as it was, wherever it lies by then.
    @Test
    void aCompactionBesideDamageLosesNothing() throws IOException {
        Path aside = folder.resolve("aside");
        Trees.copy(folder.resolve("store"), aside);
        for (String name : new String[] {"one", "two", "three"}) {
            for (String part : new String[] {"memory.index", "memory.layer", "manifest.bin"}) {
                for (int left = Soak.count(3, 60); left > 0; left--) {
                    Trees.delete(folder.resolve("store"));
                    Trees.copy(aside, folder.resolve("store"));
                    checkCompactionBeside(file(name, part));
                }
            }
        }
    }

    private void checkCompactionBeside(Path file) throws IOException {
        long bit = random.nextLong(Files.size(file) * Byte.SIZE);
        String what = "bit " + bit + " of " + file + ", seed " + seed;
        // The file, wherever its name is moved to.
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            flip(open, bit);
            try {
                compact();
            } catch (SnapshotException refusal) {
                assertEquals(Kind.CORRUPT, refusal.kind(), () -> what + ": " + refusal);
            }
            flip(open, bit);
        }
        checkWhole();
        compact();
        checkWhole();
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems(), what);
    }

    private static void flip(RandomAccessFile file, long bit) throws IOException {
        file.seek(bit / Byte.SIZE);
        int was = file.read();
        file.seek(bit / Byte.SIZE);
        file.write(was ^ 1 << bit % Byte.SIZE);
    }

    private void compact() throws SnapshotException {
        store.compact(
                store.planCompaction(CompactionPolicy.wholeStore().withDepthMax(1)), Progress.NONE);
    }

    @Test
    void aLayerThatIsGoneIsMissed() throws IOException {
        Path layer = file("two", "memory.layer");
        Files.move(layer, folder.resolve("aside"));
        for (var door : doors().entrySet()) {
            SnapshotException refusal =
                    assertThrows(SnapshotException.class, door.getValue(), door.getKey());
            assertTrue(refusal.toString().contains("two"), refusal::toString);
        }
        Files.move(folder.resolve("aside"), layer);
        checkWhole();
    }
}

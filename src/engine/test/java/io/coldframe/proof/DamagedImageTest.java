package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.image.OnExisting;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SnapshotPair;
import io.coldframe.snapshot.SnapshotStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// One in a thousand bits of an image, and every length that is not its own by a page or a byte:
/// found by whoever verifies, and by whoever loads, with the name of the file.
///
/// In a diff only the pages count that it holds. What is between them may be anything.
final class DamagedImageTest {
    private static final int BITS_BETWEEN = 1000;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private final long seed = new SplittableRandom().nextLong();

    @Test
    void aBitOfAPairsMemoryIsMissed() throws IOException {
        PairPaths paths = PairPaths.of(folder.resolve("vm.snap"));
        prepare(PairWork.REPLACED_MAPPED);
        // Each of them is a megabyte to sum.
        damage(
                paths.memory(),
                Soak.count(20, 1) * BITS_BETWEEN,
                List.of(
                        () -> SnapshotPair.verifyPair(paths, Progress.NONE),
                        () -> SnapshotPair.load(paths)));
    }

    @Test
    void aBitOfASnapshotsMemoryIsMissed() throws IOException {
        prepare(StoreWork.NEW_FULL_MAPPED);
        SnapshotStore store = SnapshotStore.openAsFound(folder.resolve("store"));
        Path target = folder.resolve("restored");
        damage(
                folder.resolve("store").resolve("base").resolve("memory.bin"),
                BITS_BETWEEN,
                List.of(
                        () -> store.verify("base", Progress.NONE),
                        () -> store.restore("base", target, OnExisting.REFUSE, Progress.NONE)));
        assertTrue(Files.notExists(target));
    }

    private void prepare(Work work) throws IOException {
        System.out.println("DamagedImageTest: seed " + seed);
        try (ScriptedGuest guest = work.guest()) {
            work.prepare(folder, guest);
        }
    }

    private void damage(Path file, int bitsBetween, List<Executable> doors) throws IOException {
        long byteCount = Files.size(file);
        long first = new SplittableRandom(seed).nextLong(bitsBetween);
        try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
            for (long bit = first; bit < byteCount * Byte.SIZE; bit += bitsBetween) {
                flip(image, bit);
                checkMissed(file, "bit " + bit, doors);
                flip(image, bit);
            }
            for (long length : new long[] {0, byteCount - 4096, byteCount - 1, byteCount + 1}) {
                byte[] whole = Files.readAllBytes(file);
                image.setLength(length);
                checkMissed(file, length + " bytes", doors);
                Files.write(file, whole);
            }
        }
        for (Executable door : doors.subList(0, 1)) {
            assertEquals("nothing", thrown(door));
        }
    }

    private static void flip(RandomAccessFile image, long bit) throws IOException {
        image.seek(bit / Byte.SIZE);
        int was = image.read();
        image.seek(bit / Byte.SIZE);
        image.write(was ^ (1 << (bit % Byte.SIZE)));
    }

    private static void checkMissed(Path file, String what, List<Executable> doors) {
        for (Executable door : doors) {
            SnapshotException refusal = assertThrows(SnapshotException.class, door, what);
            assertEquals(Kind.CORRUPT, refusal.kind(), refusal::toString);
            assertTrue(refusal.toString().contains(file.toString()), refusal::toString);
        }
    }

    private static String thrown(Executable door) {
        try {
            door.execute();
            return "nothing";
        } catch (Throwable failure) {
            return failure.toString();
        }
    }
}

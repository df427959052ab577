package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Whatever becomes of the bytes of a snapshot, nobody is given other bytes than were saved.
final class StoreDamageTest {

    private static final int PAGE_COUNT = 64;

    @TempDir Path directory;

    private SnapshotStore store;

    @BeforeEach
    void saveAFullSnapshotAndADiff() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        GuestLayout layout = GuestLayout.of(32 * 4096).then(0x1_0000_0000L, 32 * 4096);
        try (GuestMemory memory = GuestMemory.anonymous(layout)) {
            Guests.fillRandomly(memory, new SplittableRandom(1));
            store.save(SnapshotRequest.full("base", memory, Guests.opaque("the state")));
            Guests.write(memory, 40, 0x40);
            Guests.write(memory, 5, 0);
            store.save(SnapshotRequest.diff("next", "base", memory, Guests.opaque("state")));
        }
    }

    private Path part(String snapshot, String file) {
        return store.directory().resolve(snapshot).resolve(file);
    }

    private SnapshotException assertFound(String reference, Path file, String what) {
        SnapshotException failure =
                assertThrows(
                        SnapshotException.class,
                        () -> store.verify(reference, Progress.NONE),
                        what);
        assertEquals(Kind.CORRUPT, failure.kind(), what + ": " + failure);
        assertTrue(failure.toString().contains(file.toString()), what + ": " + failure);
        return failure;
    }

    @Test
    void everyBitOfTheSmallFilesIsMissed() throws Exception {
        for (String snapshot : List.of("base", "next")) {
            for (String name : List.of("manifest.bin", "state.bin", "memory.sums")) {
                Path file = part(snapshot, name);
                byte[] bytes = Files.readAllBytes(file);
                int step = Soak.count(7, 1);
                for (int bit = 0; bit < 8 * bytes.length; bit += step) {
                    byte[] flipped = bytes.clone();
                    flipped[bit / 8] ^= (byte) (1 << bit % 8);
                    Files.write(file, flipped);
                    assertFound(snapshot, file, name + " bit " + bit);
                }
                Files.write(file, bytes);
            }
        }
        store.verify("next", Progress.NONE);
    }

    @Test
    void everyTruncationIsFound() throws Exception {
        for (String name : List.of("manifest.bin", "state.bin", "memory.sums", "memory.bin")) {
            Path file = part("base", name);
            byte[] bytes = Files.readAllBytes(file);
            int step = Math.max(1, bytes.length / Soak.count(50, 1_000));
            for (int length = 0; length < bytes.length; length += step) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertFound("base", file, name + " cut to " + length);
            }
            Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            assertFound("base", file, name + " longer");
            Files.write(file, bytes);
        }
        store.verify("base", Progress.NONE);
    }

    @Test
    void aBadBlockIsNamedByFileOffsetAndGuestPage() throws Exception {
        Path file = part("base", "memory.bin");
        byte[] bytes = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom();
        for (int i = 0; i < Soak.count(100, 2_000); i++) {
            int at = random.nextInt(bytes.length);
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            long offset = at & -4096L;
            long guest = offset < 32 * 4096 ? offset : 0x1_0000_0000L + offset - 32 * 4096;
            String message = assertFound("base", file, "byte " + at).toString();
            assertTrue(message.contains("offset " + offset), message);
            assertTrue(message.contains("0x" + Long.toHexString(guest)), message);
            assertFound("next", file, "a parent's byte " + at);
        }
    }

    @Test
    void aDamagedChainIsNeverRestored() throws Exception {
        Path file = part("base", "memory.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[20 * 4096]++;
        Files.write(file, bytes);
        for (String snapshot : List.of("base", "next")) {
            Path target = directory.resolve("restored");
            var failure =
                    assertThrows(
                            SnapshotException.class,
                            () ->
                                    store.restore(
                                            snapshot, target, OnExisting.REFUSE, Progress.NONE));
            assertEquals(Kind.CORRUPT, failure.kind());
            assertTrue(Files.notExists(target));
            try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
                assertThrows(
                        SnapshotException.class, () -> store.load(snapshot, memory, Progress.NONE));
            }
        }
    }

    @Test
    void aDiffOnADamagedParentIsRefused() throws Exception {
        Path file = part("base", "memory.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[20 * 4096]++;
        Files.write(file, bytes);
        GuestLayout layout = store.manifest("base").memory().layout();
        try (GuestMemory memory = GuestMemory.anonymous(layout)) {
            var failure =
                    assertThrows(
                            SnapshotException.class,
                            () ->
                                    store.save(
                                            SnapshotRequest.diff(
                                                    "x", "base", memory, Guests.opaque(""))));
            assertEquals(Kind.CORRUPT, failure.kind());
        }
    }

    @Test
    void aMissingFileIsDamageAndAMissingParentToo() throws Exception {
        for (String name : List.of("state.bin", "memory.sums", "memory.bin")) {
            Path file = part("base", name);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            assertFound("base", file, name);
            Files.createSymbolicLink(file, directory.resolve("elsewhere"));
            assertFound("base", file, name + " is a link");
            Files.delete(file);
            Files.write(file, bytes);
        }
        Files.move(store.directory().resolve("base"), directory.resolve("base"));
        assertFound("next", part("next", "manifest.bin"), "the parent");
    }

    /// The id decides, so a parent may be renamed by hand.
    @Test
    void aParentIsFoundUnderAnotherName() throws Exception {
        Files.move(store.directory().resolve("base"), store.directory().resolve("renamed"));
        assertEquals("renamed", store.verify("next", Progress.NONE).verified().get(1).name());
    }

    /// Two whole snapshots that were mixed by hand, or by a copy that was interrupted.
    @Test
    void partsOfTwoSnapshotsAreNotTakenForOne() throws Exception {
        for (String name : List.of("state.bin", "memory.sums", "memory.bin")) {
            Path file = part("next", name);
            byte[] bytes = Files.readAllBytes(file);
            Files.copy(part("base", name), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertFound("next", file, name);
            Files.write(file, bytes);
        }
    }

    @Test
    void theRestOfTheStoreIsThereAllTheSame() throws Exception {
        Path file = part("base", "manifest.bin");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, new byte[bytes.length]);
        List<SnapshotSummary> list = store.list();
        assertEquals("next", list.getFirst().name());
        assertEquals("", list.getFirst().problem());
        assertEquals("base", list.getLast().name());
        assertTrue(list.getLast().problem().contains(file.toString()));
        var failure = assertThrows(SnapshotException.class, () -> store.delete("base"));
        assertTrue(failure.toString().contains("next"), failure.toString());
        store.delete("next");
        store.delete("base");
        assertEquals(List.of(), store.list());
    }
}

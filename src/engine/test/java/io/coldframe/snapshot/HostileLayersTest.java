package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Layer snapshots that were made up, or put together from parts of others: each is told apart from
/// one that was committed, before a byte of memory is handed out.
final class HostileLayersTest {

    private static final int PAGE_COUNT = 16;

    @TempDir Path directory;

    private SnapshotStore store;
    private byte[] memoryOfB = new byte[0];

    /// `a` ← `b`, and `other` of another memory.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            Guests.write(memory, 1, 1);
            store.save(SnapshotRequest.layer("a", memory, Guests.opaque("a")));
            Guests.write(memory, 2, 2);
            store.save(SnapshotRequest.layer("b", "a", memory, Guests.opaque("b")));
            memoryOfB = Guests.bytes(memory);
            Guests.write(memory, 1, 9);
            Guests.write(memory, 2, 9);
            store.save(SnapshotRequest.layer("other", memory, Guests.opaque("o")));
        }
    }

    private Path part(String name, String file) {
        return store.directory().resolve(name).resolve(file);
    }

    private void rewrite(String name, MemoryPart memory, Optional<Parent> parent, int generation)
            throws Exception {
        Manifest old = store.manifest(name);
        Manifest changed =
                new Manifest(
                        old.id(),
                        old.createdAt(),
                        old.architecture(),
                        old.vcpuCount(),
                        parent,
                        generation,
                        old.state(),
                        memory,
                        old.host(),
                        old.labels(),
                        old.unknown());
        Files.write(part(name, "manifest.bin"), changed.encode());
    }

    private void rewrite(String name, MemoryPart memory) throws Exception {
        Manifest old = store.manifest(name);
        rewrite(name, memory, old.parent(), old.generation());
    }

    private void assertCorrupt(String name, Reason reason, String... parts) {
        Refusals.assertRefused(Kind.CORRUPT, reason, () -> store.open(name).close(), parts);
        Refusals.assertRefused(
                Kind.CORRUPT, reason, () -> store.verify(name, Progress.NONE), parts);
    }

    @Test
    void aManifestThatDisagreesWithItsIndexIsRefused() throws Exception {
        MemoryPart right = store.manifest("b").memory();
        UUID stranger = UUID.randomUUID();
        for (MemoryPart wrong :
                List.of(
                        with(right, right.pageSize(), 0, right.layerId(), right.baseId()),
                        with(right, PageSize.KIB_16, 1, right.layerId(), right.baseId()),
                        with(right, right.pageSize(), 1, Optional.of(stranger), right.baseId()),
                        with(right, right.pageSize(), 0, Optional.empty(), right.baseId()),
                        with(right, right.pageSize(), 1, right.layerId(), Optional.of(stranger)))) {
            rewrite("b", wrong);
            assertCorrupt("b", Reason.MISMATCH, part("b", "memory.index").toString());
        }
    }

    private static MemoryPart with(
            MemoryPart old,
            PageSize blockSize,
            long storedBlockCount,
            Optional<UUID> layerId,
            Optional<UUID> baseId) {
        return new MemoryPart(
                old.kind(),
                old.layout(),
                blockSize,
                storedBlockCount,
                old.sumsByteCount(),
                old.sumsDigest(),
                layerId,
                baseId);
    }

    @Test
    void anIndexOfAnotherSnapshotIsRefused() throws Exception {
        Files.write(part("b", "memory.index"), Files.readAllBytes(part("a", "memory.index")));
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> store.open("b").close());
        assertEquals(Kind.CORRUPT, refused.kind());
    }

    @Test
    void anIndexThatItsManifestNamesButThatWasCutIsRefusedUnread() throws Exception {
        byte[] bytes = Files.readAllBytes(part("b", "memory.index"));
        Files.write(part("b", "memory.index"), Arrays.copyOf(bytes, bytes.length - 1));
        assertCorrupt("b", Reason.TOO_SHORT);
        Files.write(part("b", "memory.index"), Arrays.copyOf(bytes, bytes.length + 1));
        assertCorrupt("b", Reason.TOO_LARGE);
        Files.delete(part("b", "memory.index"));
        assertCorrupt("b", Reason.MISMATCH, "missing beside its manifest");
    }

    @Test
    void aLayerOfAnotherSnapshotIsNotReadForIt() throws Exception {
        // As long as the right one, whole, and with sums of its own.
        for (String file : List.of("memory.index", "memory.layer")) {
            Files.write(part("a", file), Files.readAllBytes(part("other", file)));
        }
        assertCorrupt("b", Reason.MISMATCH, part("a", "memory.index").toString());
    }

    @Test
    void aLayerBesideTheRightSumsIsReadWhateverItsManifestSays() throws Exception {
        MemoryPart memory = store.manifest("a").memory();
        rewrite(
                "a",
                new MemoryPart(
                        memory.kind(),
                        memory.layout(),
                        memory.pageSize(),
                        memory.writtenPageCount(),
                        memory.sumsByteCount(),
                        Sha256.of(new byte[1]),
                        memory.layerId(),
                        memory.baseId()));
        assertCorrupt("a", Reason.CHECKSUM, part("a", "memory.index").toString());
        Path file = directory.resolve("restored");
        store.restore("b", file, OnExisting.REFUSE, Progress.NONE);
        assertArrayEquals(memoryOfB, Files.readAllBytes(file));
        Files.write(part("a", "manifest.bin"), new byte[9]);
        store.restore("b", file, OnExisting.REPLACE, Progress.NONE);
        assertArrayEquals(memoryOfB, Files.readAllBytes(file));
    }

    @Test
    void aSnapshotWithABrokenManifestGivesItsLayerWhenItIsReplaced() throws Exception {
        byte[] manifest = Files.readAllBytes(part("a", "manifest.bin"));
        manifest[manifest.length / 2] ^= 1;
        Files.write(part("a", "manifest.bin"), manifest);
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            store.save(
                    SnapshotRequest.layer("a", memory, Guests.opaque("new"))
                            .withOnExisting(OnExisting.REPLACE));
        }

        store.verify("b", Progress.NONE);
        Path restored = directory.resolve("restored");
        store.restore("b", restored, OnExisting.REFUSE, Progress.NONE);
        assertArrayEquals(memoryOfB, Files.readAllBytes(restored));
    }

    @Test
    void parentsThatGoRoundInACircleDoNotHoldUpTheSearchForALayer() throws Exception {
        Manifest b = store.manifest("b");
        rewrite("a", store.manifest("a").memory(), Optional.of(new Parent(b.id(), "b")), 2);
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            memory.copyFrom(0, MemorySegment.ofArray(memoryOfB));
            store.save(SnapshotRequest.layer("c", "other", memory, Guests.opaque("c")));
            Guests.write(memory, 3, 3);
            store.save(SnapshotRequest.layer("d", "c", memory, Guests.opaque("d")));
        }
        // The layer of c is none of those that the parents lead to.
        rewrite("d", store.manifest("d").memory(), Optional.of(new Parent(b.id(), "b")), 9);
        store.verify("d", Progress.NONE);
        store.verify("b", Progress.NONE);
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        for (String file : List.of("memory.index", "memory.layer")) {
            Path real = directory.resolve(file);
            Files.move(part("b", file), real);
            Files.createSymbolicLink(part("b", file), real);
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> store.open("b").close());
            Refusals.assertSays(refused, part("b", file).toString());
            Files.delete(part("b", file));
            Files.move(real, part("b", file));
        }
        store.verify("b", Progress.NONE);
    }
}

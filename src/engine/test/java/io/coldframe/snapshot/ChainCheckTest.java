package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// No page becomes clean by a diff on a chain that nobody can restore.
final class ChainCheckTest {

    @TempDir Path directory;

    private SnapshotStore store;

    /// base ← one ← two.
    @BeforeEach
    void makeAChain() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        try (GuestMemory memory = Guests.ofPages(16)) {
            Guests.write(memory, 1, 1);
            store.save(SnapshotRequest.full("base", memory, Guests.opaque("base")));
            Guests.write(memory, 2, 2);
            store.save(SnapshotRequest.diff("one", "base", memory, Guests.opaque("one")));
            Guests.write(memory, 3, 3);
            store.save(SnapshotRequest.diff("two", "one", memory, Guests.opaque("two")));
        }
    }

    private Path part(String snapshot, String file) {
        return store.directory().resolve(snapshot).resolve(file);
    }

    /// Saves a diff of two dirty pages on the chain, and says how many are dirty after it.
    private long dirtyAfterRefusal(Path damaged) throws Exception {
        try (GuestMemory memory = Guests.ofPages(16);
                DirtyBitmap dirty =
                        DirtyBitmap.create(new PageGrid(0, memory.byteCount(), PageSize.KIB_4))) {
            dirty.markPages(7, 2);
            SnapshotRequest request =
                    SnapshotRequest.diff("three", "two", memory, Guests.opaque("three"))
                            .withDirty(dirty);
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> store.save(request));
            assertEquals(Kind.CORRUPT, refused.kind(), refused.toString());
            assertTrue(refused.toString().contains(damaged.toString()), refused.toString());
            return dirty.dirtyCount();
        }
    }

    @Test
    void aPartThatIsMissingOrCutAnywhereInTheChainRefusesADiff() throws Exception {
        for (String snapshot : List.of("base", "one", "two")) {
            for (String name : List.of("memory.bin", "memory.sums")) {
                Path file = part(snapshot, name);
                byte[] bytes = Files.readAllBytes(file);
                Files.delete(file);
                assertEquals(2, dirtyAfterRefusal(file));
                Files.createDirectory(file);
                assertEquals(2, dirtyAfterRefusal(file));
                Files.delete(file);
                Files.createSymbolicLink(file, part("base", "manifest.bin"));
                assertEquals(2, dirtyAfterRefusal(file));
                Files.delete(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
                assertEquals(2, dirtyAfterRefusal(file));
                Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
                assertEquals(2, dirtyAfterRefusal(file));
                Files.write(file, bytes);
            }
        }
        assertEquals(3, store.list().size());
        store.restore("two", directory.resolve("raw"), OnExisting.REFUSE, Progress.NONE);
    }

    @Test
    void aManifestThatIsMissingInTheChainRefusesADiff() throws Exception {
        Files.delete(part("base", "manifest.bin"));
        assertEquals(2, dirtyAfterRefusal(part("one", "manifest.bin")));
    }
}

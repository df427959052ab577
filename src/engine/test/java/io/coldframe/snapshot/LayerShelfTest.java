package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;

/// Where layers lie whose snapshot has gone: what gets there, and what goes.
final class LayerShelfTest {
    private static final int PAGES = 16;

    @TempDir Path directory;

    private SnapshotStore store;
    private StorePaths paths;

    /// `a` ← `b`, each with a layer.
    @BeforeEach
    void makeAStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
        paths = new StorePaths(store.directory());
        try (GuestMemory memory = Guests.ofPages(PAGES)) {
            Guests.write(memory, 1, 1);
            store.save(SnapshotRequest.layer("a", memory, Guests.opaque("a")));
            Guests.write(memory, 2, 2);
            store.save(SnapshotRequest.layer("b", "a", memory, Guests.opaque("b")));
        }
    }

    /// A disk on which nothing gets a second name any more.
    private static FileCalls full() {
        return new ForwardingFileCalls(FileCalls.current()) {
            @Override
            protected long around(Call call, LongSupplier make) {
                return call.is("link") ? -Errno.ENOSPC : make.getAsLong();
            }
        };
    }

    @Test
    void onAFullDiskASnapshotGoesUnlessOthersReadItsLayer() throws Exception {
        try (var _ = FileCalls.use(full())) {
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> store.delete("a"));
            assertEquals(Kind.OUT_OF_SPACE, refused.kind());
            store.verify("a", Progress.NONE);
            store.verify("b", Progress.NONE);
            store.delete("b");
            store.verify("a", Progress.NONE);
            store.delete("a");
        }
        assertEquals(List.of(), store.list());
        assertEquals(List.of(), new LayerShelf(paths).all());
    }

    @Test
    void whatCannotBeRemovedDoesNotKeepTheRest() throws Exception {
        UUID first = UUID.fromString("00000000-0000-7000-8000-000000000001");
        UUID second = UUID.fromString("ffffffff-ffff-7fff-bfff-fffffffffffe");
        for (UUID stuck : List.of(first, second)) {
            Files.createDirectories(paths.layer(stuck).resolve("none of ours"));
        }
        UUID layer = store.manifest("b").memory().layerId().orElseThrow();
        store.delete("b");

        assertFalse(StorePaths.isDirectory(paths.layer(layer)));
        assertEquals(List.of(first, second), new LayerShelf(paths).all());
        assertFalse(new LayerShelf(paths).sweep().whyLeft().isEmpty());
    }
}

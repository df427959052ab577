package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerIndex;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Who gets another index when layers become one: everybody who reads them, and nobody else.
final class CompactionReadersTest {
    private static final int PAGES = 64;

    @TempDir Path directory;

    private SnapshotStore store;
    private final Map<String, byte[]> expected = new HashMap<>();

    @BeforeEach
    void makeStore() throws Exception {
        store = SnapshotStore.createOrOpen(directory.resolve("store"));
    }

    private void save(SnapshotRequest request, GuestMemory memory) throws Exception {
        store.save(request);
        expected.put(request.name(), Guests.bytes(memory));
    }

    private static SnapshotRequest on(String name, String parent, GuestMemory memory) {
        return SnapshotRequest.layer(name, parent, memory, Guests.opaque(name));
    }

    private CompactionReport compact(String... names) throws Exception {
        return store.compact(
                store.planCompaction(CompactionPolicy.intoOne(List.of(names))), Progress.NONE);
    }

    private Set<UUID> layersOf(String name) throws Exception {
        try (LayerIndex index = store.layerIndex(name)) {
            Set<UUID> layers = new HashSet<>();
            index.layers().forEach(layer -> layers.add(layer.id()));
            return layers;
        }
    }

    private void requireAllAsTheyWere() throws Exception {
        for (Map.Entry<String, byte[]> snapshot : expected.entrySet()) {
            try (GuestMemory again = Guests.ofPages(PAGES)) {
                store.verify(snapshot.getKey(), Progress.NONE);
                store.load(snapshot.getKey(), again, Progress.NONE);
                assertArrayEquals(snapshot.getValue(), Guests.bytes(again), snapshot.getKey());
            }
        }
    }

    private List<String> onTheShelf() throws IOException {
        try (Stream<Path> entries = Files.list(store.directory().resolve(".layers"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(Names::isId)
                    .sorted()
                    .toList();
        }
    }

    /// An image on which two lines lie, in blocks of two sizes, the second one the newer.
    private void twoLinesOnAnImage(PageSize first, PageSize second) throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGES)) {
            for (int page = 0; page < PAGES; page += 3) {
                Guests.write(memory, page, page + 1);
            }
            save(SnapshotRequest.full("image", memory, Guests.opaque("image")), memory);
            Guests.write(memory, 17, 0x71);
            save(on("first", "image", memory).withBlockSize(first), memory);
            Guests.write(memory, 40, 0x72);
            save(on("second", "image", memory).withBlockSize(second), memory);
        }
    }

    private void takeTheImageInFor(String one, String other) throws Exception {
        compact(one);

        assertTrue(store.manifest(one).memory().baseId().isEmpty());
        assertTrue(store.manifest(other).memory().baseId().isPresent());
        requireAllAsTheyWere();
        compact(other);
        assertTrue(store.manifest(other).memory().baseId().isEmpty());
        store.delete("image");
        expected.remove("image");
        requireAllAsTheyWere();
    }

    @Test
    void anImageBelowBlocksOfTwoSizesIsTakenInForEachAlone() throws Exception {
        twoLinesOnAnImage(PageSize.KIB_4, PageSize.KIB_16);
        takeTheImageInFor("first", "second");
    }

    @Test
    void soItIsWhenTheLargerBlocksAreTheOlder() throws Exception {
        twoLinesOnAnImage(PageSize.KIB_16, PageSize.KIB_4);
        takeTheImageInFor("first", "second");
    }

    @Test
    void soItIsWhenTheNewerIsTheFirstToGo() throws Exception {
        twoLinesOnAnImage(PageSize.KIB_16, PageSize.KIB_4);
        takeTheImageInFor("second", "first");
    }

    @Test
    void twoLinesInBlocksOfTwoSizesAreCompactedAtOnce() throws Exception {
        twoLinesOnAnImage(PageSize.KIB_4, PageSize.KIB_16);

        compact("first", "second");

        assertTrue(store.manifest("first").memory().baseId().isEmpty());
        assertTrue(store.manifest("second").memory().baseId().isEmpty());
        requireAllAsTheyWere();
    }

    @Test
    void aCopyOfASnapshotIsRewrittenToo() throws Exception {
        try (GuestMemory memory = Guests.ofPages(PAGES)) {
            Guests.write(memory, 1, 1);
            save(SnapshotRequest.layer("a", memory, Guests.opaque("a")), memory);
            Guests.write(memory, 2, 2);
            save(on("b", "a", memory), memory);
        }
        Path copy = Files.createDirectory(store.directory().resolve("copy"));
        for (String part : StorePaths.LAYER_PARTS) {
            Files.copy(store.directory().resolve("b").resolve(part), copy.resolve(part));
        }
        expected.put("copy", expected.get("b"));

        CompactionReport report = compact("b");

        assertEquals(List.of(), report.left());
        assertEquals(layersOf("b"), layersOf("copy"));
        assertEquals(1, onTheShelf().size());
        requireAllAsTheyWere();
    }

    private interface Step {
        void run() throws Exception;
    }

    /// Does something before a call, once.
    private static FileCalls before(Predicate<Call> when, Step step) {
        return new ForwardingFileCalls(FileCalls.current()) {
            private boolean isDone;

            @Override
            protected long around(Call call, LongSupplier make) {
                if (!isDone && when.test(call)) {
                    isDone = true;
                    try {
                        step.run();
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                }
                return make.getAsLong();
            }
        };
    }

    @Test
    void aLayerWhoseSnapshotIsReplacedBeforeItIsOpenedIsFoundOnTheShelf() throws Exception {
        AtomicBoolean isReplaced = new AtomicBoolean();
        try (GuestMemory memory = Guests.ofPages(PAGES);
                GuestMemory other = Guests.ofPages(PAGES)) {
            Guests.write(memory, 1, 1);
            save(SnapshotRequest.layer("a", memory, Guests.opaque("a")), memory);
            Guests.write(memory, 2, 2);
            save(on("b", "a", memory), memory);
            Guests.write(other, 1, 9);
            FileCalls calls =
                    before(
                            call ->
                                    call.is("open")
                                            && call.paths().getFirst().endsWith("a/memory.layer"),
                            () -> {
                                isReplaced.set(true);
                                save(
                                        SnapshotRequest.layer("a", other, Guests.opaque("new"))
                                                .withOnExisting(OnExisting.REPLACE),
                                        other);
                            });
            try (var _ = FileCalls.use(calls)) {
                compact("b");
            }
        }

        assertTrue(isReplaced.get());
        assertEquals(1, layersOf("b").size());
        requireAllAsTheyWere();
    }
}

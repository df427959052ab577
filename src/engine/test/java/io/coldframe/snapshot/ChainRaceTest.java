package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// Captures, readers, a compaction and a prune at the same time: whoever opens a snapshot reads the
/// bytes that were captured, or hears that it has gone; and nothing that lives is lost.
final class ChainRaceTest {
    private static final int PAGES = 24;
    private static final int CAPTURES = Soak.count(25, 1_000);

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private final Map<String, byte[]> expected = new ConcurrentHashMap<>();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @Test
    void whoReadsMeanwhileReadsWhatWasCaptured() throws Exception {
        SnapshotStore store = SnapshotStore.createOrOpen(folder.resolve("store"));
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed " + seed);
        try (GuestMemory memory = Guests.ofPages(PAGES)) {
            capture(store, SnapshotRequest.layer("first", memory, Guests.opaque("")), memory);
        }
        store.tag("stays", "first");
        List<Future<Integer>> counts = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<Integer> one = threads.submit(capturing(store, "a", seed));
            Future<Integer> other = threads.submit(capturing(store, "b", seed + 1));
            counts.add(threads.submit(untilOver(() -> read(store, seed))));
            counts.add(threads.submit(untilOver(() -> compact(store, seed))));
            counts.add(threads.submit(untilOver(() -> prune(store))));
            try {
                assertNotEquals(0, one.get() + other.get());
            } finally {
                isOver.set(true);
            }
            for (Future<Integer> count : counts) {
                System.out.println(count.get() + " rounds");
            }
        }
        store.compact(store.planCompaction(CompactionPolicy.wholeStore()), Progress.NONE);
        ChainModel.check(store, expected);
        StorePaths paths = new StorePaths(store.directory());
        assertEquals(List.of(), new LayerShelf(paths).unneeded(LayerNeeds.of(paths)));
        assertEquals(List.of(), store.fsck(FsckOptions.DEFAULT).problems());
    }

    @FunctionalInterface
    private interface Round {
        void run() throws Exception;
    }

    private Callable<Integer> untilOver(Round round) {
        return () -> {
            int count = 0;
            do {
                round.run();
                count++;
            } while (!isOver.get());
            return count;
        };
    }

    private Callable<Integer> capturing(SnapshotStore store, String prefix, long seed) {
        return () -> {
            SplittableRandom random = new SplittableRandom(seed);
            String parent = "first";
            int count = 0;
            try (GuestMemory memory = Guests.ofPages(PAGES)) {
                for (int i = 0; i < CAPTURES; i++) {
                    Guests.write(memory, random.nextInt(PAGES), random.nextInt(3));
                    Guests.write(memory, random.nextInt(PAGES), i);
                    String name = prefix + i;
                    SnapshotRequest request =
                            SnapshotRequest.layer(name, parent, memory, Guests.opaque(name));
                    if (capture(store, request, memory)) {
                        parent = name;
                        count++;
                    } else {
                        parent = "first";
                    }
                }
            }
            return count;
        };
    }

    /// Whether it was captured; its parent may have gone before.
    private boolean capture(SnapshotStore store, SnapshotRequest request, GuestMemory memory)
            throws Exception {
        expected.put(request.name(), Guests.bytes(memory));
        try {
            store.save(request);
            return true;
        } catch (SnapshotException refused) {
            if (refused.kind() != Kind.MISSING && refused.kind() != Kind.CONFLICT) {
                throw refused;
            }
            return false;
        }
    }

    private void read(SnapshotStore store, long seed) throws Exception {
        List<SnapshotSummary> all = store.list();
        SplittableRandom random = new SplittableRandom(seed + all.size());
        String name = all.get(random.nextInt(all.size())).name();
        try (Snapshot snapshot = store.open(name);
                GuestMemory loaded = GuestMemory.anonymous(GuestLayout.of(PAGES * 4096L))) {
            snapshot.load(loaded, Progress.NONE);
            assertArrayEquals(expected.get(name), Guests.bytes(loaded), name);
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
        }
    }

    private static void compact(SnapshotStore store, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        CompactionPolicy policy =
                CompactionPolicy.wholeStore()
                        .withDepthMax(random.nextInt(1, 4))
                        .withDeadRatioMax(0.3);
        CompactionPlan plan = store.planCompaction(policy);
        store.compact(plan, Progress.NONE);
    }

    private static void prune(SnapshotStore store) throws Exception {
        store.prune(store.planPrune(PrunePolicy.keeping(6)), Progress.NONE);
    }
}

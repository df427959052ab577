package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Blob;
import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Whatever is written, in whatever memory, and however it is saved: what comes back is what a
/// plain array remembers.
final class StorePropertyTest {

    private static final int GUEST_COUNT = Soak.count(12, 120);
    private static final int SNAPSHOT_COUNT = 12;

    @TempDir Path directory;

    /// What a snapshot has to give back.
    private record Remembered(String name, Blob memory) {}

    @Test
    void whatIsRestoredIsWhatWasThere() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("StorePropertyTest seed " + seed);
        for (int guest = 0; guest < GUEST_COUNT; guest++) {
            new Run(new SplittableRandom(seed + guest), guest, "seed " + seed + "+" + guest).run();
        }
    }

    /// One guest's life, with branches.
    private final class Run {
        private final SplittableRandom random;
        private final String what;
        private final GuestLayout layout;
        private final PageSize filePage;
        private final PageSize dirtyPage;
        private final SnapshotStore store;
        private final Path file;
        private final List<Remembered> saved = new ArrayList<>();
        private byte[] model = new byte[0];

        Run(SplittableRandom random, int guest, String what) throws Exception {
            this.random = random;
            this.what = what;
            layout = randomLayout();
            filePage = new PageSize(12 + random.nextInt(5));
            dirtyPage = new PageSize(filePage.shift() + random.nextInt(3));
            store = SnapshotStore.createOrOpen(directory.resolve("store" + guest));
            file = directory.resolve("file" + guest);
        }

        private GuestLayout randomLayout() {
            GuestLayout made =
                    GuestLayout.startingAt(
                            4096L * random.nextInt(100), 4096L * random.nextInt(1, 200));
            for (int more = random.nextInt(3); more > 0; more--) {
                made =
                        made.then(
                                made.regions().getLast().endGuestAddress()
                                        + 4096L * random.nextInt(100),
                                4096L * random.nextInt(1, 100));
            }
            return made;
        }

        void run() throws Exception {
            try (GuestMemory memory = GuestMemory.anonymous(layout);
                    DirtyBitmap dirty =
                            DirtyBitmap.create(new PageGrid(0, layout.byteCount(), dirtyPage))) {
                Guests.fillRandomly(memory, random);
                model = Guests.bytes(memory);
                save("s0", "", memory, dirty);
                for (int i = 1; i < SNAPSHOT_COUNT; i++) {
                    Remembered parent = saved.getLast();
                    boolean isBranch = random.nextInt(3) == 0;
                    if (isBranch) {
                        parent = saved.get(random.nextInt(saved.size()));
                        comeBackTo(parent, memory, dirty);
                    }
                    for (int writes = random.nextInt(8); writes > 0; writes--) {
                        write(memory, dirty);
                    }
                    save("s" + i, random.nextInt(6) == 0 ? "" : parent.name(), memory, dirty);
                }
                checkAll(memory);
                deleteAll();
            }
        }

        /// The guest goes on from an older snapshot, in the same memory.
        private void comeBackTo(Remembered parent, GuestMemory memory, DirtyBitmap dirty)
                throws Exception {
            store.load(parent.name(), memory, Progress.NONE);
            dirty.clear();
            model = parent.memory().bytes();
            assertArrayEquals(model, Guests.bytes(memory), what);
        }

        private void write(GuestMemory memory, DirtyBitmap dirty) throws Exception {
            int at = random.nextInt(model.length);
            int byteCount = 1 + random.nextInt(Math.min(20_000, model.length - at));
            byte[] bytes = new byte[byteCount];
            // A third of what guests write is zero.
            if (random.nextInt(3) > 0) {
                random.nextBytes(bytes);
            }
            Guests.put(memory, at, bytes);
            System.arraycopy(bytes, 0, model, at, byteCount);
            dirty.markBytes(at, byteCount);
        }

        private void save(String name, String parent, GuestMemory memory, DirtyBitmap dirty)
                throws Exception {
            SnapshotRequest request =
                    parent.isEmpty()
                            ? SnapshotRequest.full(name, memory, Guests.opaque(name))
                                    .withPageSize(filePage)
                            : SnapshotRequest.diff(name, parent, memory, Guests.opaque(name));
            request =
                    request.withWriteOptions(
                            WriteOptions.DEFAULT
                                    .withHoles(random.nextBoolean())
                                    .withThreadCount(1 + random.nextInt(3))
                                    .withSumsMax(1 + random.nextInt(300)));
            if (parent.isEmpty() || random.nextBoolean()) {
                request = request.withDirty(dirty);
            }
            store.save(request);
            dirty.clear();
            saved.add(new Remembered(name, Blob.of(model)));
        }

        private void checkAll(GuestMemory memory) throws Exception {
            for (Remembered snapshot : saved) {
                store.verify(snapshot.name(), Progress.NONE);
                store.restore(snapshot.name(), file, OnExisting.REPLACE, Progress.NONE);
                assertArrayEquals(snapshot.memory().bytes(), Files.readAllBytes(file), what);
                store.load(snapshot.name(), memory, Progress.NONE);
                assertArrayEquals(snapshot.memory().bytes(), Guests.bytes(memory), what);
            }
            FsckReport report = store.fsck(FsckOptions.DEFAULT);
            assertEquals(List.of(), report.problems(), what);
            assertEquals(saved.size(), report.snapshotCount(), what);
        }

        /// Children first: in the other order every deletion is refused.
        private void deleteAll() throws Exception {
            for (Remembered snapshot : saved.reversed()) {
                store.delete(snapshot.name());
            }
            assertEquals(List.of(), store.list(), what);
        }
    }
}

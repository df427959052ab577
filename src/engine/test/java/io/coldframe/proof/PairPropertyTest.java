package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Blob;
import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.image.Output;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.LoadedPair;
import io.coldframe.snapshot.PairPaths;
import io.coldframe.snapshot.SaveRequest;
import io.coldframe.snapshot.SnapshotPair;
import io.coldframe.state.MachineState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Whatever a guest writes, in whatever regions and pages, and however its pairs are saved: every
/// pair that was ever saved, over those that it lies on, comes back as a plain array remembers it.
final class PairPropertyTest {
    private static final int MIB = 1 << 20;
    private static final int PAIR_COUNT = 8;
    private static final int WRITE_BYTES_MAX = 50_000;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    /// A pair, those that it lies on before it, and what has to come back.
    private record Saved(List<PairPaths> chain, Sha256 digest, int number, Blob memory) {}

    @Test
    void whatIsLoadedIsWhatWasThere() throws SnapshotException {
        long seed = new SplittableRandom().nextLong();
        System.out.println("PairPropertyTest: seed " + seed);
        for (int guest = 0; guest < Soak.count(8, 80); guest++) {
            try (Run run = new Run(new SplittableRandom(seed + guest), guest)) {
                run.run();
            } catch (AssertionError | SnapshotException failure) {
                throw new AssertionError("guest " + guest + " of seed " + seed, failure);
            }
        }
    }

    /// One guest's life, with branches.
    private final class Run implements AutoCloseable {
        private final SplittableRandom random;
        private final int guest;
        private final GuestLayout layout;
        private final GuestMemory memory;
        private final PageSize filePage;
        private final DirtyBitmap dirty;
        private final List<Saved> saved = new ArrayList<>();
        private byte[] model;

        Run(SplittableRandom random, int guest) throws SnapshotException {
            this.random = random;
            this.guest = guest;
            layout = layout((1 + random.nextInt(3)) * MIB);
            memory = GuestMemory.anonymous(layout);
            model = new byte[Math.toIntExact(layout.byteCount())];
            // Up to pages of which the memory is no multiple, and one page for all of it.
            filePage = new PageSize(12 + random.nextInt(10));
            PageSize granule = new PageSize(filePage.shift() + random.nextInt(3));
            dirty = DirtyBitmap.create(new PageGrid(0, model.length, granule));
        }

        /// So much memory, in up to four regions, of which the last may be of any length.
        private GuestLayout layout(int byteCount) {
            int left = byteCount;
            int first = piece(left);
            GuestLayout made = GuestLayout.startingAt(4096L * random.nextInt(9), first);
            for (left -= first; left > 0; ) {
                int next = made.regions().size() == 3 ? left : piece(left);
                long hole = 4096L * random.nextInt(100);
                made = made.then(made.regions().getLast().endGuestAddress() + hole, next);
                left -= next;
            }
            return made;
        }

        private int piece(int most) {
            return 4096 * (1 + random.nextInt(most / 4096));
        }

        void run() throws SnapshotException {
            for (int number = 0; number < PAIR_COUNT; number++) {
                if (!saved.isEmpty() && random.nextInt(3) == 0) {
                    comeBackTo(saved.get(random.nextInt(saved.size())));
                }
                for (int writes = random.nextInt(8); writes > 0; writes--) {
                    write();
                }
                save(number);
            }
            for (Saved each : saved) {
                check(each);
            }
        }

        /// The guest goes on from an older pair, in the same memory.
        private void comeBackTo(Saved older) throws SnapshotException {
            try (LoadedPair pair = SnapshotPair.loadInto(older.chain(), memory, Progress.NONE)) {
                checkIs(older, pair);
            }
            model = older.memory().bytes();
            dirty.clear();
            // The last is what the next diff lies on.
            saved.remove(older);
            saved.add(older);
        }

        private void write() throws SnapshotException {
            int at = random.nextInt(model.length);
            byte[] bytes =
                    new byte[1 + random.nextInt(Math.min(WRITE_BYTES_MAX, model.length - at))];
            // A third of what guests write is zero.
            if (random.nextInt(3) > 0) {
                random.nextBytes(bytes);
            }
            memory.copyFrom(at, MemorySegment.ofArray(bytes));
            System.arraycopy(bytes, 0, model, at, bytes.length);
            dirty.markBytes(at, bytes.length);
        }

        private void save(int number) throws SnapshotException {
            PairPaths paths =
                    PairPaths.of(folder.resolve("guest" + guest + "-" + number + ".snap"));
            List<PairPaths> chain = new ArrayList<>();
            SaveRequest request;
            if (saved.isEmpty() || random.nextInt(5) == 0) {
                request = SaveRequest.full(paths, machine(number), memory);
            } else {
                chain.addAll(saved.getLast().chain());
                request = SaveRequest.diff(paths, machine(number), memory);
                if (random.nextBoolean()) {
                    request = request.base(saved.getLast().digest());
                }
            }
            chain.add(paths);
            Sha256 digest =
                    SnapshotPair.save(request.dirty(dirty).pageSize(filePage).options(options()))
                            .memoryDigest();
            assertEquals(0, dirty.dirtyCount());
            saved.add(new Saved(List.copyOf(chain), digest, number, Blob.of(model)));
        }

        private WriteOptions options() {
            Output[] outputs = Output.values();
            return WriteOptions.DEFAULT
                    .withOutput(outputs[random.nextInt(outputs.length)])
                    .withHoles(random.nextBoolean())
                    .withThreadCount(1 + random.nextInt(3));
        }

        private MachineState machine(int number) {
            return ScriptedGuest.machineAt(number, model.length);
        }

        private void check(Saved each) throws SnapshotException {
            for (PairPaths paths : each.chain()) {
                SnapshotPair.verifyPair(paths, Progress.NONE);
            }
            try (LoadedPair pair = SnapshotPair.load(each.chain(), Progress.NONE)) {
                checkIs(each, pair);
            }
        }

        private void checkIs(Saved expected, LoadedPair pair) throws SnapshotException {
            assertEquals(machine(expected.number()), pair.envelope().state());
            byte[] found = new byte[model.length];
            pair.memory().copyTo(0, MemorySegment.ofArray(found));
            long mismatch = expected.memory().segment().mismatch(MemorySegment.ofArray(found));
            assertEquals(-1, mismatch, () -> "pair " + expected.number() + ", " + layout);
        }

        @Override
        public void close() {
            dirty.close();
            memory.close();
        }
    }
}

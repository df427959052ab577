package io.coldframe.cli.bench;

import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageGrid;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The whole commit of a diff into a store: pages, sums, state and manifest.
final class DiffWay implements Way {

    // One in a hundred, and never a neighbour of the one before.
    private static final int PAGES_PER_DIRTY = 100;
    private static final long SEED = 0xD1FFL;

    // About what a small machine has: registers of a few CPUs, a handful of devices.
    private static final long STATE_BYTES = 64 << 10;

    private static final String BASE = "base";
    private static final String DIFF = "diff";

    private final SnapshotStore store;
    private final SnapshotRequest request;
    private final DirtyBitmap dirty;
    private final long[] dirtyPages;

    private DiffWay(SnapshotStore store, Workbench bench) throws IOException {
        this.store = store;
        StateSource state =
                StateSource.opaque(bench.bytes().asSlice(0, STATE_BYTES), Architecture.X86_64, 1);
        store.save(SnapshotRequest.full(BASE, bench.memory(), state));
        long byteCount = bench.memory().byteCount();
        dirty = DirtyBitmap.create(new PageGrid(0, byteCount, GuestLayout.PAGE), bench.arena());
        dirtyPages = scattered(GuestLayout.PAGE.pageCount(byteCount));
        request = SnapshotRequest.diff(DIFF, BASE, bench.memory(), state).withDirty(dirty);
    }

    /// The diff, and the floor of what it really wrote.
    static Contest contest(Workbench bench) throws IOException {
        Path directory = bench.folder().resolve("store");
        DiffWay diff = new DiffWay(SnapshotStore.createOrOpen(directory), bench);
        // Once before the warm-up, to learn how long its files are.
        diff.prepare();
        diff.run();
        List<MemorySegment> small = new ArrayList<>();
        for (String name : List.of("manifest.bin", "state.bin", "memory.sums")) {
            long byteCount = Files.size(directory.resolve(DIFF).resolve(name));
            small.add(bench.bytes().asSlice(0, Math.min(byteCount, bench.bytes().byteSize())));
        }
        diff.clear();
        long pageBytes = GuestLayout.PAGE.bytes(diff.dirtyPages.length);
        MemorySegment pages = bench.bytes().asSlice(0, pageBytes);
        return new Contest(diff, new CommitFloor(pages, small, bench.folder()));
    }

    private static long[] scattered(long pageCount) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] pages = new long[(int) Math.ceilDiv(pageCount, PAGES_PER_DIRTY)];
        for (int index = 0; index < pages.length; index++) {
            // The last of a hundred stays clean, so that no two are side by side.
            long page = (long) index * PAGES_PER_DIRTY + random.nextInt(PAGES_PER_DIRTY - 1);
            pages[index] = Math.min(page, pageCount - 1);
        }
        return pages;
    }

    @Override
    public void prepare() {
        for (long page : dirtyPages) {
            dirty.markPage(page);
        }
    }

    @Override
    public void run() throws IOException {
        store.save(request);
    }

    @Override
    public void clear() throws IOException {
        store.delete(DIFF);
    }
}

package io.coldframe.proof;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.PrunePolicy;
import io.coldframe.snapshot.Snapshot;
import io.coldframe.snapshot.SnapshotRequest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;
import io.coldframe.snapshot.StateSource;
import io.coldframe.state.Architecture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Another process that uses a store of layers: it captures, compacts, prunes, deletes or reads for
/// a while.
///
/// All memory of a snapshot follows from one number, which is its state, so whoever reads can tell
/// a mixture of two from a whole one. From one number to another some pages stay as they are, and
/// some are zero.
final class LayerProcess {
    private static final int PAGE_COUNT = 64;
    private static final int KEPT = 6;

    private final SnapshotStore store;
    private final SplittableRandom random;
    private final GuestMemory memory;
    private final long seed;

    private LayerProcess(SnapshotStore store, long seed, GuestMemory memory) {
        this.store = store;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.memory = memory;
    }

    /// Makes a store with a snapshot that stays.
    static void prepare(Path root, long seed) throws IOException {
        SnapshotStore store = SnapshotStore.createOrOpen(root);
        try (GuestMemory memory = memory()) {
            new LayerProcess(store, seed, memory).grow("first");
            store.tag("kept", "first");
        }
    }

    private static GuestMemory memory() throws SnapshotException {
        return GuestMemory.anonymous(GuestLayout.of(PageSize.KIB_4.bytes(PAGE_COUNT)));
    }

    /// Starts one, which ends with `done` and how often it did something, or with what went wrong.
    static Process start(Path store, String role, long seed, int rounds) throws IOException {
        return ChildJvm.command(
                        List.of(),
                        List.of("-Xmx128m"),
                        LayerProcess.class,
                        store.toString(),
                        role,
                        Long.toString(seed),
                        Integer.toString(rounds))
                .redirectErrorStream(true)
                .start();
    }

    /// The store, the role, the seed, how many rounds.
    public static void main(String[] arguments) throws IOException {
        SnapshotStore store = SnapshotStore.createOrOpen(Path.of(arguments[0]));
        long seed = Long.parseLong(arguments[2]);
        int done = 0;
        try (GuestMemory memory = memory()) {
            LayerProcess process = new LayerProcess(store, seed, memory);
            for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
                done += process.unlessRefused(arguments[1], round);
            }
        }
        System.out.println("done " + done);
    }

    /// Others get there first, or take it away: that is refused in words, and is no failure.
    private int unlessRefused(String role, int round) throws IOException {
        String name = "s" + Long.toHexString(seed) + "-" + round;
        try {
            switch (role) {
                case "grow" -> grow(name);
                case "compact" -> compact();
                case "prune" ->
                        store.prune(store.planPrune(PrunePolicy.keeping(KEPT)), Progress.NONE);
                case "delete" -> {
                    grow(name);
                    store.delete(name);
                }
                default -> read();
            }
            return 1;
        } catch (SnapshotException refused) {
            if (refused.kind() != Kind.CONFLICT && refused.kind() != Kind.MISSING) {
                throw refused;
            }
            return 0;
        }
    }

    private String any() throws SnapshotException {
        List<SnapshotSummary> list = store.list();
        return list.get(random.nextInt(list.size())).name();
    }

    private void grow(String name) throws SnapshotException {
        int value = 1 + random.nextInt(255);
        for (int page = 0; page < PAGE_COUNT; page++) {
            memory.copyFrom(PageSize.KIB_4.bytes(page), MemorySegment.ofArray(page(value, page)));
        }
        StateSource state =
                StateSource.opaque(
                        MemorySegment.ofArray(
                                Integer.toString(value).getBytes(StandardCharsets.US_ASCII)),
                        Architecture.X86_64,
                        1);
        boolean isFirst = store.list().isEmpty() || random.nextInt(10) == 0;
        store.save(
                isFirst
                        ? SnapshotRequest.layer(name, memory, state)
                        : SnapshotRequest.layer(name, any(), memory, state));
    }

    private static byte[] page(int value, int page) {
        byte[] bytes = new byte[PageSize.KIB_4.bytes()];
        Arrays.fill(bytes, (byte) (value >> page % 6));
        return bytes;
    }

    private void compact() throws SnapshotException {
        CompactionPolicy policy =
                random.nextBoolean()
                        ? CompactionPolicy.intoOne(List.of(any()))
                        : CompactionPolicy.wholeStore().withDepthMax(1 + random.nextInt(3));
        store.compact(store.planCompaction(policy), Progress.NONE);
    }

    private void read() throws SnapshotException {
        try (Snapshot snapshot = store.open(any());
                Arena arena = Arena.ofConfined()) {
            snapshot.load(memory, Progress.NONE);
            byte[] state = snapshot.stateBytes(arena).toArray(ValueLayout.JAVA_BYTE);
            int value = Integer.parseInt(new String(state, StandardCharsets.US_ASCII));
            MemorySegment found = arena.allocate(memory.byteCount());
            memory.copyTo(0, found);
            for (int page = 0; page < PAGE_COUNT; page++) {
                MemorySegment wanted = MemorySegment.ofArray(page(value, page));
                long at = PageSize.KIB_4.bytes(page);
                if (found.asSlice(at, wanted.byteSize()).mismatch(wanted) >= 0) {
                    throw new AssertionError(snapshot.name() + ": page " + page + " of " + value);
                }
            }
        }
    }
}

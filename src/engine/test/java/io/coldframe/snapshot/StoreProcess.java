package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestMemory;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// Another process that uses the same store: it saves, replaces, deletes or reads for a while.
///
/// Every snapshot of it is filled with one byte in all pages, and its state is that byte, so that
/// whoever reads can tell a mixture of two from a whole one.
final class StoreProcess {

    static final int PAGE_COUNT = 256;

    private StoreProcess() {}

    static Process start(Path store, String role, long seed, int rounds) throws IOException {
        String classes =
                String.join(
                        File.pathSeparator,
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes,
                        StoreProcess.class.getName(),
                        store.toString(),
                        role,
                        Long.toString(seed),
                        Integer.toString(rounds))
                .redirectErrorStream(true)
                .start();
    }

    /// Ends with `done` as its last line, or with what went wrong.
    public static void main(String[] arguments) throws Exception {
        SnapshotStore store = SnapshotStore.createOrOpen(Path.of(arguments[0]));
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
        int rounds = Integer.parseInt(arguments[3]);
        int done = 0;
        try (GuestMemory memory = Guests.ofPages(PAGE_COUNT)) {
            for (int round = 0; round < rounds; round++) {
                done +=
                        switch (arguments[1]) {
                            case "replace" -> replace(store, random, memory);
                            case "chain" -> chain(store, random, memory);
                            case "delete" -> delete(store, random);
                            default -> read(store, random, memory);
                        };
            }
        }
        System.out.println("done " + done);
    }

    private static void fill(GuestMemory memory, int value) throws Exception {
        memory.segment(0).fill((byte) value);
    }

    private static int replace(SnapshotStore store, SplittableRandom random, GuestMemory memory)
            throws Exception {
        int value = 1 + random.nextInt(120);
        fill(memory, value);
        return unlessRefused(
                () ->
                        store.save(
                                SnapshotRequest.full(
                                                "shared" + random.nextInt(3),
                                                memory,
                                                Guests.opaque(Integer.toString(value)))
                                        .withOnExisting(OnExisting.REPLACE)));
    }

    /// A diff that changes every page on whatever is there.
    private static int chain(SnapshotStore store, SplittableRandom random, GuestMemory memory)
            throws Exception {
        int value = 1 + random.nextInt(120);
        fill(memory, value);
        if (random.nextInt(4) == 0) {
            return unlessRefused(
                    () ->
                            store.save(
                                    SnapshotRequest.full(
                                            "full" + random.nextInt(1_000_000),
                                            memory,
                                            Guests.opaque(Integer.toString(value)))));
        }
        return unlessRefused(
                () ->
                        store.save(
                                SnapshotRequest.diff(
                                        "diff" + random.nextInt(1_000_000),
                                        reference(store, random),
                                        memory,
                                        Guests.opaque(Integer.toString(value)))));
    }

    private static String reference(SnapshotStore store, SplittableRandom random) throws Exception {
        List<SnapshotSummary> list = store.list();
        return list.isEmpty() ? "nothing" : list.get(random.nextInt(list.size())).name();
    }

    private static int delete(SnapshotStore store, SplittableRandom random) throws Exception {
        return unlessRefused(() -> store.delete(reference(store, random)));
    }

    /// One byte in all pages and in the state, or nothing at all.
    private static int read(SnapshotStore store, SplittableRandom random, GuestMemory memory)
            throws Exception {
        return unlessRefused(
                () -> {
                    try (Snapshot snapshot = store.open(reference(store, random));
                            var arena = java.lang.foreign.Arena.ofConfined()) {
                        snapshot.load(memory, Progress.NONE);
                        byte[] state =
                                snapshot.stateBytes(arena)
                                        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                        int value =
                                Integer.parseInt(
                                        new String(state, java.nio.charset.StandardCharsets.UTF_8));
                        for (byte found : Guests.bytes(memory)) {
                            if (found != value) {
                                throw new AssertionError(
                                        snapshot.name() + " holds " + found + ", not " + value);
                            }
                        }
                    }
                });
    }

    private interface Step {
        void run() throws Exception;
    }

    /// Others get there first, or take it away: that is refused in words, and is no failure.
    private static int unlessRefused(Step step) throws Exception {
        try {
            step.run();
            return 1;
        } catch (SnapshotException refused) {
            if (refused.kind() != Kind.CONFLICT && refused.kind() != Kind.MISSING) {
                throw refused;
            }
            return 0;
        }
    }
}

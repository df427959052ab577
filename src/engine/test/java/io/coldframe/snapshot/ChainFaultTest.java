package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.FailingFileCalls;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Every call on files that a compaction, a deletion or a prune makes fails once, and every one
/// from there on: no snapshot is lost or changed by that, and when it is tried again it succeeds.
final class ChainFaultTest {
    private static final List<Integer> ERRORS = List.of(Errno.EIO, Errno.ENOSPC);
    private static final int CALLS_BETWEEN = Soak.count(5, 1);
    private static final CompactionPolicy POLICY = CompactionPolicy.intoOne(List.of("s003"));

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private int nextStore;

    @FunctionalInterface
    private interface Work {
        void run(SnapshotStore store) throws Exception;
    }

    private ChainModel prepared() throws Exception {
        ChainModel model = ChainModel.in(folder.resolve("store" + nextStore++), 8, PageSize.KIB_4);
        model.writePage(7, 7);
        model.saveImage();
        for (int page = 0; page < 4; page++) {
            model.writePage(page, 1 + page);
        }
        model.captureOn("s000");
        model.writePage(1, 11);
        model.captureOn("s001");
        model.writePage(3, 0);
        model.captureOn("s002");
        return model;
    }

    private static void compact(SnapshotStore store) throws Exception {
        store.compact(store.planCompaction(POLICY), Progress.NONE);
    }

    @Test
    void aFailureOfACompactionLosesNothing() throws Exception {
        everywhere(ChainFaultTest::compact);
    }

    @Test
    void aFailureOfADeletionLosesNothing() throws Exception {
        everywhere(store -> store.delete("s002"));
    }

    @Test
    void aFailureOfAPruneLosesNothing() throws Exception {
        everywhere(
                store ->
                        store.prune(
                                store.planPrune(PrunePolicy.named(List.of("s001", "s003"))),
                                Progress.NONE));
    }

    private void everywhere(Work work) throws Exception {
        int attemptCount = 0;
        for (boolean everSince : new boolean[] {false, true}) {
            long first = new SplittableRandom().nextLong(CALLS_BETWEEN);
            System.out.println("first call to fail: " + first);
            boolean hasFailed = true;
            for (long index = first; hasFailed; index += CALLS_BETWEEN, attemptCount++) {
                int errno = ERRORS.get((int) (index + attemptCount) % ERRORS.size());
                try (ChainModel model = prepared()) {
                    FailingFileCalls calls =
                            everSince
                                    ? FailingFileCalls.from(index, errno)
                                    : FailingFileCalls.once(index, errno);
                    try {
                        attempt(model, calls, work);
                    } catch (Exception | AssertionError wrong) {
                        throw new AssertionError(
                                "%s at call %d, %s, and ever since: %s"
                                        .formatted(
                                                Errno.name(errno),
                                                index,
                                                calls.failed(),
                                                everSince),
                                wrong);
                    }
                    hasFailed = calls.failed().isPresent();
                }
            }
        }
        System.out.println(attemptCount + " attempts");
        assertTrue(attemptCount > 10);
    }

    private static void attempt(ChainModel model, FailingFileCalls calls, Work work)
            throws Exception {
        Map<String, byte[]> before = new TreeMap<>(model.expected());
        Optional<SnapshotException> refused = Optional.empty();
        try (var _ = FileCalls.use(calls)) {
            work.run(model.store());
        } catch (SnapshotException failure) {
            refused = Optional.of(failure);
        }
        refused.ifPresent(failure -> checkKind(failure, calls.errno()));
        Map<String, byte[]> found = ChainModel.check(model.store(), before);
        if (refused.isPresent() && !calls.isEverSince()) {
            checkTidy(model, calls);
        }
        model.expected().keySet().retainAll(found.keySet());
        // Whoever comes next is not in its way.
        SnapshotStore store = SnapshotStore.open(model.store().directory());
        if (found.containsKey("s003")) {
            compact(store);
        } else {
            store.compact(store.planCompaction(CompactionPolicy.wholeStore()), Progress.NONE);
        }
        model.check();
        model.checkSwept();
        assertEquals(List.of(), leftovers(model));
    }

    private static void checkKind(SnapshotException failure, int errno) {
        Kind expected = errno == Errno.ENOSPC ? Kind.OUT_OF_SPACE : Kind.SYSCALL;
        assertEquals(expected, failure.kind(), failure::toString);
    }

    /// What can't be discarded stays for the next one who comes.
    private static void checkTidy(ChainModel model, FailingFileCalls calls) throws Exception {
        if (calls.failed().filter(ChainFaultTest::isOfNoDiscarding).isPresent()) {
            assertEquals(List.of(), leftovers(model));
        }
    }

    private static boolean isOfNoDiscarding(Call call) {
        return Stream.of("pread", "pwrite", "ftruncate", "link", "rename", "mkdir")
                .anyMatch(call::is);
    }

    private static List<String> leftovers(ChainModel model) throws Exception {
        Path root = model.store().directory();
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(path -> root.relativize(path).toString())
                    .filter(ChainFaultTest::isLeftover)
                    .toList();
        }
    }

    private static boolean isLeftover(String path) {
        boolean isWork = path.startsWith(".compaction/") && !path.endsWith("/lock");
        return isWork || path.endsWith(".draft");
    }
}

package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// A process that saves is killed (SIGKILL) after a random number of its calls on files, again and
/// again, and the next one goes on where it was. What is there then is what the last operation that
/// was over has left, or the one after it; and it is whole for those who read meanwhile, too.
final class KilledProcessTest {
    // Some nine saves.
    private static final int CALLS_MAX = 400;
    private static final int KILLED = 128 + 9;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    static Stream<KillScript> scripts() {
        return Stream.of(new PairKills(), new OpenVmmKills(), new StoreKills(), new LayerKills());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void whatAKilledProcessLeavesIsWhole(KillScript script) throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println(script + ": seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        script.prepare(folder);
        int doneCount = 0;
        int unfinishedCount = 0;
        int killCount = Soak.count(3, 180);
        for (int kill = 0; kill < killCount; kill++) {
            int callCount = 1 + random.nextInt(CALLS_MAX);
            int saidCount = doneCount + killAfter(script, doneCount, callCount);
            String found = script.read(folder);
            List<String> allowed =
                    List.of(script.expected(saidCount), script.expected(saidCount + 1));
            String what = "kill " + kill + " after " + callCount + " calls, seed " + seed;
            assertTrue(
                    allowed.contains(found),
                    () -> what + ": found " + found + ", and expected one of " + allowed);
            doneCount = saidCount + allowed.indexOf(found);
            unfinishedCount += allowed.indexOf(found);
        }
        int next = doneCount + 1;
        try (ScriptedGuest guest = script.guest(next)) {
            script.comeNext(folder, guest, next);
        }
        Work.checkSwept(folder);
        System.out.println(
                "%s: %d kills, %d operations, %d of them unheard of"
                        .formatted(script, killCount, doneCount, unfinishedCount));
    }

    /// How many operations were over before the kill came.
    private int killAfter(KillScript script, int doneCount, int callCount) throws Exception {
        Process child =
                ChildJvm.start(
                        ChildJvm.command(
                                List.of(),
                                List.of("-Xmx256m"),
                                KilledWriter.class,
                                script.getClass().getName(),
                                folder.toString(),
                                Integer.toString(doneCount)));
        AtomicBoolean isOver = new AtomicBoolean();
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                InputStream said = child.getInputStream()) {
            Future<Integer> readCount = threads.submit(reading(script, isOver));
            try {
                int savedCount = listen(said, callCount);
                // The handle: the process itself would close what is still to be heard.
                child.toHandle().destroyForcibly();
                savedCount += listen(said, Integer.MAX_VALUE);
                assertEquals(KILLED, child.waitFor(), "the child ended by itself");
                return savedCount;
            } finally {
                child.toHandle().destroyForcibly();
                isOver.set(true);
                readCount.get();
            }
        }
    }

    private Callable<Integer> reading(KillScript script, AtomicBoolean isOver) {
        return () -> {
            int readCount = 0;
            for (; !isOver.get(); readCount++) {
                script.readWhileWritten(folder);
            }
            return readCount;
        };
    }

    /// Listens until so many calls were made, or nothing more is said.
    private static int listen(InputStream said, int callCount) throws IOException {
        int savedCount = 0;
        int heardCount = 0;
        while (heardCount < callCount) {
            int what = said.read();
            if (what < 0) {
                break;
            }
            if (what == KilledWriter.SAVED) {
                savedCount++;
            } else {
                heardCount++;
            }
        }
        return savedCount;
    }
}

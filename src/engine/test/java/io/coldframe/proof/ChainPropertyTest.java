package io.coldframe.proof;

import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Whatever is captured, on whatever, and whatever is compacted, pruned and deleted in between:
/// what comes back is what a plain array remembers, whichever way it is read.
final class ChainPropertyTest {
    private static final int THREAD_COUNT = 2;
    private static final int CHAIN_COUNT = Soak.count(100, 10_000);

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    @Test
    void everyLivingGenerationIsWhatWasCaptured() throws Exception {
        long seed = Long.getLong("coldframe.seed", new SplittableRandom().nextLong());
        int first = Integer.getInteger("coldframe.first", 0);
        System.out.println("ChainPropertyTest: seed " + seed);
        AtomicInteger nextRun = new AtomicInteger(first);
        AtomicInteger chainCount = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREAD_COUNT; thread++) {
                all.add(
                        threads.submit(
                                () -> {
                                    while (chainCount.get() < CHAIN_COUNT) {
                                        int run = nextRun.getAndIncrement();
                                        chainCount.addAndGet(run(seed, run));
                                    }
                                    return chainCount;
                                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        System.out.println(chainCount + " chains in " + (nextRun.get() - first) + " stores");
    }

    /// One store's life. @return how many chains it had
    private int run(long seed, int number) throws IOException {
        String what = "seed " + seed + ", store " + number;
        Path own = Files.createDirectory(folder.resolve("run" + number));
        try (ChainRun run = new ChainRun(own, new SplittableRandom(seed + number), what)) {
            return run.run();
        } catch (IOException failure) {
            throw new AssertionError(what, failure);
        } finally {
            Trees.delete(own);
        }
    }
}

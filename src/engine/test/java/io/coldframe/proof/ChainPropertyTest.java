package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// Whatever is captured, on whatever, and whatever is compacted, pruned and deleted in between:
/// what comes back is what a plain array remembers, whichever way it is read.
final class ChainPropertyTest {
    private static final int CHAIN_COUNT = Soak.count(40, 10_000);

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    @Test
    void everyLivingGenerationIsWhatWasCaptured() throws IOException {
        long seed = Long.getLong("coldframe.seed", new SplittableRandom().nextLong());
        int first = Integer.getInteger("coldframe.first", 0);
        System.out.println("ChainPropertyTest: seed " + seed);
        int generationCount = 0;
        for (int chain = first; chain < first + CHAIN_COUNT; chain++) {
            String what = "seed " + seed + ", chain " + chain;
            Path own = Files.createDirectory(folder.resolve("chain" + chain));
            try (ChainRun run = new ChainRun(own, new SplittableRandom(seed + chain), what)) {
                generationCount += run.run();
            } catch (IOException failure) {
                throw new AssertionError(what, failure);
            }
            Trees.delete(own);
        }
        System.out.println(CHAIN_COUNT + " chains, " + generationCount + " generations");
        assertTrue(generationCount > CHAIN_COUNT);
    }
}

package io.coldframe.proof;

import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// Layers without a store: files of any length, in blocks of any size, on any generation before;
/// and the same bytes whoever writes them how.
final class PackedGenerationsTest {
    private static final int CHAIN_COUNT = Soak.count(30, 2000);

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    @Test
    void memoryOfAnyLengthComesBack() throws IOException {
        long seed = Long.getLong("coldframe.seed", new SplittableRandom().nextLong());
        System.out.println("PackedGenerationsTest: seed " + seed);
        for (int chain = 0; chain < CHAIN_COUNT; chain++) {
            Path own = Files.createDirectory(folder.resolve("chain" + chain));
            SplittableRandom random = new SplittableRandom(seed + chain);
            new PackedGenerations(own, random, "seed " + seed + "+" + chain).run();
            Trees.delete(own);
        }
    }
}

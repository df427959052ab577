package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.image.MemoryImage;
import io.coldframe.image.OnExisting;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// Random maps over random layers are read as plain arrays say, on every way of reading.
final class LayerChainPropertyTest {
    @TempDir private Path folder;

    @Test
    void everyWayOfReadingGivesTheBytesOfTheArray() throws Exception {
        long seed = System.nanoTime();
        int roundCount = Soak.count(60, 3_000);
        System.out.println("LayerChainPropertyTest: seed " + seed + ", rounds " + roundCount);
        for (int round = 0; round < roundCount; round++) {
            Random random = new Random(seed + round);
            Path own = Files.createDirectory(folder.resolve("round" + round));
            try (LayerPile pile = pile(own, random)) {
                int byteCount = byteCount(pile.block, random);
                byte[] base = new byte[random.nextInt(3) == 0 ? byteCount : 0];
                random.nextBytes(base);
                ChainModel present = ChainModel.random(pile, byteCount, base, random);
                ChainModel next = ChainModel.random(pile, byteCount, base, random);
                try (LayerChain before = present.open();
                        LayerChain chain = next.open()) {
                    assertRead(next, chain, random);
                    assertRestored(next, chain, own.resolve("image"));
                    assertLoaded(next, chain, random);
                    assertApplied(present, before, next, chain, own.resolve("in place"));
                }
            } catch (AssertionError failure) {
                throw new AssertionError("seed " + seed + ", round " + round, failure);
            }
        }
    }

    /// A few layers of random blocks, some of them zeros; one layer may be empty.
    private static LayerPile pile(Path folder, Random random) throws Exception {
        LayerPile pile = new LayerPile(folder, new PageSize(9 + random.nextInt(6)));
        int layerCount = 1 + random.nextInt(6);
        for (int layer = 0; layer < layerCount; layer++) {
            byte[] content = new byte[random.nextInt(1 << random.nextInt(9)) * pile.block.bytes()];
            random.nextBytes(content);
            for (int at = 0; at < content.length; at += pile.block.bytes()) {
                if (random.nextInt(10) == 0) {
                    Arrays.fill(content, at, at + pile.block.bytes(), (byte) 0);
                }
            }
            pile.add(content);
        }
        return pile;
    }

    /// Whole blocks or not; fewer than a span and more than two.
    private static int byteCount(PageSize block, Random random) {
        int blockCount = 1 + random.nextInt(1 << random.nextInt(10));
        int byteCount = Math.min(blockCount * block.bytes(), 5 << 20);
        return random.nextBoolean()
                ? Math.max(1, byteCount - random.nextInt(block.bytes()))
                : Math.max(4096, byteCount >>> 12 << 12);
    }

    private static void assertRead(ChainModel model, LayerChain chain, Random random)
            throws Exception {
        int byteCount = model.bytes().length;
        assertEquals(byteCount, chain.byteCount());
        model.assertRange(chain, 0, byteCount);
        model.assertRange(chain, byteCount, byteCount);
        for (int i = 0; i < 20; i++) {
            int from = random.nextInt(byteCount);
            int end = from + random.nextInt(Math.min(byteCount - from, 70_000) + 1);
            model.assertRange(chain, from, end);
        }
        model.assertSums(chain);
    }

    private static void assertRestored(ChainModel model, LayerChain chain, Path image)
            throws Exception {
        RestoreReport report = chain.materialise(image, OnExisting.REFUSE, Progress.NONE);
        assertArrayEquals(model.bytes(), Files.readAllBytes(image));
        assertEquals(model.bytes().length, report.byteCount());
        assertTrue(report.bytesWritten() <= report.byteCount());
        assertEquals(report.sums(), MemoryImage.sumsOf(image, report.sums()));
    }

    private static void assertLoaded(ChainModel model, LayerChain chain, Random random)
            throws Exception {
        int byteCount = model.bytes().length;
        // A guest's memory comes in pages.
        if (byteCount % GuestLayout.PAGE.bytes() != 0) {
            return;
        }
        GuestLayout layout = GuestLayout.of(byteCount);
        chain.verify(layout, Progress.NONE);
        byte[] garbage = new byte[byteCount];
        random.nextBytes(garbage);
        try (GuestMemory memory = GuestMemory.anonymous(layout)) {
            MemorySegment bytes = memory.segment(0);
            MemorySegment.copy(garbage, 0, bytes, ValueLayout.JAVA_BYTE, 0, byteCount);
            chain.load(memory, Progress.NONE);
            assertArrayEquals(model.bytes(), bytes.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static void assertApplied(
            ChainModel present, LayerChain before, ChainModel next, LayerChain chain, Path image)
            throws Exception {
        Files.write(image, present.bytes());
        RestoreReport first = chain.applyOver(before, image, Progress.NONE);
        assertArrayEquals(next.bytes(), Files.readAllBytes(image));
        assertEquals(first.sums(), MemoryImage.sumsOf(image, first.sums()));
        // It does not look at what is there, so it may be run again over what it has made.
        assertEquals(first, chain.applyOver(before, image, Progress.NONE));
        assertArrayEquals(next.bytes(), Files.readAllBytes(image));
        // A short last block is written whether it has changed or not, and nothing else is.
        RestoreReport none = chain.applyOver(chain, image, Progress.NONE);
        assertTrue(none.bytesWritten() < next.index().blockSize().bytes(), none::toString);
        assertEquals(first.sums(), none.sums());
    }
}

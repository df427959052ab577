package io.coldframe.layer;

import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.image.Output;
import io.coldframe.image.PageSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/// Random memories over random parents from every kind of source, against a plain loop over arrays.
final class LayerWriterPropertyTest {

    private static final UUID BASE = new UUID(5, 6);

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private int captureCount;

    /// One case: what is captured, in which blocks, over what.
    private static final class Case {
        private final SplittableRandom random;
        private final PageSize block;
        private final PageSize page;
        private final byte[] memory;
        private final byte[] before;

        Case(SplittableRandom random) {
            this.random = random;
            this.block = new PageSize(9 + random.nextInt(8));
            this.page = new PageSize(9 + random.nextInt(8));
            int blockCount = 1 + random.nextInt(200_000 / block.bytes() + 20);
            int byteCount = blockCount * block.bytes() - random.nextInt(block.bytes());
            this.before = LayerWork.memory(random, byteCount, block.bytes());
            this.memory = LayerWork.changed(random, before, block.bytes());
        }

        BitSet dirtyPages() {
            BitSet dirty = new BitSet();
            int pageCount = (int) page.pageCount(memory.length);
            for (int at = random.nextInt(9); at < pageCount; at += 1 + random.nextInt(9)) {
                dirty.set(at, Math.min(pageCount, at + 1 + random.nextInt(5)));
            }
            return dirty;
        }

        LayerOptions options() {
            Output[] outputs = Output.values();
            return LayerOptions.DEFAULT
                    .withBlockSize(block)
                    .withThreadCount(1 + random.nextInt(3))
                    .withOutput(outputs[random.nextInt(outputs.length)]);
        }
    }

    @Test
    void everyBlockIsWhatAPlainLoopSays() throws Exception {
        long seed = System.nanoTime();
        System.out.println("LayerWriterPropertyTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < Soak.count(250, 20_000); round++) {
            try {
                check(new Case(random.split()));
            } catch (AssertionError failure) {
                throw new AssertionError("round " + round + " of seed " + seed, failure);
            }
        }
    }

    private void check(Case some) throws IOException {
        // The first has no parent, the second an image, the third the layer of the first.
        BitSet none = new BitSet();
        checkOver(some, some.before, LayerWork.NO_PARENT, Optional.empty(), none);
        LayerParent image = LayerParent.base(BASE, new LayerWork.ArrayPages(some.before));
        checkOver(some, some.memory, some.before, Optional.of(image), some.dirtyPages());
        checkOverLayer(some);
    }

    private void checkOverLayer(Case some) throws IOException {
        Path target = folder.resolve("capture" + captureCount++);
        Path source = Files.write(folder.resolve("before"), some.before);
        try (LayerSource opened = LayerSource.file(source)) {
            LayerWriter writer = LayerWriter.of(opened, some.options());
            LayerWork.writeParent(writer, target, (packed, stored) -> {});
        }
        try (LayerChain chain = LayerWork.chain(target, Optional.empty())) {
            // A chain is compared by its sums first, anything else by its bytes.
            PageSource pages =
                    some.random.nextBoolean() ? chain : new LayerWork.ArrayPages(some.before);
            Optional<LayerParent> over = Optional.of(LayerParent.of(chain.index(), pages));
            checkOver(some, some.memory, some.before, over, some.dirtyPages());
        }
    }

    private void checkOver(
            Case some, byte[] memory, byte[] before, Optional<LayerParent> parent, BitSet pages)
            throws IOException {
        boolean hasBitmap = parent.isPresent() && some.random.nextBoolean();
        BitSet clean =
                hasBitmap
                        ? LayerWork.clean(memory.length, some.block, some.page, pages)
                        : new BitSet();
        PlainLayer plain = new PlainLayer(memory, before, clean, some.block.bytes());
        try (DirtyBitmap dirty = LayerWork.bitmap(memory.length, some.page, pages)) {
            withSource(
                    some,
                    memory,
                    source -> {
                        LayerWriter writer = LayerWriter.of(source, some.options());
                        writer = parent.isPresent() ? writer.over(parent.get()) : writer;
                        writer = hasBitmap ? writer.onlyDirty(dirty) : writer;
                        LayerWork.write(
                                writer,
                                folder.resolve("capture" + captureCount++),
                                (packed, stored) -> {
                                    LayerWork.judge(plain, packed, stored);
                                    LayerWork.judgeIndex(
                                            plain,
                                            packed.index(),
                                            parent.flatMap(LayerParent::index));
                                });
                    });
        }
    }

    @FunctionalInterface
    private interface Use {
        void accept(LayerSource source) throws IOException;
    }

    private void withSource(Case some, byte[] memory, Use use) throws IOException {
        boolean isWholePages = memory.length % 4096 == 0;
        switch (some.random.nextInt(isWholePages ? 5 : 3)) {
            case 0 -> {
                try (LayerSource file =
                        LayerSource.file(Files.write(folder.resolve("memory"), memory))) {
                    use.accept(file);
                }
            }
            case 1 -> {
                Path sparse = folder.resolve("sparse");
                int blockBytes = some.block.bytes();
                try (LayerSource file =
                        LayerSource.file(LayerWork.sparseFile(sparse, memory, blockBytes))) {
                    use.accept(file);
                }
            }
            case 2 -> {
                try (LayerSource pages = pages(memory, some.page)) {
                    use.accept(pages);
                }
            }
            case 3 -> {
                try (GuestMemory guest = LayerWork.guest(memory)) {
                    use.accept(LayerSource.of(guest));
                }
            }
            default -> {
                try (GuestMemory guest = LayerWork.mapped(folder.resolve("mapped"), memory)) {
                    use.accept(LayerSource.of(guest));
                }
            }
        }
    }

    /// Memory behind an interface, of which is known which pages are data.
    private static LayerSource pages(byte[] memory, PageSize page) {
        PageRanges.Builder data = new PageRanges.Builder();
        for (int at = 0; at * (long) page.bytes() < memory.length; at++) {
            int from = at * page.bytes();
            byte[] bytes =
                    Arrays.copyOfRange(memory, from, Math.min(memory.length, from + page.bytes()));
            if (!Arrays.equals(bytes, new byte[bytes.length])) {
                data.add(at, 1);
            }
        }
        return LayerSource.of(new LayerWork.ArrayPages(memory), data.build(), page);
    }
}

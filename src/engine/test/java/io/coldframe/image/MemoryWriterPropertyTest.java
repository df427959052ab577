package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Random geometries, pages and threads: a full image and diffs on it, against a plain array.
final class MemoryWriterPropertyTest {

    @Test
    void whatWasWrittenIsWhatTheMemoryHeld(@TempDir Path folder) throws Exception {
        long seed = System.nanoTime();
        System.out.println("MemoryWriterPropertyTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(25, 250); round++) {
            Path place = Files.createDirectory(folder.resolve("round-" + round));
            new Round(random, place).run();
        }
    }

    private static final class Round {
        private final Random random;
        private final Path folder;
        private final GuestLayout layout;
        private final PageSize page;
        private final byte[] model;
        private final List<MemoryImage> newestFirst = new ArrayList<>();

        Round(Random random, Path folder) {
            this.random = random;
            this.folder = folder;
            this.layout = layout(random);
            this.page = new PageSize(9 + random.nextInt(10));
            this.model = new byte[(int) layout.byteCount()];
        }

        private static GuestLayout layout(Random random) {
            GuestLayout layout = GuestLayout.startingAt(random.nextInt(4) * 4096L, pages(random));
            for (int i = random.nextInt(4); i > 0; i--) {
                long from =
                        layout.regions().getLast().endGuestAddress() + random.nextInt(5) * 4096L;
                layout = layout.then(from, pages(random));
            }
            return layout;
        }

        private static long pages(Random random) {
            return 4096L * (1 + random.nextInt(random.nextInt(8) == 0 ? 2000 : 60));
        }

        void run() throws Exception {
            try (GuestMemory memory = GuestMemory.anonymous(layout)) {
                BitSet all = new BitSet();
                all.set(0, model.length);
                scribble(memory, all);
                write(memory, "full", null);
                for (int i = random.nextInt(4); i > 0; i--) {
                    diff(memory, "diff-" + i);
                }
            }
            checkAll();
            for (MemoryImage image : newestFirst) {
                image.close();
            }
        }

        private void diff(GuestMemory memory, String name) throws Exception {
            PageSize coarse = new PageSize(page.shift() + random.nextInt(3));
            PageGrid grid = new PageGrid(0, layout.byteCount(), coarse);
            try (DirtyBitmap dirty = DirtyBitmap.create(grid)) {
                BitSet pages = new BitSet();
                for (int i = random.nextInt(40); i > 0; i--) {
                    long first = random.nextLong(grid.pageCount());
                    long count = Math.min(grid.pageCount() - first, 1 + random.nextInt(3));
                    dirty.markPages(first, count);
                    pages.set((int) first, (int) (first + count));
                }
                BitSet bytes = new BitSet();
                pages.stream()
                        .forEach(
                                each ->
                                        bytes.set(
                                                (int) coarse.bytes(each),
                                                (int)
                                                        Math.min(
                                                                layout.byteCount(),
                                                                coarse.bytes(each + 1))));
                scribble(memory, bytes);
                write(memory, name, dirty);
                assertEquals(0, dirty.dirtyCount());
            }
        }

        /// Writes random bytes, zeros among them, where `bytes` says.
        private void scribble(GuestMemory memory, BitSet bytes) throws Exception {
            for (int at = 0; at < model.length; at += 4096) {
                byte[] content = new byte[4096];
                if (random.nextInt(4) > 0) {
                    random.nextBytes(content);
                }
                for (int i = 0; i < content.length; i++) {
                    if (bytes.get(at + i)) {
                        model[at + i] = content[i];
                    }
                }
            }
            try (var arena = java.lang.foreign.Arena.ofConfined()) {
                MemorySegment all = arena.allocate(model.length);
                all.copyFrom(MemorySegment.ofArray(model));
                memory.copyFrom(0, all);
            }
        }

        private void write(GuestMemory memory, String name, @Nullable DirtyBitmap dirty)
                throws Exception {
            Output[] outputs = Output.values();
            WriteOptions options =
                    WriteOptions.DEFAULT
                            .withOutput(outputs[random.nextInt(outputs.length)])
                            .withHoles(random.nextInt(3) == 0)
                            .withThreadCount(1 + random.nextInt(4))
                            .withSumsMax(random.nextBoolean() ? 1L << 20 : 1 + random.nextInt(50));
            Path target = folder.resolve(name);
            try (MemoryWriter writer =
                    MemoryWriter.open(
                            target, OnExisting.REFUSE, layout.byteCount(), page, options)) {
                if (dirty == null) {
                    writer.writeFull(memory);
                } else {
                    writer.writeDiff(memory, dirty);
                }
                ImageSums sums = writer.sums();
                writer.commit();
                assertEquals(sums, ImageSums.decode(sums.encoded(), name));
                newestFirst.addFirst(MemoryImage.open(target, sums));
                assertEquals(sums, newestFirst.getFirst().sumsFound(), options::toString);
                newestFirst.getFirst().verify(layout, Progress.NONE);
                checkHoles(target, sums);
            }
        }

        /// A page that the image does not hold reads zero.
        private void checkHoles(Path target, ImageSums sums) throws Exception {
            byte[] found = Files.readAllBytes(target);
            assertEquals(model.length, found.length);
            for (long at = sums.nextUnwritten(0); at < sums.pageCount(); ) {
                long end = sums.nextWritten(at);
                int from = (int) page.bytes(at);
                int to = (int) Math.min(model.length, page.bytes(end));
                assertArrayEquals(new byte[to - from], Arrays.copyOfRange(found, from, to));
                at = sums.nextUnwritten(end);
            }
        }

        private void checkAll() throws Exception {
            Path whole = folder.resolve("whole");
            RestoreReport report =
                    MemoryImage.materialise(newestFirst, whole, OnExisting.REFUSE, Progress.NONE);
            assertArrayEquals(model, Files.readAllBytes(whole));
            assertEquals(report.sums(), MemoryImage.sumsOf(whole, report.sums()));
            try (GuestMemory back = GuestMemory.anonymous(layout)) {
                MemoryImage.load(newestFirst, back, Progress.NONE);
                byte[] found = new byte[model.length];
                back.copyTo(0, MemorySegment.ofArray(found));
                assertArrayEquals(model, found);
            }
        }
    }
}

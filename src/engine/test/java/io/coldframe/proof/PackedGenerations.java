package io.coldframe.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Progress;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerParent;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.layer.LayerWriter;
import io.coldframe.layer.Origin;
import io.coldframe.layer.PackedLayer;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongPredicate;

/// A chain of layers with branches, each in a directory named by its id, of memory that is a file
/// of any length.
///
/// **Threads.** One.
final class PackedGenerations {
    private static final int GENERATIONS = 6;
    private static final int BYTES_MAX = 300_000;
    private static final String LAYER = "memory.layer";
    private static final String INDEX = "memory.index";

    private final Path folder;
    private final SplittableRandom random;
    private final String what;
    private final PageSize blockSize;
    private final PageSize granule;
    private final int byteCount;
    private final List<ModelSnapshot> made = new ArrayList<>();

    PackedGenerations(Path folder, SplittableRandom random, String what) {
        this.folder = folder;
        this.random = random;
        this.what = what;
        blockSize = new PageSize(12 + random.nextInt(5));
        granule = new PageSize(12 + random.nextInt(6));
        byteCount = 1 + random.nextInt(1 + random.nextInt(BYTES_MAX));
    }

    void run() throws IOException {
        byte[] first = new byte[byteCount];
        try (DirtyBitmap ignored = bitmap()) {
            change(first, ignored);
        }
        pack(Optional.empty(), first, Optional.empty());
        for (int left = GENERATIONS; left > 0; left--) {
            ModelSnapshot parent = any();
            byte[] next = parent.memory().clone();
            try (DirtyBitmap dirty = bitmap()) {
                change(next, dirty);
                boolean isTracked = random.nextBoolean();
                pack(Optional.of(parent), next, isTracked ? Optional.of(dirty) : Optional.empty());
            }
        }
        for (ModelSnapshot each : made) {
            check(each, any());
        }
    }

    private ModelSnapshot any() {
        return made.get(random.nextInt(made.size()));
    }

    private DirtyBitmap bitmap() {
        return DirtyBitmap.create(new PageGrid(0, byteCount, granule));
    }

    private void change(byte[] memory, DirtyBitmap dirty) {
        for (int left = random.nextInt(6); left > 0; left--) {
            int from = random.nextInt(byteCount);
            int end = random.nextBoolean() ? from + 1 : from + random.nextInt(byteCount - from + 1);
            byte[] bytes = new byte[end - from];
            switch (random.nextInt(4)) {
                case 0 -> random.nextBytes(bytes);
                case 1 -> Arrays.fill(bytes, (byte) 5);
                case 2 -> System.arraycopy(memory, from, bytes, 0, bytes.length);
                default -> {
                    // Zeros.
                }
            }
            System.arraycopy(bytes, 0, memory, from, bytes.length);
            if (end > from) {
                dirty.markBytes(from, bytes.length);
            }
        }
    }

    private void pack(Optional<ModelSnapshot> parent, byte[] memory, Optional<DirtyBitmap> dirty)
            throws IOException {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        Origin origin = new Origin(id, made.size(), Instant.ofEpochSecond(made.size()));
        Path file = file(memory);
        Path own = write(id.toString(), parent, file, dirty, origin);
        Path again = write(id + ".again", parent, file, dirty, origin);
        for (String name : List.of(LAYER, INDEX)) {
            assertEquals(-1, Files.mismatch(own.resolve(name), again.resolve(name)), what);
        }
        Trees.delete(again);
        String name = own.getFileName().toString();
        made.add(
                parent.isEmpty()
                        ? ModelSnapshot.first(name, id, blockSize.bytes(), memory)
                        : parent.get().next(name, id, memory));
        LongPredicate isDirty =
                block -> dirty.isEmpty() || isDirty(dirty.get(), blockSize.bytes(block));
        ModelSnapshot.Counts expected =
                parent.isEmpty()
                        ? ModelSnapshot.countFirst(memory, blockSize.bytes())
                        : parent.get().countNext(memory, isDirty);
        byte[] stored =
                parent.isEmpty()
                        ? ModelSnapshot.storedFirst(memory, blockSize.bytes())
                        : parent.get().storedNext(memory);
        assertArrayEquals(stored, Files.readAllBytes(own.resolve(LAYER)), what);
        assertEquals(expected, counted, what);
    }

    private boolean isDirty(DirtyBitmap dirty, long at) {
        long next = dirty.nextDirty(granule.page(at));
        return next < dirty.pageCount() && granule.bytes(next) < at + blockSize.bytes();
    }

    private ModelSnapshot.Counts counted = new ModelSnapshot.Counts(0, 0, 0, 0);

    /// Writes a generation, with any threads, in any way. @return its directory
    private Path write(
            String name,
            Optional<ModelSnapshot> parent,
            Path file,
            Optional<DirtyBitmap> dirty,
            Origin origin)
            throws IOException {
        Path target = folder.resolve(name);
        LayerOptions options =
                LayerOptions.DEFAULT
                        .withBlockSize(blockSize)
                        .withThreadCount(1 + random.nextInt(3))
                        .withOutput(random.nextBoolean() ? Output.DIRECT : Output.BUFFERED);
        try (LayerSource source = LayerSource.file(file);
                AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE)) {
            LayerWriter writer = LayerWriter.of(source, options);
            if (parent.isPresent()) {
                try (LayerChain chain = open(parent.get())) {
                    writer = writer.over(LayerParent.of(chain.index(), chain));
                    writer = dirty.isPresent() ? writer.onlyDirty(dirty.get()) : writer;
                    pack(writer, origin, directory);
                }
            } else {
                pack(writer, origin, directory);
            }
            directory.commit();
        }
        return target;
    }

    private void pack(LayerWriter writer, Origin origin, AtomicDirectory directory)
            throws IOException {
        try (PackedLayer packed =
                writer.write(origin.snapshotId(), origin, directory.newFile(LAYER))) {
            directory.write(INDEX, packed.index().encoded());
            LayerReport report = packed.report();
            counted =
                    new ModelSnapshot.Counts(
                            report.dataBlocks(),
                            report.zeroBlocks(),
                            report.unchangedBlocks(),
                            report.cleanBlocks());
        }
    }

    /// The memory as a file, some of whose zeros are holes.
    private Path file(byte[] memory) throws IOException {
        Path file = folder.resolve("memory");
        Files.deleteIfExists(file);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(memory.length);
            for (int from = 0; from < memory.length; ) {
                int end = Math.min(memory.length, from + 1 + random.nextInt(3 * 4096));
                byte[] piece = Arrays.copyOfRange(memory, from, end);
                if (random.nextInt(3) == 0 || !Arrays.equals(piece, new byte[piece.length])) {
                    out.seek(from);
                    out.write(piece);
                }
                from = end;
            }
        }
        return file;
    }

    private LayerChain open(ModelSnapshot wanted) throws IOException {
        return LayerChain.open(
                LayerIndex.open(folder.resolve(wanted.name()).resolve(INDEX)),
                layer -> {
                    Path place = folder.resolve(layer.id().toString());
                    return new LayerFiles(place.resolve(INDEX), place.resolve(LAYER));
                },
                Optional.empty());
    }

    private void check(ModelSnapshot wanted, ModelSnapshot other) throws IOException {
        String message = what + ": " + wanted.name() + " of " + byteCount;
        Path image = folder.resolve("image");
        try (LayerChain chain = open(wanted);
                LayerChain below = open(other)) {
            ChainReading.checkMap(chain.index(), wanted, message);
            ChainReading.checkPages(chain, wanted.memory(), random, message);
            chain.materialise(image, OnExisting.REPLACE, Progress.NONE);
            assertArrayEquals(wanted.memory(), Files.readAllBytes(image), message);
            Files.write(image, other.memory());
            chain.applyOver(below, image, Progress.NONE);
            assertArrayEquals(wanted.memory(), Files.readAllBytes(image), message);
        }
    }
}

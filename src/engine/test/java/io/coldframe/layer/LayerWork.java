package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.FileMapping;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/// Captures of small memories into directories, and what must come of them.
final class LayerWork {
    static final UUID LAYER = new UUID(1, 2);
    static final Origin ORIGIN = new Origin(new UUID(3, 4), 0, Instant.EPOCH);
    static final UUID PARENT_LAYER = new UUID(1, 1);
    static final Origin PARENT_ORIGIN = new Origin(new UUID(3, 3), 0, Instant.EPOCH);
    static final byte[] NO_PARENT = {};

    private LayerWork() {}

    /// Memory in an array, as a parent that nobody has stored.
    static final class ArrayPages implements PageSource {
        private final byte[] bytes;

        ArrayPages(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long byteCount() {
            return bytes.length;
        }

        @Override
        public void read(long imageOffset, MemorySegment target) {
            MemorySegment.copy(
                    MemorySegment.ofArray(bytes), imageOffset, target, 0, target.byteSize());
        }
    }

    /// Blocks of zeros and of noise, in runs.
    static byte[] memory(SplittableRandom random, int byteCount, int blockBytes) {
        byte[] memory = new byte[byteCount];
        for (int from = 0; from < byteCount; ) {
            int end = Math.min(byteCount, from + blockBytes * (1 + random.nextInt(8)));
            if (random.nextBoolean()) {
                noise(random, memory, from, end);
            }
            from = end;
        }
        return memory;
    }

    /// The same, with some blocks changed: to zeros, to noise, or by one byte.
    static byte[] changed(SplittableRandom random, byte[] before, int blockBytes) {
        byte[] memory = before.clone();
        for (int from = 0; from < memory.length; from += blockBytes) {
            int end = Math.min(memory.length, from + blockBytes);
            switch (random.nextInt(10)) {
                case 0 -> Arrays.fill(memory, from, end, (byte) 0);
                case 1 -> noise(random, memory, from, end);
                case 2 -> memory[from + random.nextInt(end - from)]++;
                default -> {}
            }
        }
        return memory;
    }

    private static void noise(SplittableRandom random, byte[] memory, int from, int end) {
        byte[] bytes = new byte[end - from];
        random.nextBytes(bytes);
        // Often nothing but the very last byte tells that a block is no zeros.
        if (random.nextInt(4) == 0) {
            Arrays.fill(bytes, (byte) 0);
        }
        bytes[bytes.length - 1] = 1;
        System.arraycopy(bytes, 0, memory, from, bytes.length);
    }

    /// A file in which blocks of zeros are holes.
    static Path sparseFile(Path file, byte[] memory, int blockBytes) throws IOException {
        Files.deleteIfExists(file);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(memory.length);
            for (int from = 0; from < memory.length; from += blockBytes) {
                byte[] block =
                        Arrays.copyOfRange(
                                memory, from, Math.min(memory.length, from + blockBytes));
                if (!Arrays.equals(block, new byte[block.length])) {
                    open.seek(from);
                    open.write(block);
                }
            }
        }
        return file;
    }

    /// Guest memory of two regions with these bytes, which end with a page.
    static GuestMemory guest(byte[] memory) throws SnapshotException {
        long firstBytes = PageSize.KIB_4.bytes((memory.length / 4096 + 1) / 2);
        GuestLayout layout =
                firstBytes == memory.length
                        ? GuestLayout.of(memory.length)
                        : GuestLayout.startingAt(0, firstBytes)
                                .then(1L << 32, memory.length - firstBytes);
        GuestMemory guest = GuestMemory.anonymous(layout);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(memory.length);
            all.copyFrom(MemorySegment.ofArray(memory));
            guest.copyFrom(0, all);
        }
        return guest;
    }

    /// The same bytes, mapped from a file.
    static GuestMemory mapped(Path file, byte[] memory) throws IOException {
        Files.write(file, memory);
        return GuestMemory.mapped(file, FileMapping.PRIVATE);
    }

    static DirtyBitmap bitmap(long byteCount, PageSize page, BitSet dirtyPages) {
        DirtyBitmap bitmap = DirtyBitmap.create(new PageGrid(0, byteCount, page));
        dirtyPages.stream().forEach(bitmap::markPage);
        return bitmap;
    }

    /// The blocks of which no page is dirty.
    static BitSet clean(long byteCount, PageSize block, PageSize page, BitSet dirtyPages) {
        BitSet clean = new BitSet();
        clean.set(0, (int) block.pageCount(byteCount));
        dirtyPages.stream()
                .forEach(
                        dirty -> {
                            long end = Math.min(byteCount, page.bytes(dirty + 1L));
                            clean.clear(
                                    (int) block.page(page.bytes((long) dirty)),
                                    (int) block.pageCount(end));
                        });
        return clean;
    }

    /// Writes a layer and its index into a new directory, and hands it to a judge.
    static void write(LayerWriter writer, Path target, Judge judge) throws IOException {
        write(writer, LAYER, ORIGIN, target, judge);
    }

    /// Likewise, as the parent of others.
    static void writeParent(LayerWriter writer, Path target, Judge judge) throws IOException {
        write(writer, PARENT_LAYER, PARENT_ORIGIN, target, judge);
    }

    private static void write(
            LayerWriter writer, UUID layerId, Origin origin, Path target, Judge judge)
            throws IOException {
        try (AtomicDirectory directory = AtomicDirectory.create(target, OnExisting.REFUSE);
                PackedLayer packed =
                        writer.write(layerId, origin, directory.newFile("memory.layer"))) {
            directory.write("memory.index", packed.index().encoded());
            directory.commit();
            judge.judge(packed, Files.readAllBytes(target.resolve("memory.layer")));
        }
    }

    /// A generation of one layer, open.
    static LayerChain chain(Path snapshot, Optional<PageSource> base) throws SnapshotException {
        Path index = snapshot.resolve("memory.index");
        LayerFiles files = new LayerFiles(index, snapshot.resolve("memory.layer"));
        return LayerChain.open(LayerIndex.open(index), layer -> files, base);
    }

    @FunctionalInterface
    interface Judge {
        void judge(PackedLayer packed, byte[] stored) throws IOException;
    }

    /// Says whether a layer and its own map are what they must be.
    static void judge(PlainLayer plain, PackedLayer packed, byte[] stored) {
        assertArrayEquals(plain.stored, stored);
        ExtentMap own = packed.own();
        assertEquals(plain.places.size(), own.blockCount());
        long storedBlock = 0;
        for (int block = 0; block < plain.places.size(); block++) {
            int extent = own.find(block);
            assertEquals(plain.places.get(block), own.place(extent), "block " + block);
            if (plain.places.get(block) == BlockPlace.DATA) {
                long found = own.storedBlock(extent) + block - own.firstBlock(extent);
                assertEquals(storedBlock, found, "block " + block);
                storedBlock++;
            }
        }
        LayerSums sums = packed.index().sums().orElseThrow();
        assertEquals(LAYER, sums.layerId());
        assertEquals(plain.sums.size(), sums.storedBlockCount());
        for (int index = 0; index < plain.sums.size(); index++) {
            assertEquals(plain.sums.get(index), sums.sum(index), "sum " + index);
        }
        judgeReport(plain, packed.report());
    }

    private static void judgeReport(PlainLayer plain, LayerReport report) {
        assertEquals(plain.count(BlockPlace.DATA), report.dataBlocks());
        assertEquals(plain.count(BlockPlace.ZERO), report.zeroBlocks());
        assertEquals(plain.unchangedBlocks, report.unchangedBlocks());
        assertEquals(plain.cleanBlocks, report.cleanBlocks());
        assertEquals(plain.stored.length, report.bytesWritten());
    }

    /// Says whether an index puts every block where a layer over its parent has it.
    static void judgeIndex(PlainLayer plain, LayerIndex index, Optional<LayerIndex> parent) {
        ExtentMap map = index.map();
        long storedBlock = 0;
        for (int block = 0; block < plain.places.size(); block++) {
            int extent = map.find(block);
            BlockPlace place = plain.places.get(block);
            if (place == BlockPlace.PARENT && parent.isPresent()) {
                assertEquals(where(parent.get(), block), where(index, block), "block " + block);
                continue;
            }
            assertEquals(place, map.place(extent), "block " + block);
            if (place != BlockPlace.PARENT) {
                assertEquals(ORIGIN, index.origins().get(map.origin(extent)));
            }
            if (place == BlockPlace.DATA) {
                assertEquals(LAYER + " " + storedBlock++ + " " + ORIGIN, where(index, block));
            }
        }
    }

    /// Where an index puts a block, and who wrote it.
    private static String where(LayerIndex index, long block) {
        ExtentMap map = index.map();
        int extent = map.find(block);
        return switch (map.place(extent)) {
            case PARENT -> "base " + index.base();
            case ZERO -> "zero " + index.origins().get(map.origin(extent));
            case DATA ->
                    index.layers().get(map.layer(extent)).id()
                            + " "
                            + (map.storedBlock(extent) + block - map.firstBlock(extent))
                            + " "
                            + index.origins().get(map.origin(extent));
        };
    }
}

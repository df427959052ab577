package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;
import io.coldframe.image.PageSource;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/// Where blocks go when layers become one, against a look at each block by itself.
final class RelocationTest {
    private static final PageSize BLOCK = PageSize.KIB_4;
    private static final UUID NEW = new UUID(9, 9);
    private static final Origin IMAGE = new Origin(new UUID(7, 7), 3, Instant.ofEpochSecond(5, 6));

    /// What a block of a reader is, without the ordinals of its table.
    private record Block(BlockPlace place, UUID layer, long stored, Origin origin) {
        static final UUID NONE = new UUID(0, 0);
    }

    private static LayerSums sums(UUID id, int count, Arena arena) throws SnapshotException {
        MemorySegment sums = arena.allocate(ValueLayout.JAVA_INT, count);
        for (int i = 0; i < count; i++) {
            sums.setAtIndex(ValueLayout.JAVA_INT, i, (int) id.getLeastSignificantBits() * 1000 + i);
        }
        return LayerSums.of(id, BLOCK, sums, arena);
    }

    private static List<Block> blocks(LayerIndex index) {
        List<Block> blocks = new ArrayList<>();
        ExtentMap map = index.map();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            for (long block = map.firstBlock(extent); block < map.endBlock(extent); block++) {
                long ahead = block - map.firstBlock(extent);
                blocks.add(block(index, extent, ahead));
            }
        }
        return blocks;
    }

    private static Block block(LayerIndex index, int extent, long ahead) {
        ExtentMap map = index.map();
        return switch (map.place(extent)) {
            case DATA ->
                    new Block(
                            BlockPlace.DATA,
                            index.layers().get(map.layer(extent)).id(),
                            map.storedBlock(extent) + ahead,
                            index.origins().get(map.origin(extent)));
            case ZERO ->
                    new Block(
                            BlockPlace.ZERO,
                            Block.NONE,
                            0,
                            index.origins().get(map.origin(extent)));
            case PARENT -> new Block(BlockPlace.PARENT, Block.NONE, 0, IMAGE);
        };
    }

    /// A reader whose blocks are of these layers, or zero, or the image's.
    private static LayerIndex reader(
            List<LayerSums> layers, int blockCount, boolean isOnImage, SplittableRandom random)
            throws SnapshotException {
        List<Origin> origins =
                List.of(
                        new Origin(new UUID(1, 1), 0, Instant.EPOCH),
                        new Origin(new UUID(1, 2), 1, Instant.ofEpochSecond(1)));
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(blockCount)) {
            for (int block = 0; block < blockCount; ) {
                int run = Math.min(blockCount - block, random.nextInt(1, 6));
                int layer = random.nextInt(layers.size());
                int stored = (int) layers.get(layer).storedBlockCount();
                int first = stored == 0 ? 0 : random.nextInt(stored);
                int what = random.nextInt(4);
                if (what == 0 && isOnImage) {
                    builder.parent(block, run);
                } else if (what == 1 || stored == 0) {
                    builder.zero(block, run, random.nextInt(2));
                } else {
                    run = Math.min(run, stored - first);
                    builder.data(block, run, layer, first, random.nextInt(2));
                }
                block += run;
            }
            LayerTable table =
                    new LayerTable(
                            BLOCK,
                            BLOCK.bytes(blockCount) - 100,
                            isOnImage ? Optional.of(IMAGE.snapshotId()) : Optional.empty(),
                            layers.stream().map(LayerSums::ref).toList(),
                            origins);
            Optional<LayerSums> own =
                    random.nextBoolean() ? Optional.of(layers.getFirst()) : Optional.empty();
            return LayerIndex.of(table, builder.build(arena), own);
        }
    }

    /// An image of which every third block is zero.
    private static PageSource image(int blockCount) {
        return new PageSource() {
            @Override
            public long byteCount() {
                return BLOCK.bytes(blockCount) - 100;
            }

            @Override
            public void read(long imageOffset, MemorySegment target) {
                Objects.checkFromIndexSize(imageOffset, target.byteSize(), byteCount());
                for (long at = 0; at < target.byteSize(); at++) {
                    long block = (imageOffset + at) >> BLOCK.shift();
                    target.set(ValueLayout.JAVA_BYTE, at, (byte) (isZero(block) ? 0 : 1));
                }
            }
        };
    }

    private static boolean isZero(long imageBlock) {
        return imageBlock % 3 == 0;
    }

    @Test
    void everyBlockIsFoundWhereItWent() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed " + seed);
        for (int round = 0; round < Soak.count(300, 30_000); round++) {
            SplittableRandom random = new SplittableRandom(seed + round);
            try (Arena arena = Arena.ofConfined()) {
                run(random, arena);
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + (seed + round), failure);
            }
        }
    }

    private static void run(SplittableRandom random, Arena arena) throws Exception {
        int blockCount = random.nextInt(1, 60);
        List<LayerSums> layers = new ArrayList<>();
        for (int i = 0; i < random.nextInt(1, 6); i++) {
            layers.add(sums(new UUID(2, 10 + i), random.nextInt(40), arena));
        }
        List<LayerIndex> readers = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            readers.add(reader(layers, blockCount, random.nextBoolean(), random));
        }
        List<LayerRef> rewritten = new ArrayList<>();
        for (LayerSums layer : layers) {
            if (random.nextInt(3) > 0) {
                rewritten.add(layer.ref());
            }
        }
        boolean takesImage = random.nextBoolean();
        try (Relocation relocation = relocation(rewritten, readers, takesImage, blockCount)) {
            check(relocation, readers, takesImage, arena);
            try (Relocation again =
                    Relocation.decode(relocation.encoded(arena), "the same journal")) {
                check(again, readers, takesImage, arena);
                assertEquals(
                        -1, relocation.encoded(arena).mismatch(again.encoded(arena)), "encoded");
            }
        }
        readers.forEach(LayerIndex::close);
    }

    private static Relocation relocation(
            List<LayerRef> rewritten, List<LayerIndex> readers, boolean takesImage, int blockCount)
            throws SnapshotException {
        try (RelocationBuilder builder = new RelocationBuilder(NEW, BLOCK, rewritten)) {
            if (takesImage) {
                PageSource image = image(blockCount);
                builder.takeBase(new Relocation.Base(IMAGE, image.byteCount()), image);
            }
            for (LayerIndex reader : readers) {
                builder.add(reader);
            }
            return builder.build();
        }
    }

    private static void check(
            Relocation relocation, List<LayerIndex> readers, boolean takesImage, Arena arena)
            throws Exception {
        LayerSums newSums = sums(NEW, (int) relocation.blockCount(), arena);
        Map<Long, Long> placeOf = new HashMap<>();
        for (long place = 0; place < relocation.blockCount(); place++) {
            placeOf.put(relocation.source(place), place);
        }
        assertEquals(relocation.blockCount(), placeOf.size(), "a block is copied once");
        Set<Long> used = new HashSet<>();
        long nextPlace = 0;
        for (LayerIndex reader : readers) {
            try (LayerIndex index = relocation.rewritten(reader, newSums).orElseThrow()) {
                List<Block> before = blocks(reader);
                List<Block> after = blocks(index);
                for (int block = 0; block < before.size(); block++) {
                    Block expected =
                            expected(relocation, before.get(block), block, takesImage, placeOf);
                    assertEquals(expected, after.get(block));
                    if (expected.layer().equals(NEW) && used.add(expected.stored())) {
                        assertEquals(nextPlace++, expected.stored(), "the order of the readers");
                    }
                }
                assertEquals(
                        reader.sums()
                                .map(LayerSums::layerId)
                                .filter(own -> !relocation.replaces(own)),
                        index.layerId());
                assertTrue(index.base().isEmpty() || !takesImage);
            }
        }
        assertEquals(relocation.blockCount(), nextPlace, "what nobody reads is not copied");
    }

    private static Block expected(
            Relocation relocation,
            Block before,
            int block,
            boolean takesImage,
            Map<Long, Long> placeOf) {
        if (before.place() == BlockPlace.PARENT && takesImage) {
            if (isZero(block)) {
                return new Block(BlockPlace.ZERO, Block.NONE, 0, IMAGE);
            }
            long source = (long) relocation.layers().size() << 40 | block;
            return new Block(BlockPlace.DATA, NEW, placeOf.getOrDefault(source, -1L), IMAGE);
        }
        if (before.place() != BlockPlace.DATA || !relocation.replaces(before.layer())) {
            return before;
        }
        List<UUID> ids = relocation.layers().stream().map(LayerRef::id).toList();
        long source = (long) ids.indexOf(before.layer()) << 40 | before.stored();
        return new Block(BlockPlace.DATA, NEW, placeOf.getOrDefault(source, -1L), before.origin());
    }

    @Test
    void whoReadsWhatWasNotReadBeforeIsLeft() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            LayerSums layer = sums(new UUID(2, 10), 4, arena);
            try (LayerIndex first = ofRun(layer, 0, arena);
                    LayerIndex other = ofRun(layer, 2, arena);
                    Relocation relocation =
                            relocation(List.of(layer.ref()), List.of(first), false, 2)) {
                LayerSums sums = sums(NEW, 2, arena);
                assertTrue(relocation.rewritten(first, sums).isPresent());
                assertTrue(relocation.rewritten(other, sums).isEmpty());
            }
        }
    }

    private static LayerIndex ofRun(LayerSums layer, long stored, Arena arena)
            throws SnapshotException {
        Origin origin = new Origin(new UUID(1, 1), 0, Instant.EPOCH);
        try (ExtentMap.Builder builder = new ExtentMap.Builder(2)) {
            builder.data(0, 2, 0, stored, 0);
            LayerTable table =
                    new LayerTable(
                            BLOCK,
                            BLOCK.bytes(2),
                            Optional.empty(),
                            List.of(layer.ref()),
                            List.of(origin));
            return LayerIndex.of(table, builder.build(arena), Optional.empty());
        }
    }

    @Test
    void everyBitOfAJournalCounts() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            LayerSums layer = sums(new UUID(2, 10), 4, arena);
            try (LayerIndex first = ofRun(layer, 1, arena);
                    Relocation relocation =
                            relocation(List.of(layer.ref()), List.of(first), true, 2)) {
                byte[] whole = relocation.encoded(arena).toArray(ValueLayout.JAVA_BYTE);
                for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
                    byte[] bytes = whole.clone();
                    bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                    refuse(bytes, "bit " + bit);
                }
                for (int length = 0; length < whole.length; length++) {
                    refuse(java.util.Arrays.copyOf(whole, length), "length " + length);
                }
                refuse(java.util.Arrays.copyOf(whole, whole.length + 1), "one byte more");
            }
        }
    }

    private static void refuse(byte[] bytes, String what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            SnapshotException refused =
                    assertThrows(SnapshotException.class, () -> Relocation.decode(copy, "j"), what);
            boolean isVersion = refused.kind() == Kind.UNSUPPORTED;
            assertTrue(isVersion || refused.kind() == Kind.CORRUPT, refused::toString);
        }
    }
}

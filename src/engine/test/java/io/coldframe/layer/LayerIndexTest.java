package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class LayerIndexTest {
    private static final Optional<LayerSums> NO_SUMS = Optional.empty();

    @Test
    void whatIsEncodedIsDecoded() throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            byte[] bytes = sample.getValue();
            try (LayerIndex index =
                    LayerIndex.decode(MemorySegment.ofArray(bytes), sample.getKey())) {
                assertArrayEquals(bytes, IndexSamples.bytes(index));
                assertEquals(Sha256.of(bytes), index.digest());
                try (LayerIndex again = LayerIndex.of(index.table(), index.map(), index.sums())) {
                    assertArrayEquals(bytes, IndexSamples.bytes(again), sample.getKey());
                }
            }
        }
    }

    @Test
    void aFileIsReadAsItsBytesAre(@TempDir Path folder) throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            Path file = Files.write(folder.resolve(sample.getKey()), sample.getValue());
            try (LayerIndex index = LayerIndex.open(file)) {
                assertArrayEquals(sample.getValue(), IndexSamples.bytes(index));
            }
        }
    }

    @Test
    void aFirstGenerationSaysWhatItWasGiven() throws Exception {
        try (LayerIndex index = IndexSamples.first()) {
            assertEquals(PageSize.KIB_4, index.blockSize());
            assertEquals(9 * 4096 + 100, index.byteCount());
            assertEquals(10, index.blockCount());
            assertEquals(Optional.of(IndexSamples.layerId(1)), index.layerId());
            assertEquals(0, index.ownLayer());
            assertEquals(List.of(IndexSamples.origin(0)), index.origins());
            assertEquals(Optional.empty(), index.base());
            assertEquals(5 * 4096, index.sums().orElseThrow().layerBytes());
            assertEquals((1 << 16) | (2 * 0x9E37), index.sums().orElseThrow().sum(2));
            assertEquals(3, index.map().storedBlock(index.map().find(7)));
        }
    }

    @Test
    void theNextGenerationMapsEverything() throws Exception {
        try (LayerIndex first = IndexSamples.first();
                LayerIndex second = IndexSamples.second(first)) {
            assertEquals(
                    List.of(IndexSamples.layerId(1), IndexSamples.layerId(2)),
                    second.layers().stream().map(LayerRef::id).toList());
            assertEquals(1, second.ownLayer());
            assertEquals(List.of(IndexSamples.origin(0), IndexSamples.origin(1)), second.origins());
            ExtentMap map = second.map();
            assertEquals(BlockPlace.ZERO, map.place(map.find(1)));
            assertEquals(1, map.origin(map.find(1)));
            assertEquals(0, map.layer(map.find(2)));
            assertEquals(2, map.storedBlock(map.find(2)));
            assertEquals(1, map.layer(map.find(4)));
            assertEquals(0, map.layer(map.find(8)));
            assertEquals(1, map.storedBlock(map.find(9)));
            for (int extent = 0; extent < map.extentCount(); extent++) {
                assertFalse(map.place(extent) == BlockPlace.PARENT);
            }
        }
    }

    @Test
    void whatNoBlockNamesIsDropped() throws Exception {
        try (Arena arena = Arena.ofConfined();
                LayerIndex first = IndexSamples.first();
                ExtentMap.Builder builder = new ExtentMap.Builder(10)) {
            builder.zero(0, 10, 0);
            LayerSums empty = IndexSamples.sums(4, 0, arena);
            ExtentMap zeros = builder.build(arena);
            try (LayerIndex next = LayerIndex.next(first, zeros, empty, IndexSamples.origin(1))) {
                assertEquals(List.of(empty.ref()), next.layers());
                assertEquals(List.of(IndexSamples.origin(1)), next.origins());
                assertEquals(0, next.map().origin(0));
            }
            LayerTable based =
                    IndexSamples.table(
                            first.byteCount(), Optional.of(IndexSamples.BASE), List.of(), 0);
            try (LayerIndex index = LayerIndex.of(based, zeros, NO_SUMS)) {
                assertEquals(Optional.empty(), index.base());
            }
        }
    }

    @Test
    void anIndexWithoutALayerBesideItKnowsTheLayersOfOthers() throws Exception {
        try (LayerIndex first = IndexSamples.first();
                LayerIndex bare = IndexSamples.compacted(first)) {
            assertEquals(Optional.empty(), bare.layerId());
            assertEquals(-1, bare.ownLayer());
            assertEquals(first.layers(), bare.layers());
        }
    }

    @Test
    void aLayerAloneHasItsSumsAndNoMap(@TempDir Path folder) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            LayerSums sums = IndexSamples.sums(7, 3, arena);
            try (LayerIndex alone = LayerIndex.layerOnly(sums)) {
                assertEquals(0, alone.blockCount());
                assertEquals(0, alone.map().extentCount());
                assertEquals(List.of(sums.ref()), alone.layers());
                Path file = Files.write(folder.resolve("index"), IndexSamples.bytes(alone));
                assertEquals(sums.ref(), LayerSums.open(file, arena).ref());
            }
        }
    }

    /// A layer is known by its sums: in whatever index they are, they are the same.
    @Test
    void sumsAreReadWithoutTheRest(@TempDir Path folder) throws Exception {
        try (Arena arena = Arena.ofConfined();
                LayerIndex first = IndexSamples.first();
                LayerIndex second = IndexSamples.second(first)) {
            Path file = Files.write(folder.resolve("second"), IndexSamples.bytes(second));
            LayerSums sums = LayerSums.open(file, arena);
            assertEquals(second.layers().get(1), sums.ref());
            assertEquals(2, sums.storedBlockCount());
            assertEquals((2 << 16) | 0x9E37, sums.sum(1));
            assertThrows(IndexOutOfBoundsException.class, () -> sums.sum(2));
            Path bare = Files.write(folder.resolve("bare"), bytesOfCompacted(second));
            SnapshotException none =
                    assertThrows(SnapshotException.class, () -> LayerSums.open(bare, arena));
            assertEquals(Kind.CORRUPT, none.kind());
        }
    }

    @Test
    void theTableIsReadWithoutTheMap(@TempDir Path folder) throws Exception {
        for (Map.Entry<String, byte[]> sample : IndexSamples.all().entrySet()) {
            Path file = Files.write(folder.resolve(sample.getKey()), sample.getValue());
            try (Arena arena = Arena.ofConfined();
                    LayerIndex index = LayerIndex.open(file)) {
                assertEquals(index.table(), LayerTable.open(file, arena));
            }
        }
    }

    private static byte[] bytesOfCompacted(LayerIndex index) throws SnapshotException {
        try (LayerIndex bare = IndexSamples.compacted(index)) {
            return IndexSamples.bytes(bare);
        }
    }

    @Test
    void instantsOfAllTimesComeBack() throws Exception {
        for (Instant instant :
                List.of(Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.ofEpochSecond(-1, 1))) {
            Origin origin = new Origin(IndexSamples.BASE, Integer.MAX_VALUE, instant);
            LayerTable table =
                    new LayerTable(
                            PageSize.KIB_4, 4096, Optional.empty(), List.of(), List.of(origin));
            try (Arena arena = Arena.ofConfined();
                    LayerIndex index =
                            LayerIndex.of(
                                    table,
                                    ExtentAlgebraTest.one(
                                            arena, 1, builder -> builder.zero(0, 1, 0)),
                                    NO_SUMS)) {
                assertEquals(List.of(origin), index.origins());
            }
        }
    }

    @Test
    void partsThatDoNotBelongTogetherAreRefused() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap parent = ExtentMap.ofParent(2, arena);
            ExtentMap data =
                    ExtentAlgebraTest.one(arena, 2, builder -> builder.data(0, 2, 0, 1, 0));
            LayerSums sums = IndexSamples.sums(1, 2, arena);
            LayerTable table = IndexSamples.table(8192, Optional.empty(), List.of(sums.ref()), 0);
            LayerTable other =
                    IndexSamples.table(8192, Optional.empty(), List.of(IndexSamples.ref(1, 3)), 0);
            LayerTable longer = IndexSamples.table(8193, Optional.empty(), List.of(sums.ref()), 0);
            // No base; a block that is not stored; sums of another layer; another length.
            requireMisuse(table, parent, Optional.of(sums));
            requireMisuse(table, data, Optional.of(sums));
            requireMisuse(other, data, Optional.of(sums));
            requireMisuse(longer, data, Optional.of(sums));
        }
    }

    private static void requireMisuse(LayerTable table, ExtentMap map, Optional<LayerSums> sums) {
        assertThrows(IllegalArgumentException.class, () -> LayerIndex.of(table, map, sums));
    }

    @Test
    void aClosedIndexIsNotRead() throws Exception {
        LayerIndex index = IndexSamples.first();
        ExtentMap map = index.map();
        List<Origin> origins = index.origins();
        index.close();
        assertThrows(IllegalStateException.class, () -> map.find(1));
        assertThrows(IllegalStateException.class, () -> origins.get(0));
        assertThrows(IllegalStateException.class, index::close);
    }

    @Test
    void whatIsNoFileIsRefused(@TempDir Path folder) throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("file"));
        Files.write(folder.resolve("file"), IndexSamples.named("a first generation"));
        assertThrows(SnapshotException.class, () -> LayerIndex.open(link));
        assertEquals(
                Kind.MISSING,
                assertThrows(SnapshotException.class, () -> LayerIndex.open(folder.resolve("none")))
                        .kind());
        assertEquals(
                Kind.UNSUPPORTED,
                assertThrows(SnapshotException.class, () -> LayerIndex.open(folder)).kind());
        assertTrue(Files.isSymbolicLink(link));
    }
}

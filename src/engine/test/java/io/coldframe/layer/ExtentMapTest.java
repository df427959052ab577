package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

final class ExtentMapTest {
    private static final int MAP_COUNT = Soak.count(300, 10_000);

    /// Extents of one block beside extents of a quarter of everything: where the directory helps
    /// and where it does not.
    @Test
    void aBlockIsFoundHoweverUnequalTheExtentsAre() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("lookups: seed " + seed + ", " + MAP_COUNT + " maps");
        for (int number = 0; number < MAP_COUNT; number++) {
            SplittableRandom random = new SplittableRandom(seed + number);
            try (Arena arena = Arena.ofConfined()) {
                NavigableMap<Long, Integer> judge = new TreeMap<>();
                ExtentMap map = unequal(random, judge, arena);
                for (int probe = 0; probe < 500; probe++) {
                    requireFound(map, judge, random.nextLong(map.blockCount()));
                }
                judge.keySet().forEach(first -> requireFound(map, judge, first));
                requireFound(map, judge, map.blockCount() - 1);
            }
        }
    }

    private static void requireFound(ExtentMap map, NavigableMap<Long, Integer> judge, long block) {
        Map.Entry<Long, Integer> entry = judge.floorEntry(block);
        int extent = map.find(block);
        assertEquals(entry.getValue(), extent, () -> "block " + block + " of " + judge);
        assertEquals(entry.getKey(), map.firstBlock(extent));
    }

    private static ExtentMap unequal(
            SplittableRandom random, NavigableMap<Long, Integer> judge, Arena arena) {
        int extentCount = 1 + random.nextInt(random.nextBoolean() ? 10 : 3000);
        long[] lengths = new long[extentCount];
        long blockCount = 0;
        for (int extent = 0; extent < extentCount; extent++) {
            long most = 1L << random.nextInt(random.nextInt(8) == 0 ? 40 : 4);
            long room = ExtentMap.BLOCKS_MAX - blockCount - (extentCount - extent);
            lengths[extent] = Math.min(room + 1, 1 + random.nextLong(most));
            blockCount += lengths[extent];
        }
        try (ExtentMap.Builder builder = new ExtentMap.Builder(blockCount)) {
            long first = 0;
            for (int extent = 0; extent < extentCount; extent++) {
                builder.zero(first, lengths[extent], extent % 2);
                judge.put(first, extent);
                first += lengths[extent];
            }
            return builder.build(arena);
        }
    }

    @Test
    void aBlockOutsideIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap map = ExtentMap.ofParent(3, arena);
            for (long block : new long[] {-1, 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> map.find(block));
            }
            for (int extent : new int[] {-1, 1, Integer.MAX_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> map.firstBlock(extent));
                assertThrows(IndexOutOfBoundsException.class, () -> map.endBlock(extent));
                assertThrows(IndexOutOfBoundsException.class, () -> map.place(extent));
                assertThrows(IndexOutOfBoundsException.class, () -> map.storedBlock(extent));
            }
            ExtentMap empty = ExtentMap.ofParent(0, arena);
            assertEquals(0, empty.extentCount());
            assertThrows(IndexOutOfBoundsException.class, () -> empty.find(0));
        }
    }

    @Test
    void theLargestAddressSpaceHasItsLastBlock() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap map = ExtentMap.ofParent(ExtentMap.BLOCKS_MAX, arena);
            assertEquals(0, map.find(ExtentMap.BLOCKS_MAX - 1));
            assertEquals(ExtentMap.BLOCKS_MAX, map.endBlock(0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ExtentMap.ofParent(ExtentMap.BLOCKS_MAX + 1, arena));
        }
    }

    @Test
    void theLastLayerAndTheLastBlockOfItAreKept() {
        try (Arena arena = Arena.ofConfined()) {
            int layer = LayerIndex.LAYERS_MAX - 1;
            int origin = LayerIndex.ORIGINS_MAX - 1;
            ExtentMap map =
                    ExtentAlgebraTest.one(
                            arena,
                            1,
                            builder -> builder.data(0, 1, layer, ExtentMap.BLOCKS_MAX - 1, origin));
            assertEquals(layer, map.layer(0));
            assertEquals(origin, map.origin(0));
            assertEquals(ExtentMap.BLOCKS_MAX - 1, map.storedBlock(0));
        }
    }

    @Test
    void whatIsNoMapIsNotBuilt() {
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(4)) {
            builder.zero(0, 2, 0);
            // A gap, an overlap, nothing, too much, and what no layer has.
            assertThrows(IllegalArgumentException.class, () -> builder.zero(3, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> builder.zero(1, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> builder.zero(2, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> builder.parent(2, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> builder.data(2, 1, -1, 0, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> builder.data(2, 1, 0, -1, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> builder.zero(2, 1, -1));
            assertThrows(IllegalStateException.class, () -> builder.build(arena));
            builder.parent(2, 2);
            assertEquals(2, builder.build(arena).extentCount());
        }
    }

    /// More than the few that lie on the heap.
    @Test
    void manyExtentsAreGathered() {
        try (Arena arena = Arena.ofConfined()) {
            for (int count : new int[] {255, 256, 257, 511, 512, 513, 100_000}) {
                ExtentMap map =
                        ExtentAlgebraTest.one(
                                arena,
                                count,
                                builder -> {
                                    for (int block = 0; block < count; block++) {
                                        builder.zero(block, 1, block % 2);
                                    }
                                });
                assertEquals(count, map.extentCount());
                for (int block = 0; block < count; block++) {
                    assertEquals(block, map.find(block));
                }
            }
        }
    }

    @Test
    void theRecordsCannotBeChanged() {
        try (Arena arena = Arena.ofConfined()) {
            assertTrue(ExtentMap.ofParent(1, arena).records().isReadOnly());
        }
    }
}

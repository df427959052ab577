package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// What can be done with maps, against arrays with an entry for each block.
final class ExtentAlgebraTest {
    private static final int CASE_COUNT = Soak.count(100_000, 3_000_000);

    private static final int LAYER_COUNT = 3;
    private static final int ORIGIN_COUNT = 3;
    private static final int STORED_BLOCK_COUNT = 90;

    @Test
    void randomMapsAreWhatTheirArraysSay() throws Exception {
        forEachCase(
                "maps",
                (random, arena, what) -> {
                    BlockModel model = random(random);
                    ExtentMap map = model.map(random, arena);
                    model.requireSame(map, what);
                    requireRead(map, what);
                });
    }

    @Test
    void aMapOverAnotherHidesAllButWhatIsTheParents() throws Exception {
        forEachCase(
                "over",
                (random, arena, what) -> {
                    BlockModel above = random(random);
                    BlockModel below = random(random, above.blockCount());
                    ExtentMap map = above.map(random, arena).over(below.map(random, arena), arena);
                    above.over(below).requireSame(map, what);
                    requireRead(map, what);
                });
    }

    /// So it does not matter in which order a chain is merged.
    @Test
    void layingOverIsAssociative() throws Exception {
        forEachCase(
                "associative",
                (random, arena, what) -> {
                    ExtentMap first = random(random).map(random, arena);
                    int blockCount = (int) first.blockCount();
                    ExtentMap second = random(random, blockCount).map(random, arena);
                    ExtentMap third = random(random, blockCount).map(random, arena);
                    ExtentMap left = third.over(second, arena).over(first, arena);
                    ExtentMap right = third.over(second.over(first, arena), arena);
                    assertEquals(-1, left.records().mismatch(right.records()), what);
                });
    }

    @Test
    void aSliceIsAsTheWholeIsThere() throws Exception {
        forEachCase(
                "slices",
                (random, arena, what) -> {
                    BlockModel model = random(random);
                    int first = random.nextInt(model.blockCount() + 1);
                    int count = random.nextInt(model.blockCount() - first + 1);
                    ExtentMap slice = model.map(random, arena).slice(first, count, arena);
                    model.slice(first, count).requireSame(slice, what);
                    requireRead(slice, what);
                });
    }

    @Test
    void otherOrdinalsChangeNothingElse() throws Exception {
        forEachCase(
                "renumbered",
                (random, arena, what) -> {
                    BlockModel model = random(random);
                    int[] layers = random.ints(LAYER_COUNT, 0, LAYER_COUNT).toArray();
                    int[] origins = random.ints(ORIGIN_COUNT, 0, ORIGIN_COUNT).toArray();
                    ExtentMap map = model.map(random, arena).renumbered(layers, origins, arena);
                    model.renumbered(layers, origins).requireSame(map, what);
                    requireRead(map, what);
                });
    }

    /// A zeroed page must never come back with the bytes of the parent.
    @Test
    void zeroOverDataIsZero() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap data = one(arena, 8, builder -> builder.data(0, 8, 0, 0, 0));
            ExtentMap zero =
                    one(
                            arena,
                            8,
                            builder -> {
                                builder.parent(0, 3);
                                builder.zero(3, 1, 1);
                                builder.parent(4, 4);
                            });
            ExtentMap result = zero.over(data, arena);
            assertEquals(3, result.extentCount());
            assertEquals(BlockPlace.ZERO, result.place(1));
            assertEquals(1, result.origin(1));
            // The rest of what was split lies farther on in its layer.
            assertEquals(4, result.storedBlock(2));
        }
    }

    /// That addresses touch is not enough: the blocks between would be read.
    @Test
    void neighboursWhoseStorageIsApartAreNotJoined() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap map =
                    one(
                            arena,
                            4,
                            builder -> {
                                builder.data(0, 2, 0, 0, 0);
                                builder.data(2, 1, 0, 3, 0);
                                builder.data(3, 1, 0, 4, 0);
                            });
            assertEquals(2, map.extentCount());
            assertEquals(3, map.storedBlock(1));
            assertEquals(4, map.endBlock(1));
        }
    }

    @Test
    void mapsOfDifferentLengthsAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap small = ExtentMap.ofParent(3, arena);
            ExtentMap large = ExtentMap.ofParent(4, arena);
            assertThrows(IllegalArgumentException.class, () -> small.over(large, arena));
            assertThrows(IndexOutOfBoundsException.class, () -> small.slice(1, 3, arena));
        }
    }

    @Test
    void anOrdinalThatGoesNowhereIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap map = one(arena, 1, builder -> builder.data(0, 1, 0, 0, 0));
            int[] gone = {-1};
            int[] same = {0};
            assertThrows(IndexOutOfBoundsException.class, () -> map.renumbered(gone, same, arena));
            assertThrows(IndexOutOfBoundsException.class, () -> map.renumbered(same, gone, arena));
        }
    }

    static ExtentMap one(Arena arena, long blockCount, Consumer<ExtentMap.Builder> content) {
        try (ExtentMap.Builder builder = new ExtentMap.Builder(blockCount)) {
            content.accept(builder);
            return builder.build(arena);
        }
    }

    private static BlockModel random(SplittableRandom random) {
        return random(random, 1 + random.nextInt(random.nextBoolean() ? 6 : 60));
    }

    private static BlockModel random(SplittableRandom random, int blockCount) {
        return BlockModel.random(random, blockCount, LAYER_COUNT, ORIGIN_COUNT, STORED_BLOCK_COUNT);
    }

    /// A reader takes it as it is.
    private static void requireRead(ExtentMap map, String what) throws Exception {
        long[] storedBlockCounts = new long[LAYER_COUNT];
        Arrays.fill(storedBlockCounts, STORED_BLOCK_COUNT);
        ExtentMap.of(map.records(), map.blockCount(), storedBlockCounts, ORIGIN_COUNT, what);
    }

    private interface Case {
        void run(SplittableRandom random, Arena arena, String what) throws Exception;
    }

    private static void forEachCase(String name, Case one) throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println(name + ": seed " + seed + ", " + CASE_COUNT + " cases");
        for (int number = 0; number < CASE_COUNT; number++) {
            try (Arena arena = Arena.ofConfined()) {
                SplittableRandom random = new SplittableRandom(seed + number);
                one.run(random, arena, name + " " + number + " of seed " + seed);
            }
        }
    }
}

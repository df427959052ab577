package io.coldframe.cli.bench;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.LayerSums;
import io.coldframe.layer.LayerTable;
import io.coldframe.layer.Origin;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// A map of a million extents, as a chain of many generations has one: short runs of blocks, each
/// in a layer of its own choosing or zero.
///
/// **Lifetime.** Borrows the arena of the map.
///
/// @param map where every block is
/// @param stored how many blocks each layer stores
record ScatteredIndex(ExtentMap map, List<Long> stored) {

    private static final int EXTENT_COUNT = 1_000_000;
    private static final int LAYER_COUNT = 16;
    private static final int RUN_BLOCKS_MAX = 4;
    private static final long SEED = 0x1DE4L;

    /// Makes it, the same in every run.
    ///
    /// @param arena owns the memory
    static ScatteredIndex in(Arena arena) {
        int[] lengths =
                new SplittableRandom(SEED).ints(EXTENT_COUNT, 1, RUN_BLOCKS_MAX + 1).toArray();
        SplittableRandom random = new SplittableRandom(SEED);
        long[] stored = new long[LAYER_COUNT];
        try (ExtentMap.Builder builder = new ExtentMap.Builder(IntStream.of(lengths).sum())) {
            long first = 0;
            int layer = 0;
            for (int length : lengths) {
                // Never that of its neighbour, or they might be one extent.
                layer = (layer + 1 + random.nextInt(LAYER_COUNT)) % (LAYER_COUNT + 1);
                if (layer == LAYER_COUNT) {
                    builder.zero(first, length, 0);
                } else {
                    builder.data(first, length, layer, stored[layer], layer);
                    stored[layer] += length;
                }
                first += length;
            }
            return new ScatteredIndex(builder.build(arena), LongStream.of(stored).boxed().toList());
        }
    }

    /// The index with that map, which the caller closes.
    LayerIndex index() throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            LayerSums own =
                    LayerSums.of(
                            id(0),
                            PageSize.KIB_4,
                            arena.allocate(Integer.BYTES * stored.get(0)),
                            arena);
            return LayerIndex.of(table(own), map, Optional.of(own));
        }
    }

    private LayerTable table(LayerSums own) {
        List<LayerRef> layers = new ArrayList<>(List.of(own.ref()));
        List<Origin> origins = new ArrayList<>();
        for (int layer = 0; layer < LAYER_COUNT; layer++) {
            if (layer > 0) {
                byte[] name = ("layer " + layer).getBytes(StandardCharsets.UTF_8);
                layers.add(new LayerRef(id(layer), stored.get(layer), Sha256.of(name)));
            }
            origins.add(new Origin(id(layer), layer, Instant.ofEpochSecond(layer)));
        }
        long byteCount = PageSize.KIB_4.bytes(map.blockCount());
        return new LayerTable(PageSize.KIB_4, byteCount, Optional.empty(), layers, origins);
    }

    private static UUID id(int number) {
        return new UUID(SEED, number + 1L);
    }
}

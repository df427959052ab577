package io.coldframe.bench;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.LayerTable;
import io.coldframe.layer.Origin;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;

/// A map of short runs of blocks, each in another one of several layers than its neighbours: what a
/// chain of many generations comes to.
final class ScatteredMap {

    private static final int LAYER_COUNT = 16;
    private static final int RUN_BLOCKS_MAX = 4;
    private static final long SEED = 1;

    private ScatteredMap() {}

    static ExtentMap of(int extentCount, Arena arena) {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] lengths = random.ints(extentCount, 1, RUN_BLOCKS_MAX + 1).toArray();
        try (ExtentMap.Builder builder = new ExtentMap.Builder(IntStream.of(lengths).sum())) {
            long first = 0;
            int layer = 0;
            for (int length : lengths) {
                layer = (layer + 1 + random.nextInt(LAYER_COUNT - 1)) % LAYER_COUNT;
                builder.data(first, length, layer, first, 0);
                first += length;
            }
            return builder.build(arena);
        }
    }

    /// The index with such a map, which the caller closes.
    static LayerIndex index(int extentCount) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap map = of(extentCount, arena);
            List<LayerRef> layers = new ArrayList<>();
            for (int layer = 0; layer < LAYER_COUNT; layer++) {
                layers.add(
                        new LayerRef(
                                new UUID(SEED, layer + 1L),
                                map.blockCount(),
                                Sha256.of(new byte[] {(byte) layer})));
            }
            LayerTable table =
                    new LayerTable(
                            PageSize.KIB_4,
                            PageSize.KIB_4.bytes(map.blockCount()),
                            Optional.empty(),
                            layers,
                            List.of(new Origin(new UUID(SEED, 1), 0, Instant.EPOCH)));
            return LayerIndex.of(table, map, Optional.empty());
        }
    }
}

package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;

/// A map as plain arrays, an entry for each block: slow, and too simple to be wrong. It is the
/// judge of [ExtentMap].
final class BlockModel {
    static final int ZERO = -1;
    static final int PARENT = -2;

    // The layer of each block, or ZERO, or PARENT.
    final int[] layers;
    final long[] storedBlocks;
    final int[] origins;

    BlockModel(int blockCount) {
        layers = new int[blockCount];
        storedBlocks = new long[blockCount];
        origins = new int[blockCount];
        Arrays.fill(layers, PARENT);
    }

    /// Runs of random lengths in random places, many of which touch what they could join.
    static BlockModel random(
            SplittableRandom random,
            int blockCount,
            int layerCount,
            int originCount,
            int storedBlockCount) {
        BlockModel model = new BlockModel(blockCount);
        int runMax = 1 + random.nextInt(random.nextBoolean() ? 4 : blockCount);
        long stored = 0;
        for (int at = 0; at < blockCount; ) {
            int end = Math.min(blockCount, at + 1 + random.nextInt(runMax));
            int place = random.nextInt(layerCount + 2) - 2;
            int origin = place == PARENT ? 0 : random.nextInt(originCount);
            if (random.nextBoolean() || stored + (end - at) > storedBlockCount) {
                stored = random.nextInt(Math.max(1, storedBlockCount - (end - at)));
            }
            for (; at < end; at++) {
                model.set(at, place, place < 0 ? 0 : stored++, origin);
            }
        }
        return model;
    }

    void set(int block, int layer, long storedBlock, int origin) {
        layers[block] = layer;
        storedBlocks[block] = storedBlock;
        origins[block] = origin;
    }

    int blockCount() {
        return layers.length;
    }

    /// The map of it, each block given alone or in whatever runs.
    ExtentMap map(SplittableRandom random, Arena arena) {
        try (ExtentMap.Builder builder = new ExtentMap.Builder(blockCount())) {
            for (int at = 0; at < blockCount(); ) {
                int end = at + 1;
                while (end < blockCount() && continues(end) && random.nextInt(4) != 0) {
                    end++;
                }
                switch (layers[at]) {
                    case ZERO -> builder.zero(at, end - at, origins[at]);
                    case PARENT -> builder.parent(at, end - at);
                    default ->
                            builder.data(at, end - at, layers[at], storedBlocks[at], origins[at]);
                }
                at = end;
            }
            return builder.build(arena);
        }
    }

    /// Whether a block says the same as the one before it.
    private boolean continues(int block) {
        return layers[block] == layers[block - 1]
                && origins[block] == origins[block - 1]
                && (layers[block] < 0 || storedBlocks[block] == storedBlocks[block - 1] + 1);
    }

    /// How many extents it takes, and not one less.
    int extentCount() {
        int count = Math.min(1, blockCount());
        for (int block = 1; block < blockCount(); block++) {
            count += continues(block) ? 0 : 1;
        }
        return count;
    }

    BlockModel over(BlockModel below) {
        BlockModel result = new BlockModel(blockCount());
        for (int block = 0; block < blockCount(); block++) {
            BlockModel from = layers[block] == PARENT ? below : this;
            result.set(block, from.layers[block], from.storedBlocks[block], from.origins[block]);
        }
        return result;
    }

    BlockModel slice(int firstBlock, int blockCount) {
        BlockModel result = new BlockModel(blockCount);
        for (int block = 0; block < blockCount; block++) {
            int from = firstBlock + block;
            result.set(block, layers[from], storedBlocks[from], origins[from]);
        }
        return result;
    }

    BlockModel renumbered(int[] newLayers, int[] newOrigins) {
        BlockModel result = new BlockModel(blockCount());
        for (int block = 0; block < blockCount(); block++) {
            int layer = layers[block];
            result.set(
                    block,
                    layer < 0 ? layer : newLayers[layer],
                    storedBlocks[block],
                    layer == PARENT ? 0 : newOrigins[origins[block]]);
        }
        return result;
    }

    /// Asks a map for every block, and holds it to the fewest extents.
    void requireSame(ExtentMap map, String what) {
        assertEquals(blockCount(), map.blockCount(), what);
        assertEquals(extentCount(), map.extentCount(), what);
        for (int block = 0; block < blockCount(); block++) {
            int extent = map.find(block);
            boolean isHeld = map.firstBlock(extent) <= block && block < map.endBlock(extent);
            int layer =
                    switch (map.place(extent)) {
                        case DATA -> map.layer(extent);
                        case ZERO -> ZERO;
                        case PARENT -> PARENT;
                    };
            long stored = layer < 0 ? 0 : map.storedBlock(extent) + block - map.firstBlock(extent);
            if (!isHeld
                    || layer != layers[block]
                    || map.layer(extent) != Math.max(-1, layer)
                    || stored != storedBlocks[block]
                    || (layer < 0 && map.storedBlock(extent) != 0)
                    || map.origin(extent) != origins[block]) {
                throw new AssertionError(what + ": block " + block + " is in extent " + extent);
            }
        }
    }
}

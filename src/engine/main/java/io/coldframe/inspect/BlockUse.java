package io.coldframe.inspect;

import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.memory.PageSize;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Counts who reads which stored block: a bit a block for the first reader, and one for any other.
/// A layer has at most 2^30 blocks, so it takes no more than 256 MiB, and 16 MiB for 256 GiB.
///
/// **Threads.** One.
final class BlockUse {

    private final Map<UUID, Layer> layers = new LinkedHashMap<>();

    /// The blocks of one layer.
    static final class Layer {
        private final LayerRef ref;
        private final PageSize blockSize;
        private final BitSet read = new BitSet();
        private final BitSet readByOthers = new BitSet();
        private int readerCount;

        private Layer(LayerRef ref, PageSize blockSize) {
            this.ref = ref;
            this.blockSize = blockSize;
        }

        LayerRef ref() {
            return ref;
        }

        PageSize blockSize() {
            return blockSize;
        }

        /// How many snapshots read any of it.
        int readerCount() {
            return readerCount;
        }

        long readBlocks() {
            return read.cardinality();
        }

        /// How many of these more than one snapshot reads.
        long sharedBlocks(BitSet blocks) {
            BitSet shared = (BitSet) blocks.clone();
            shared.and(readByOthers);
            return shared.cardinality();
        }

        private void add(BitSet own) {
            readerCount++;
            BitSet again = (BitSet) own.clone();
            again.and(read);
            readByOthers.or(again);
            read.or(own);
        }
    }

    /// What one snapshot reads of one layer.
    static final class Reading {
        private final BitSet blocks = new BitSet();
        private int extentCount;

        private void add(long firstStored, long blockCount) {
            int first = Math.toIntExact(firstStored);
            blocks.set(first, Math.toIntExact(first + blockCount));
            extentCount++;
        }

        /// Which of the layer's blocks.
        BitSet blocks() {
            return blocks;
        }

        /// In how many pieces they lie.
        int extentCount() {
            return extentCount;
        }
    }

    /// Another snapshot, which reads the layers of its index.
    Map<UUID, Reading> add(LayerIndex index) {
        Map<UUID, Reading> readings = readings(index);
        for (LayerRef ref : index.layers()) {
            Layer layer = layers.computeIfAbsent(ref.id(), _ -> new Layer(ref, index.blockSize()));
            if (readings.containsKey(ref.id())) {
                layer.add(readings.get(ref.id()).blocks());
            }
        }
        return readings;
    }

    private static Map<UUID, Reading> readings(LayerIndex index) {
        ExtentMap map = index.map();
        List<UUID> ids = index.layers().stream().map(LayerRef::id).toList();
        Map<UUID, Reading> readings = new HashMap<>();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.place(extent) == BlockPlace.DATA) {
                UUID layer = ids.get(map.layer(extent));
                long blockCount = map.endBlock(extent) - map.firstBlock(extent);
                readings.computeIfAbsent(layer, _ -> new Reading())
                        .add(map.storedBlock(extent), blockCount);
            }
        }
        return readings;
    }

    /// All layers that were named, in the order in which they were.
    Collection<Layer> layers() {
        return layers.values();
    }
}

package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// What lies in the same place of the same layer is equal, and nothing else is taken for it.
final class ChangedBlocksTest {

    private static LayerIndex ofOneBlock(LayerRef layer) throws SnapshotException {
        LayerTable table =
                new LayerTable(
                        PageSize.KIB_4,
                        PageSize.KIB_4.bytes(),
                        Optional.empty(),
                        List.of(layer),
                        List.of(IndexSamples.origin(0)));
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder map = new ExtentMap.Builder(1)) {
            map.data(0, 1, 0, 0, 0);
            return LayerIndex.of(table, map.build(arena), Optional.empty());
        }
    }

    private static int changedCount(LayerRef now, LayerRef before) throws SnapshotException {
        BitSet changed = new BitSet();
        try (LayerIndex newer = ofOneBlock(now);
                LayerIndex older = ofOneBlock(before)) {
            new ChangedBlocks(newer, older).mark(0, 1, changed);
        }
        return changed.cardinality();
    }

    @Test
    void aLayerOfTheSameIdWithOtherSumsIsAnotherLayer() throws SnapshotException {
        LayerRef layer = IndexSamples.ref(1, 1);
        LayerRef other = new LayerRef(layer.id(), 1, Sha256.stored(new byte[Sha256.BYTE_COUNT]));
        assertEquals(0, changedCount(layer, layer));
        assertEquals(1, changedCount(layer, other));
    }
}

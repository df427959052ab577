package io.coldframe.layer;

import java.lang.foreign.Arena;
import java.util.Objects;

/// What can be done with maps: laid over each other, cut, renumbered. Each result is a map, said in
/// the one way; each operation goes over its maps once.
final class ExtentAlgebra {

    private ExtentAlgebra() {}

    /// The one above wins; what is its parent's is as it is below.
    static ExtentMap over(ExtentMap above, ExtentMap below, Arena arena) {
        if (above.blockCount() != below.blockCount()) {
            throw new IllegalArgumentException(
                    "%d blocks over %d".formatted(above.blockCount(), below.blockCount()));
        }
        // Every extent of the result begins where one of the two does.
        long extentsMost = (long) above.extentCount() + below.extentCount();
        try (ExtentBuffer result = new ExtentBuffer(extentsMost)) {
            int lower = 0;
            for (int upper = 0; upper < above.extentCount(); upper++) {
                long end = above.endBlock(upper);
                if (above.place(upper) == BlockPlace.PARENT) {
                    lower = copy(below, lower, end, result);
                } else {
                    copyExtent(above, upper, end, result);
                }
                while (lower < below.extentCount() && below.endBlock(lower) <= end) {
                    lower++;
                }
            }
            return result.build(arena);
        }
    }

    /// The part that begins at a block, as an address space of its own.
    static ExtentMap slice(ExtentMap map, long firstBlock, long blockCount, Arena arena) {
        Objects.checkFromIndexSize(firstBlock, blockCount, map.blockCount());
        try (ExtentBuffer result = new ExtentBuffer()) {
            long end = firstBlock + blockCount;
            int extent = blockCount == 0 ? 0 : map.find(firstBlock);
            while (result.endBlock() < blockCount) {
                long from = firstBlock + result.endBlock();
                addPart(map, extent, from, Math.min(map.endBlock(extent), end), result);
                extent++;
            }
            return result.build(arena);
        }
    }

    /// The same with other ordinals. Two that become one may join what was apart.
    static ExtentMap renumbered(ExtentMap map, int[] layers, int[] origins, Arena arena) {
        try (ExtentBuffer result = new ExtentBuffer(map.extentCount())) {
            for (int extent = 0; extent < map.extentCount(); extent++) {
                int place = ExtentRecord.ordinal(map.firstWord(extent));
                long second = map.secondWord(extent);
                if (place != ExtentRecord.PLACE_PARENT) {
                    int origin = origins[ExtentRecord.ordinal(second)];
                    Objects.checkIndex(origin, ExtentRecord.ORDINALS_MAX);
                    second = ExtentRecord.word(ExtentRecord.block(second), origin);
                }
                if (place >= ExtentRecord.PLACE_LAYERS) {
                    int layer = layers[place - ExtentRecord.PLACE_LAYERS];
                    Objects.checkIndex(layer, ExtentRecord.LAYERS_MAX);
                    place = ExtentRecord.PLACE_LAYERS + layer;
                }
                result.add(map.endBlock(extent) - map.firstBlock(extent), place, second);
            }
            return result.build(arena);
        }
    }

    /// From where the result ends to `end`, beginning in an extent.
    ///
    /// @return the extent in which it ended
    private static int copy(ExtentMap from, int extent, long end, ExtentBuffer result) {
        int at = extent;
        while (true) {
            long partEnd = Math.min(from.endBlock(at), end);
            copyExtent(from, at, partEnd, result);
            if (partEnd == end) {
                return at;
            }
            at++;
        }
    }

    /// An extent, from where the result ends to `end`.
    private static void copyExtent(ExtentMap from, int extent, long end, ExtentBuffer result) {
        addPart(from, extent, result.endBlock(), end, result);
    }

    /// The blocks of an extent from `first` to `end`: where they are stored shifts with them.
    private static void addPart(
            ExtentMap from, int extent, long first, long end, ExtentBuffer result) {
        int place = ExtentRecord.ordinal(from.firstWord(extent));
        long second =
                ExtentRecord.shifted(
                        place, from.secondWord(extent), first - from.firstBlock(extent));
        result.add(end - first, place, second);
    }
}

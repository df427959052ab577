package io.coldframe.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/// What a layer must be, by plain arrays and one loop: the judge of [LayerWriter].
final class PlainLayer {
    final List<BlockPlace> places = new ArrayList<>();
    final List<Integer> sums = new ArrayList<>();
    final byte[] stored;
    int unchangedBlocks;
    int cleanBlocks;

    /// @param memory the new bytes
    /// @param parent the old bytes; none at all if there is no parent
    /// @param clean the blocks that nobody looks at
    PlainLayer(byte[] memory, byte[] parent, BitSet clean, int blockBytes) {
        byte[] packed = new byte[memory.length + blockBytes];
        int packedBytes = 0;
        for (int from = 0; from < memory.length; from += blockBytes) {
            byte[] block = block(memory, from, blockBytes);
            if (clean.get(from / blockBytes)) {
                places.add(BlockPlace.PARENT);
                cleanBlocks++;
            } else if (parent.length > 0 && Arrays.equals(block, block(parent, from, blockBytes))) {
                places.add(BlockPlace.PARENT);
                unchangedBlocks++;
            } else if (Arrays.equals(block, new byte[blockBytes])) {
                places.add(BlockPlace.ZERO);
            } else {
                places.add(BlockPlace.DATA);
                CRC32C sum = new CRC32C();
                sum.update(block);
                sums.add((int) sum.getValue());
                System.arraycopy(block, 0, packed, packedBytes, blockBytes);
                packedBytes += blockBytes;
            }
        }
        stored = Arrays.copyOf(packed, packedBytes);
    }

    /// A whole block, with zeros behind a short last one.
    private static byte[] block(byte[] memory, int from, int blockBytes) {
        byte[] block = new byte[blockBytes];
        System.arraycopy(memory, from, block, 0, Math.min(blockBytes, memory.length - from));
        return block;
    }

    int count(BlockPlace place) {
        return (int) places.stream().filter(each -> each == place).count();
    }
}

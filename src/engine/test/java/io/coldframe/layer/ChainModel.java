package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.CRC32C;

/// A generation of which every block lies somewhere, at random, and the same in a plain array.
final class ChainModel {

    private static final int ORIGIN_COUNT = 3;

    private final LayerPile pile;
    private final LayerIndex index;
    private final byte[] bytes;
    private final BlockPlace[] places;
    private final byte[] base;

    private ChainModel(
            LayerPile pile, LayerIndex index, byte[] bytes, BlockPlace[] places, byte[] base) {
        this.pile = pile;
        this.index = index;
        this.bytes = bytes;
        this.places = places;
        this.base = base;
    }

    /// A memory of random runs: of layers, in whatever order they store them, zeros and, if there
    /// is a base, that.
    static ChainModel random(LayerPile pile, int byteCount, byte[] base, Random random)
            throws IOException {
        int blockBytes = pile.block.bytes();
        int blockCount = (int) pile.block.pageCount(byteCount);
        byte[] padded = new byte[blockCount * blockBytes];
        BlockPlace[] places = new BlockPlace[blockCount];
        // Runs of one block make every border; longer ones make reads of more than a span.
        int runMax = 1 << random.nextInt(12);
        try (ExtentMap.Builder builder = new ExtentMap.Builder(blockCount);
                Arena arena = Arena.ofConfined()) {
            for (int at = 0; at < blockCount; ) {
                int count = Math.min(blockCount - at, 1 + random.nextInt(runMax));
                int origin = random.nextInt(ORIGIN_COUNT);
                int kind = random.nextInt(base.length > 0 ? 4 : 3);
                int layer = random.nextInt(pile.count());
                int stored = pile.content(layer).length / blockBytes;
                BlockPlace place = BlockPlace.DATA;
                if (kind == 3) {
                    place = BlockPlace.PARENT;
                    builder.parent(at, count);
                    int end = Math.min(byteCount, (at + count) * blockBytes);
                    int from = at * blockBytes;
                    System.arraycopy(base, from, padded, from, end - from);
                } else if (kind == 2 || stored == 0) {
                    place = BlockPlace.ZERO;
                    builder.zero(at, count, origin);
                } else {
                    int first = random.nextInt(stored);
                    count = Math.min(count, stored - first);
                    builder.data(at, count, layer, first, origin);
                    System.arraycopy(
                            pile.content(layer),
                            first * blockBytes,
                            padded,
                            at * blockBytes,
                            count * blockBytes);
                }
                Arrays.fill(places, at, at + count, place);
                at += count;
            }
            LayerTable table =
                    new LayerTable(
                            pile.block,
                            byteCount,
                            base.length > 0 ? Optional.of(IndexSamples.BASE) : Optional.empty(),
                            pile.refs(),
                            List.of(
                                    IndexSamples.origin(0),
                                    IndexSamples.origin(1),
                                    IndexSamples.origin(2)));
            // With the sums of one of the layers beside it, or of none.
            int own = random.nextInt(pile.count() + 1) - 1;
            LayerIndex index =
                    LayerIndex.of(
                            table,
                            builder.build(arena),
                            own < 0 ? Optional.empty() : Optional.of(pile.sums(own)));
            return new ChainModel(pile, index, Arrays.copyOf(padded, byteCount), places, base);
        }
    }

    LayerIndex index() {
        return index;
    }

    /// What the memory must be.
    byte[] bytes() {
        return bytes;
    }

    /// The index is the chain's from now on, so this is done once.
    LayerChain open() throws SnapshotException {
        Optional<PageSource> below =
                index.base().isPresent() ? Optional.of(sourceOf(base)) : Optional.empty();
        return LayerChain.open(index, pile::find, below);
    }

    /// An array as a memory.
    static PageSource sourceOf(byte[] bytes) {
        return new PageSource() {
            @Override
            public long byteCount() {
                return bytes.length;
            }

            @Override
            public void read(long imageOffset, MemorySegment target) {
                Objects.checkFromIndexSize(imageOffset, target.byteSize(), bytes.length);
                MemorySegment.copy(
                        MemorySegment.ofArray(bytes), imageOffset, target, 0, target.byteSize());
            }
        };
    }

    /// Reads a range, and compares it.
    void assertRange(PageSource chain, int from, int end) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(Math.max(1, end - from)).asSlice(0, end - from);
            target.fill((byte) 0xA5);
            chain.read(from, target);
            assertArrayEquals(
                    Arrays.copyOfRange(bytes, from, end), target.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /// Every block has the sum that it should have, or none.
    void assertSums(LayerChain chain) {
        int blockBytes = pile.block.bytes();
        for (int each = 0; each < places.length; each++) {
            OptionalInt expected = OptionalInt.empty();
            if (places[each] == BlockPlace.DATA && (each + 1) * blockBytes <= bytes.length) {
                CRC32C crc = new CRC32C();
                crc.update(bytes, each * blockBytes, blockBytes);
                expected = OptionalInt.of((int) crc.getValue());
            }
            assertEquals(expected, chain.sum(each));
        }
    }
}

package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.MutationTarget;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Changed indexes.
public final class LayerIndexMutations implements MutationTarget {
    private static final int LARGE_BYTES = 8 << 20;

    /// Made by name.
    public LayerIndexMutations() {}

    @Override
    public List<byte[]> samples() throws SnapshotException {
        return List.copyOf(IndexSamples.all().values());
    }

    @Override
    public void decode(byte[] input, Object resource) throws SnapshotException {
        MemorySegment bytes = MemorySegment.ofArray(input);
        try (LayerIndex index = LayerIndex.decode(bytes, resource)) {
            walk(index);
            if (isOfThisRelease(input)) {
                try (LayerIndex again = LayerIndex.of(index.table(), index.map(), index.sums())) {
                    assertEquals(-1, again.encoded().mismatch(bytes), "it is written otherwise");
                }
            }
        }
    }

    /// Every block of a small map, and every extent, is somewhere.
    private static void walk(LayerIndex index) {
        ExtentMap map = index.map();
        long next = 0;
        for (int extent = 0; extent < map.extentCount(); extent++) {
            assertEquals(next, map.firstBlock(extent));
            next = map.endBlock(extent);
            assertEquals(extent, map.find(map.firstBlock(extent)));
            assertEquals(extent, map.find(next - 1));
            switch (map.place(extent)) {
                case DATA -> index.layers().get(map.layer(extent));
                case ZERO -> index.origins().get(map.origin(extent));
                case PARENT -> assertTrue(index.base().isPresent());
            }
        }
        assertEquals(next, index.blockCount());
    }

    /// What a later minor version has written is read, and can't be written again.
    private static boolean isOfThisRelease(byte[] input) {
        MemorySegment bytes = MemorySegment.ofArray(input);
        if (bytes.get(Bytes.U16, 10) != 0) {
            return false;
        }
        int count = bytes.get(Bytes.U32, 52);
        long last = IndexHeader.BYTE_COUNT + (count - 1L) * IndexSections.ENTRY_BYTES;
        return bytes.get(Bytes.U32, last) > 0;
    }

    @Override
    public byte[] sealed(byte[] input) {
        return IndexSeals.sealed(input);
    }

    @Override
    public List<Supplier<byte[]>> worst() {
        return List.of(
                LayerIndexMutations::manyExtents,
                LayerIndexMutations::manyOrigins,
                () -> new byte[LARGE_BYTES]);
    }

    private static byte[] manyExtents() {
        try (LayerIndex index = IndexSamples.ofManyExtents(LARGE_BYTES / ExtentMap.RECORD_BYTES)) {
            return IndexSamples.bytes(index);
        } catch (SnapshotException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] manyOrigins() {
        int count = LARGE_BYTES / (ExtentMap.RECORD_BYTES + TableEntries.ORIGIN_BYTES);
        List<Origin> origins = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            origins.add(IndexSamples.origin(number));
        }
        LayerTable table =
                new LayerTable(PageSize.KIB_4, count * 4096L, Optional.empty(), List.of(), origins);
        Consumer<ExtentMap.Builder> content =
                builder -> {
                    for (int block = 0; block < count; block++) {
                        builder.zero(block, 1, block);
                    }
                };
        try (Arena arena = Arena.ofConfined();
                LayerIndex index =
                        LayerIndex.of(
                                table,
                                ExtentAlgebraTest.one(arena, count, content),
                                Optional.empty())) {
            return IndexSamples.bytes(index);
        } catch (SnapshotException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void decodeWorst(byte[] input, Object resource) throws SnapshotException {
        LayerIndex.decode(MemorySegment.ofArray(input), resource).close();
    }

    @Override
    public List<Kind> kinds() {
        return List.of(Kind.CORRUPT, Kind.UNSUPPORTED);
    }
}

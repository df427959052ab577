package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// Indexes of every shape, always the same bytes.
final class IndexSamples {
    static final UUID BASE = new UUID(0x0BA5_E000_0000_7000L, 0x8000_0000_0000_0001L);

    private IndexSamples() {}

    /// The encoded bytes of each, by what it is.
    static Map<String, byte[]> all() throws SnapshotException {
        Map<String, byte[]> samples = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined();
                LayerIndex first = first();
                LayerIndex second = second(first);
                LayerIndex onBase = onBase();
                LayerIndex bare = compacted(second);
                LayerIndex alone = LayerIndex.layerOnly(sums(7, 3, arena))) {
            samples.put("a first generation", bytes(first));
            samples.put("a second generation", bytes(second));
            samples.put("a generation on an image", bytes(onBase));
            samples.put("an index without a layer beside it", bytes(bare));
            samples.put("a layer alone", bytes(alone));
        }
        return samples;
    }

    /// The encoded bytes of one of [#all()].
    static byte[] named(String what) throws SnapshotException {
        return Objects.requireNonNull(all().get(what));
    }

    static byte[] bytes(LayerIndex index) {
        return index.encoded().toArray(ValueLayout.JAVA_BYTE);
    }

    static UUID layerId(int number) {
        return new UUID(0x0190_0000_0000_7000L + number, 0x8000_0000_0000_0000L + number);
    }

    static Origin origin(int number) {
        return new Origin(
                new UUID(0x0A0A_0000_0000_7000L + number, 0x8000_0000_0000_0000L + number),
                number,
                Instant.ofEpochSecond(1_700_000_000L + number, 123_456_789));
    }

    static LayerSums sums(int layer, int storedBlockCount, Arena arena) throws SnapshotException {
        MemorySegment sums = arena.allocate(4L * storedBlockCount);
        for (int block = 0; block < storedBlockCount; block++) {
            sums.set(Bytes.U32, 4L * block, (layer << 16) | (block * 0x9E37));
        }
        return LayerSums.of(layerId(layer), PageSize.KIB_4, sums, arena);
    }

    /// The sums of some layer that are not at hand.
    static LayerRef ref(int layer, long storedBlockCount) {
        byte[] text = ("layer " + layer).getBytes(StandardCharsets.UTF_8);
        return new LayerRef(layerId(layer), storedBlockCount, Sha256.of(text));
    }

    static LayerTable table(long byteCount, Optional<UUID> base, List<LayerRef> layers, int last) {
        List<Origin> origins = new ArrayList<>();
        for (int number = 0; number <= last; number++) {
            origins.add(origin(number));
        }
        return new LayerTable(PageSize.KIB_4, byteCount, base, layers, origins);
    }

    /// Ten blocks, the last of them short: five are data, the others zero.
    static LayerIndex first() throws SnapshotException {
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(10)) {
            builder.data(0, 3, 0, 0, 0);
            builder.zero(3, 4, 0);
            builder.data(7, 2, 0, 3, 0);
            builder.zero(9, 1, 0);
            LayerSums sums = sums(1, 5, arena);
            return LayerIndex.of(
                    table(9 * 4096 + 100, Optional.empty(), List.of(sums.ref()), 0),
                    builder.build(arena),
                    Optional.of(sums));
        }
    }

    static LayerIndex second(LayerIndex first) throws SnapshotException {
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(10)) {
            builder.parent(0, 1);
            builder.zero(1, 1, 0);
            builder.parent(2, 2);
            builder.data(4, 1, 0, 0, 0);
            builder.parent(5, 4);
            builder.data(9, 1, 0, 1, 0);
            return LayerIndex.next(first, builder.build(arena), sums(2, 2, arena), origin(1));
        }
    }

    static LayerIndex onBase() throws SnapshotException {
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(6)) {
            builder.parent(0, 2);
            builder.data(2, 1, 0, 0, 0);
            builder.zero(3, 1, 0);
            builder.parent(4, 2);
            LayerSums sums = sums(3, 1, arena);
            return LayerIndex.of(
                    table(6 * 4096, Optional.of(BASE), List.of(sums.ref()), 0),
                    builder.build(arena),
                    Optional.of(sums));
        }
    }

    /// Data and zeros by turns, a block each.
    static LayerIndex ofManyExtents(int extentCount) throws SnapshotException {
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(extentCount)) {
            for (int block = 0; block < extentCount; block++) {
                if (block % 2 == 0) {
                    builder.data(block, 1, 0, 0, 0);
                } else {
                    builder.zero(block, 1, 0);
                }
            }
            LayerTable table = table(extentCount * 4096L, Optional.empty(), List.of(ref(1, 1)), 0);
            return LayerIndex.of(table, builder.build(arena), Optional.empty());
        }
    }

    /// The same map as that of an index, with nothing beside it.
    static LayerIndex compacted(LayerIndex index) throws SnapshotException {
        return LayerIndex.of(index.table(), index.map(), Optional.empty());
    }
}

package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Set;
import java.util.UUID;

/// What the ordinals of a map stand for, as an index says it.
///
/// ```
///  a layer: 64 bytes                      an origin: 32 bytes
///  offset  bytes  field                   offset  bytes  field
///       0     16  id                           0     16  snapshotId
///      16      8  storedBlockCount            16      8  seconds     since 1970
///      24     32  sumsDigest                  24      4  nanos
///      56      8  reserved, zero              28      4  generation
/// ```
final class TableEntries {

    static final int LAYER_BYTES = 64;
    static final int ORIGIN_BYTES = 32;

    static final long LAYERS_BYTES_MAX = (long) LayerIndex.LAYERS_MAX * LAYER_BYTES;
    static final long ORIGINS_BYTES_MAX = (long) LayerIndex.ORIGINS_MAX * ORIGIN_BYTES;

    private static final long COUNT_AT = 16;
    private static final long DIGEST_AT = 24;
    private static final long RESERVED_AT = 56;

    private static final long SECONDS_AT = 16;
    private static final long NANOS_AT = 24;
    private static final long GENERATION_AT = 28;

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private TableEntries() {}

    static void setLayer(MemorySegment section, int layer, LayerRef ref) {
        MemorySegment entry = section.asSlice((long) layer * LAYER_BYTES, LAYER_BYTES);
        Bytes.setUuid(entry, 0, ref.id());
        entry.set(Bytes.U64, COUNT_AT, ref.storedBlockCount());
        MemorySegment.copy(
                ref.sumsDigest().bytes(),
                0,
                entry,
                ValueLayout.JAVA_BYTE,
                DIGEST_AT,
                Sha256.BYTE_COUNT);
    }

    static List<LayerRef> layers(MemorySegment section, Object resource) throws SnapshotException {
        long count = count(section, LAYER_BYTES, LayerIndex.LAYERS_MAX, "layers", resource);
        List<LayerRef> layers = new ArrayList<>((int) count);
        Set<UUID> ids = new HashSet<>();
        for (int layer = 0; layer < count; layer++) {
            MemorySegment entry = section.asSlice((long) layer * LAYER_BYTES, LAYER_BYTES);
            UUID id = id(entry, "layer", layer, resource);
            long storedBlockCount = entry.get(Bytes.U64, COUNT_AT);
            if (!ids.add(id)
                    || storedBlockCount < 0
                    || storedBlockCount > LayerSums.STORED_BLOCKS_MAX
                    || entry.get(Bytes.U64, RESERVED_AT) != 0) {
                throw IndexHeader.encoding(
                        "layer %d is %s, of %d blocks".formatted(layer, id, storedBlockCount),
                        resource);
            }
            byte[] digest =
                    entry.asSlice(DIGEST_AT, Sha256.BYTE_COUNT).toArray(ValueLayout.JAVA_BYTE);
            layers.add(new LayerRef(id, storedBlockCount, Sha256.stored(digest)));
        }
        return List.copyOf(layers);
    }

    static void setOrigin(MemorySegment section, int origin, Origin value) {
        MemorySegment entry = section.asSlice((long) origin * ORIGIN_BYTES, ORIGIN_BYTES);
        Instant createdAt = value.createdAt();
        Bytes.setUuid(entry, 0, value.snapshotId());
        entry.set(Bytes.U64, SECONDS_AT, createdAt.getEpochSecond());
        entry.set(Bytes.U32, NANOS_AT, createdAt.getNano());
        entry.set(Bytes.U32, GENERATION_AT, value.generation());
    }

    /// Origins, each made when it is asked for: there may be a million, and their bytes lie off the
    /// heap.
    static List<Origin> origins(MemorySegment section, Object resource) throws SnapshotException {
        long count = count(section, ORIGIN_BYTES, LayerIndex.ORIGINS_MAX, "origins", resource);
        for (int origin = 0; origin < count; origin++) {
            MemorySegment entry = section.asSlice((long) origin * ORIGIN_BYTES, ORIGIN_BYTES);
            id(entry, "origin", origin, resource);
            long seconds = entry.get(Bytes.U64, SECONDS_AT);
            int nanos = entry.get(Bytes.U32, NANOS_AT);
            int generation = entry.get(Bytes.U32, GENERATION_AT);
            if (seconds < Instant.MIN.getEpochSecond()
                    || seconds > Instant.MAX.getEpochSecond()
                    || nanos < 0
                    || nanos >= NANOS_PER_SECOND
                    || generation < 0) {
                throw IndexHeader.encoding(
                        "origin %d of generation %d was made at second %d and %d ns"
                                .formatted(origin, generation, seconds, nanos),
                        resource);
            }
        }
        return new StoredOrigins(section, (int) count);
    }

    private static long count(
            MemorySegment section, int entryBytes, int countMax, String what, Object resource)
            throws SnapshotException {
        long count = section.byteSize() / entryBytes;
        if (section.byteSize() % entryBytes != 0) {
            throw IndexHeader.encoding(
                    "%s in %d bytes".formatted(what, section.byteSize()), resource);
        }
        if (count > countMax) {
            throw IndexHeader.corrupt(
                    Reason.TOO_LARGE,
                    "%d %s; the most is %d".formatted(count, what, countMax),
                    resource);
        }
        return count;
    }

    private static UUID id(MemorySegment entry, String what, int ordinal, Object resource)
            throws SnapshotException {
        return Bytes.uuid(entry, 0)
                .orElseThrow(
                        () ->
                                IndexHeader.encoding(
                                        "%s %d has no id".formatted(what, ordinal), resource));
    }

    private static final class StoredOrigins extends AbstractList<Origin> implements RandomAccess {
        private final MemorySegment section;
        private final int count;

        StoredOrigins(MemorySegment section, int count) {
            this.section = section;
            this.count = count;
        }

        @Override
        public Origin get(int origin) {
            Objects.checkIndex(origin, count);
            MemorySegment entry = section.asSlice((long) origin * ORIGIN_BYTES, ORIGIN_BYTES);
            return new Origin(
                    Bytes.uuid(entry, 0).orElseThrow(),
                    entry.get(Bytes.U32, GENERATION_AT),
                    Instant.ofEpochSecond(
                            entry.get(Bytes.U64, SECONDS_AT), entry.get(Bytes.U32, NANOS_AT)));
        }

        @Override
        public int size() {
            return count;
        }
    }
}

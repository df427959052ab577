package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A relocation as bytes, so that whoever comes after a crash knows what was going on.
///
/// ```
///  offset  bytes  field
///       0      8  magic        "CFRELOC\0"
///       8      4  version      1
///      12      4  blockShift
///      16     16  newLayer     ids as RFC 4122 has them, all else little-endian
///      32      8  blockCount   blocks of the new layer
///      40      4  layerCount
///      44      4  generation   of the image
///      48     16  image        snapshot whose bytes are taken in; zero for none
///      64      8  byteCount    of the image
///      72      8  seconds      when the image was captured
///      80      4  nanos
///      84      4  reserved     zero
///      88     56  each layer: id 16, storedBlockCount 8, SHA-256 of its sums 32
///              8  each block of the new layer: ordinal of its layer << 40 | block
///              1  for each 8 blocks of the image: which of them are zero
///             32  SHA-256 of all bytes before
/// ```
final class RelocationFile {
    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long MAGIC = 0x00434f4c45524643L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 88;
    private static final int LAYER_BYTES = 56;
    private static final UUID NONE = new UUID(0, 0);

    // What the digest takes at a time.
    private static final long PIECE_BYTES = 1 << 20;

    private RelocationFile() {}

    static MemorySegment encode(Relocation relocation, Arena arena) {
        List<LayerRef> layers = relocation.layers();
        long baseBlocks = relocation.baseBlockCount();
        long byteCount = byteCount(layers.size(), relocation.blockCount(), baseBlocks);
        MemorySegment bytes = arena.allocate(byteCount, Long.BYTES);
        bytes.set(U64, 0, MAGIC);
        bytes.set(U32, 8, VERSION);
        bytes.set(U32, 12, relocation.blockSize().shift());
        setId(bytes, 16, relocation.newLayer());
        bytes.set(U64, 32, relocation.blockCount());
        bytes.set(U32, 40, layers.size());
        setBase(bytes, relocation);
        long at = HEADER_BYTES;
        for (LayerRef layer : layers) {
            setId(bytes, at, layer.id());
            bytes.set(U64, at + 16, layer.storedBlockCount());
            MemorySegment.copy(
                    layer.sumsDigest().bytes(),
                    0,
                    bytes,
                    ValueLayout.JAVA_BYTE,
                    at + 24,
                    Sha256.BYTE_COUNT);
            at += LAYER_BYTES;
        }
        for (long block = 0; block < relocation.blockCount(); block++, at += Long.BYTES) {
            bytes.set(U64, at, relocation.source(block));
        }
        for (long block = 0; block < baseBlocks; block++) {
            if (relocation.isBaseZero(block)) {
                setBit(bytes, at, block);
            }
        }
        byte[] digest = digest(bytes.asSlice(0, byteCount - Sha256.BYTE_COUNT)).bytes();
        MemorySegment.copy(
                digest,
                0,
                bytes,
                ValueLayout.JAVA_BYTE,
                byteCount - Sha256.BYTE_COUNT,
                Sha256.BYTE_COUNT);
        return bytes;
    }

    private static void setBase(MemorySegment bytes, Relocation relocation) {
        if (relocation.base().isPresent()) {
            Relocation.Base base = relocation.base().get();
            Instant createdAt = base.origin().createdAt();
            bytes.set(U32, 44, base.origin().generation());
            setId(bytes, 48, base.origin().snapshotId());
            bytes.set(U64, 64, base.byteCount());
            bytes.set(U64, 72, createdAt.getEpochSecond());
            bytes.set(U32, 80, createdAt.getNano());
        }
    }

    private static long byteCount(long layerCount, long blockCount, long baseBlocks) {
        return HEADER_BYTES
                + layerCount * LAYER_BYTES
                + blockCount * Long.BYTES
                + (baseBlocks + Byte.SIZE - 1) / Byte.SIZE
                + Sha256.BYTE_COUNT;
    }

    private static void setBit(MemorySegment bytes, long at, long bit) {
        long offset = at + bit / Byte.SIZE;
        byte with = (byte) (bytes.get(ValueLayout.JAVA_BYTE, offset) | 1 << bit % Byte.SIZE);
        bytes.set(ValueLayout.JAVA_BYTE, offset, with);
    }

    private static boolean isBitSet(MemorySegment bytes, long at, long bit) {
        byte held = bytes.get(ValueLayout.JAVA_BYTE, at + bit / Byte.SIZE);
        return (held >> bit % Byte.SIZE & 1) != 0;
    }

    // Big-endian, as RFC 4122 has it.
    private static void setId(MemorySegment bytes, long at, UUID id) {
        bytes.set(U64, at, Long.reverseBytes(id.getMostSignificantBits()));
        bytes.set(U64, at + 8, Long.reverseBytes(id.getLeastSignificantBits()));
    }

    private static UUID id(MemorySegment bytes, long at) {
        return new UUID(
                Long.reverseBytes(bytes.get(U64, at)), Long.reverseBytes(bytes.get(U64, at + 8)));
    }

    private static Sha256 digest(MemorySegment bytes) {
        MessageDigest digest = Sha256.algorithm();
        for (long at = 0; at < bytes.byteSize(); at += PIECE_BYTES) {
            long count = Math.min(PIECE_BYTES, bytes.byteSize() - at);
            digest.update(bytes.asSlice(at, count).asByteBuffer());
        }
        return Sha256.finish(digest);
    }

    static Relocation decode(MemorySegment bytes, Object resource) throws SnapshotException {
        if (bytes.byteSize() < HEADER_BYTES + Sha256.BYTE_COUNT) {
            throw corrupt(Reason.TOO_SHORT, bytes.byteSize() + " bytes", resource);
        }
        if (bytes.get(U64, 0) != MAGIC) {
            throw corrupt(Reason.MAGIC, "not the journal of a compaction", resource);
        }
        if (bytes.get(U32, 8) != VERSION) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "version %d of a journal".formatted(bytes.get(U32, 8)),
                    resource);
        }
        long bodyBytes = bytes.byteSize() - Sha256.BYTE_COUNT;
        byte[] stored = bytes.asSlice(bodyBytes).toArray(ValueLayout.JAVA_BYTE);
        if (!digest(bytes.asSlice(0, bodyBytes)).equals(Sha256.stored(stored))) {
            throw corrupt(Reason.CHECKSUM, "its SHA-256 is another", resource);
        }
        try {
            return decodeBody(bytes, resource);
        } catch (IllegalArgumentException | ArithmeticException nonsense) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.ENCODING,
                    "its values are impossible: " + nonsense.getMessage(),
                    resource,
                    nonsense);
        }
    }

    // The digest has vouched for the bytes, so that this defends against mistakes alone.
    private static Relocation decodeBody(MemorySegment bytes, Object resource)
            throws SnapshotException {
        PageSize blockSize = new PageSize(bytes.get(U32, 12));
        long blockCount = bytes.get(U64, 32);
        int layerCount = bytes.get(U32, 40);
        Optional<Relocation.Base> base = base(bytes);
        long baseBlocks = base.map(taken -> blockSize.pageCount(taken.byteCount())).orElse(0L);
        boolean isPossible =
                layerCount >= 0
                        && layerCount <= LayerIndex.LAYERS_MAX
                        && blockCount >= 0
                        && blockCount <= LayerSums.STORED_BLOCKS_MAX
                        && bytes.byteSize() == byteCount(layerCount, blockCount, baseBlocks);
        if (!isPossible) {
            throw corrupt(
                    Reason.ENCODING,
                    "%d layers, %d blocks, an image of %d blocks in %d bytes"
                            .formatted(layerCount, blockCount, baseBlocks, bytes.byteSize()),
                    resource);
        }
        List<LayerRef> layers = new ArrayList<>();
        for (int i = 0; i < layerCount; i++) {
            long at = HEADER_BYTES + (long) i * LAYER_BYTES;
            byte[] digest =
                    bytes.asSlice(at + 24, Sha256.BYTE_COUNT).toArray(ValueLayout.JAVA_BYTE);
            layers.add(new LayerRef(id(bytes, at), bytes.get(U64, at + 16), Sha256.stored(digest)));
        }
        Arena arena = Arena.ofShared();
        try {
            MemorySegment[] places = tables(layers, baseBlocks, arena);
            long at = HEADER_BYTES + (long) layerCount * LAYER_BYTES;
            readSources(bytes, at, blockCount, places, resource);
            at += blockCount * Long.BYTES;
            for (long block = 0; block < baseBlocks; block++) {
                if (isBitSet(bytes, at, block)) {
                    places[layerCount].setAtIndex(Relocation.PLACE, block, Relocation.IS_ZERO);
                }
            }
            return new Relocation(
                    arena, id(bytes, 16), blockSize, layers, base, places, blockCount);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    private static Optional<Relocation.Base> base(MemorySegment bytes) {
        UUID image = id(bytes, 48);
        if (image.equals(NONE)) {
            return Optional.empty();
        }
        Instant createdAt = Instant.ofEpochSecond(bytes.get(U64, 72), bytes.get(U32, 80));
        return Optional.of(
                new Relocation.Base(
                        new Origin(image, bytes.get(U32, 44), createdAt), bytes.get(U64, 64)));
    }

    static MemorySegment[] tables(List<LayerRef> layers, long baseBlocks, Arena arena) {
        MemorySegment[] places = new MemorySegment[layers.size() + 1];
        for (int i = 0; i < layers.size(); i++) {
            places[i] = table(layers.get(i).storedBlockCount(), arena);
        }
        places[layers.size()] = table(baseBlocks, arena);
        return places;
    }

    private static MemorySegment table(long count, Arena arena) {
        return arena.allocate(Relocation.PLACE, count);
    }

    private static void readSources(
            MemorySegment bytes, long at, long blockCount, MemorySegment[] places, Object resource)
            throws SnapshotException {
        for (long block = 0; block < blockCount; block++) {
            long source = bytes.get(U64, at + block * Long.BYTES);
            int layer = Relocation.sourceLayer(source);
            long index = Relocation.sourceBlock(source);
            boolean isFree =
                    layer >= 0
                            && layer < places.length
                            && index < places[layer].byteSize() / Relocation.PLACE.byteSize()
                            && places[layer].getAtIndex(Relocation.PLACE, index)
                                    == Relocation.UNREAD;
            if (!isFree) {
                throw corrupt(
                        Reason.ENCODING,
                        "block %d comes from block %d of layer %d".formatted(block, index, layer),
                        resource);
            }
            places[layer].setAtIndex(Relocation.PLACE, index, (int) (block + 1));
        }
    }

    private static SnapshotException corrupt(Reason reason, String what, Object resource) {
        return new SnapshotException(Kind.CORRUPT, reason, what, resource);
    }
}

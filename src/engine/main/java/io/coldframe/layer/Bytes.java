package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// How an index says numbers, ids and sums. The memory is this process's own, never a mapped file.
final class Bytes {

    static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    // The one field that is not little-endian: ids are written as they are read aloud.
    private static final ValueLayout.OfLong ID_HALF =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    // A buffer has an int of bytes; this many at a time lie in the second level cache.
    private static final long PIECE_BYTES = 1 << 20;

    private static final UUID NONE = new UUID(0, 0);

    private Bytes() {}

    static void setUuid(MemorySegment target, long at, UUID id) {
        target.set(ID_HALF, at, id.getMostSignificantBits());
        target.set(ID_HALF, at + Long.BYTES, id.getLeastSignificantBits());
    }

    /// Refuses the id that stands for none.
    static void requireId(UUID id) {
        if (id.equals(NONE)) {
            throw new IllegalArgumentException("an id of zeros");
        }
    }

    /// An id; empty where all of it is zero.
    static Optional<UUID> uuid(MemorySegment source, long at) {
        UUID id = new UUID(source.get(ID_HALF, at), source.get(ID_HALF, at + Long.BYTES));
        return id.equals(NONE) ? Optional.empty() : Optional.of(id);
    }

    static int crc(MemorySegment bytes, long offset, long byteCount) {
        CRC32C crc = new CRC32C();
        long end = offset + byteCount;
        for (long at = offset; at < end; at += PIECE_BYTES) {
            crc.update(bytes.asSlice(at, Math.min(PIECE_BYTES, end - at)).asByteBuffer());
        }
        return (int) crc.getValue();
    }

    static Sha256 sha256(MemorySegment bytes) {
        MessageDigest digest = Sha256.algorithm();
        long end = bytes.byteSize();
        for (long at = 0; at < end; at += PIECE_BYTES) {
            digest.update(bytes.asSlice(at, Math.min(PIECE_BYTES, end - at)).asByteBuffer());
        }
        return Sha256.finish(digest);
    }

    static void requireCrc(String part, int stored, int computed, Object resource)
            throws SnapshotException {
        if (stored != computed) {
            throw IndexHeader.corrupt(
                    Reason.CHECKSUM,
                    "the CRC-32C of the %s is 0x%08x, computed 0x%08x"
                            .formatted(part, stored, computed),
                    resource);
        }
    }
}

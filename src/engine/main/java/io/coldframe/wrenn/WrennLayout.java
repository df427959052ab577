package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/// Where the numbers of a `memfile.header` lie; [WrennHeader] has the picture.
final class WrennLayout {

    static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    // An id is a string of bytes, the first of them the most significant.
    private static final ValueLayout.OfLong HALF_ID =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final StructLayout ID =
            MemoryLayout.structLayout(HALF_ID.withName("high"), HALF_ID.withName("low"));

    private static final StructLayout HEADER =
            MemoryLayout.structLayout(
                    U64.withName("version"),
                    U64.withName("blockSize"),
                    U64.withName("byteCount"),
                    U64.withName("generation"),
                    ID.withName("buildId"),
                    ID.withName("baseBuildId"));

    private static final StructLayout RECORD =
            MemoryLayout.structLayout(
                    U64.withName("offset"),
                    U64.withName("byteCount"),
                    ID.withName("buildId"),
                    U64.withName("storageOffset"));

    static final int HEADER_BYTES = (int) HEADER.byteSize();
    static final int RECORD_BYTES = (int) RECORD.byteSize();

    static final long VERSION_AT = at(HEADER, "version");
    static final long BLOCK_SIZE_AT = at(HEADER, "blockSize");
    static final long BYTE_COUNT_AT = at(HEADER, "byteCount");
    static final long GENERATION_AT = at(HEADER, "generation");
    static final long BUILD_ID_AT = at(HEADER, "buildId");
    static final long BASE_BUILD_ID_AT = at(HEADER, "baseBuildId");

    private static final long RECORD_OFFSET_AT = at(RECORD, "offset");
    private static final long RECORD_BYTE_COUNT_AT = at(RECORD, "byteCount");
    private static final long RECORD_BUILD_ID_AT = at(RECORD, "buildId");
    private static final long RECORD_STORAGE_OFFSET_AT = at(RECORD, "storageOffset");

    static {
        if (HEADER_BYTES != 64
                || RECORD_BYTES != 40
                || BASE_BUILD_ID_AT != 48
                || RECORD_STORAGE_OFFSET_AT != 32) {
            throw new AssertionError("the header moved: " + HEADER + ", " + RECORD);
        }
    }

    private WrennLayout() {}

    private static long at(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    /// Refuses a length that no header with a record has.
    static void requireFileLength(long byteCount, Object resource) throws SnapshotException {
        if (byteCount < HEADER_BYTES + RECORD_BYTES) {
            throw corrupt(
                    Reason.TOO_SHORT,
                    "%d bytes, fewer than the %d of a header with one record"
                            .formatted(byteCount, HEADER_BYTES + RECORD_BYTES),
                    resource);
        }
        if ((byteCount - HEADER_BYTES) % RECORD_BYTES != 0) {
            throw corrupt(
                    Reason.TOO_SHORT,
                    "%d bytes end inside a record: %d and some of %d each"
                            .formatted(byteCount, HEADER_BYTES, RECORD_BYTES),
                    resource);
        }
    }

    static UUID id(MemorySegment bytes, long at) {
        return new UUID(bytes.get(HALF_ID, at), bytes.get(HALF_ID, at + Long.BYTES));
    }

    static void setId(MemorySegment bytes, long at, UUID id) {
        bytes.set(HALF_ID, at, id.getMostSignificantBits());
        bytes.set(HALF_ID, at + Long.BYTES, id.getLeastSignificantBits());
    }

    static long offset(MemorySegment records, int index) {
        return records.get(U64, recordAt(index) + RECORD_OFFSET_AT);
    }

    static UUID buildId(MemorySegment records, int index) {
        return id(records, recordAt(index) + RECORD_BUILD_ID_AT);
    }

    static WrennRecord record(MemorySegment records, int index) {
        long at = recordAt(index);
        return new WrennRecord(
                records.get(U64, at + RECORD_OFFSET_AT),
                records.get(U64, at + RECORD_BYTE_COUNT_AT),
                id(records, at + RECORD_BUILD_ID_AT),
                records.get(U64, at + RECORD_STORAGE_OFFSET_AT));
    }

    static void setRecord(MemorySegment records, int index, WrennRecord record) {
        long at = recordAt(index);
        records.set(U64, at + RECORD_OFFSET_AT, record.offset());
        records.set(U64, at + RECORD_BYTE_COUNT_AT, record.byteCount());
        setId(records, at + RECORD_BUILD_ID_AT, record.buildId());
        records.set(U64, at + RECORD_STORAGE_OFFSET_AT, record.storageOffset());
    }

    /// Where a record lies behind the header.
    static long recordAt(int index) {
        return (long) index * RECORD_BYTES;
    }

    static SnapshotException corrupt(Reason reason, String what, Object resource) {
        return new SnapshotException(Kind.CORRUPT, reason, what, resource);
    }
}

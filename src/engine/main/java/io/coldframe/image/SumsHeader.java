package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The first 64 bytes of encoded [ImageSums], little-endian.
///
/// ```
///  offset  bytes  field
///       0      8  magic         "CFSUMS\r\n"
///       8      4  version       1
///      12      4  kind          1 full, 2 diff
///      16      8  byteCount     of the image
///      24      4  pageShift     binary logarithm of the bytes of a page
///      28      4  blockShift    likewise of a block, not less
///      32      8  writtenPages  pages that the image holds
///      40      8  sumCount      sums that follow
///      48      8  reserved      zero
///      56      4  bodyCrc32c    of all bytes that follow the header
///      60      4  crc32c        of bytes 0 to 59
/// ```
///
/// @param kind what the image holds
/// @param byteCount its length
/// @param pageSize what is written or not as one
/// @param blockSize what has one sum
/// @param writtenPages how many pages it holds
/// @param sumCount how many sums follow
record SumsHeader(
        ImageSums.Kind kind,
        long byteCount,
        PageSize pageSize,
        PageSize blockSize,
        long writtenPages,
        long sumCount) {

    static final int BYTE_COUNT = 64;

    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    // A carriage return and a line feed: a transfer that takes it for text shows.
    private static final long MAGIC = 0x0A0D_534D_5553_4643L;
    private static final int VERSION = 1;

    private static final StructLayout LAYOUT =
            MemoryLayout.structLayout(
                    U64.withName("magic"),
                    U32.withName("version"),
                    U32.withName("kind"),
                    U64.withName("byteCount"),
                    U32.withName("pageShift"),
                    U32.withName("blockShift"),
                    U64.withName("writtenPages"),
                    U64.withName("sumCount"),
                    U64.withName("reserved"),
                    U32.withName("bodyCrc32c"),
                    U32.withName("crc32c"));

    private static final long MAGIC_AT = offsetOf("magic");
    private static final long VERSION_AT = offsetOf("version");
    private static final long KIND_AT = offsetOf("kind");
    private static final long BYTE_COUNT_AT = offsetOf("byteCount");
    private static final long PAGE_SHIFT_AT = offsetOf("pageShift");
    private static final long BLOCK_SHIFT_AT = offsetOf("blockShift");
    private static final long WRITTEN_PAGES_AT = offsetOf("writtenPages");
    private static final long SUM_COUNT_AT = offsetOf("sumCount");
    private static final long RESERVED_AT = offsetOf("reserved");
    private static final long BODY_CRC_AT = offsetOf("bodyCrc32c");
    private static final long CRC_AT = offsetOf("crc32c");

    static {
        if (LAYOUT.byteSize() != BYTE_COUNT || CRC_AT != 60 || WRITTEN_PAGES_AT != 32) {
            throw new AssertionError("the header moved: " + LAYOUT);
        }
    }

    private static long offsetOf(String field) {
        return LAYOUT.byteOffset(PathElement.groupElement(field));
    }

    /// How many pages the image has, whether it holds them or not.
    long pageCount() {
        return pageSize.pageCount(byteCount);
    }

    /// How many blocks it has, whether it holds a page of them or not.
    long blockCount() {
        return blockSize.pageCount(byteCount);
    }

    /// The binary logarithm of the pages of a block.
    int blockShift() {
        return blockSize.shift() - pageSize.shift();
    }

    /// The bytes of the bitmap that follows; a full image has none.
    long bitmapBytes() {
        return kind == ImageSums.Kind.FULL ? 0 : ((pageCount() - 1) / Long.SIZE + 1) * Long.BYTES;
    }

    /// Writes the header before a body that is complete.
    void encode(byte[] target) {
        MemorySegment bytes = MemorySegment.ofArray(target);
        bytes.set(U64, MAGIC_AT, MAGIC);
        bytes.set(U32, VERSION_AT, VERSION);
        bytes.set(U32, KIND_AT, kind.code());
        bytes.set(U64, BYTE_COUNT_AT, byteCount);
        bytes.set(U32, PAGE_SHIFT_AT, pageSize.shift());
        bytes.set(U32, BLOCK_SHIFT_AT, blockSize.shift());
        bytes.set(U64, WRITTEN_PAGES_AT, writtenPages);
        bytes.set(U64, SUM_COUNT_AT, sumCount);
        seal(target);
    }

    /// Sets both checksums.
    static void seal(byte[] encoded) {
        MemorySegment bytes = MemorySegment.ofArray(encoded);
        bytes.set(U32, BODY_CRC_AT, crcOfBody(encoded));
        bytes.set(U32, CRC_AT, crcOfHeader(encoded));
    }

    /// The header of bytes that are whole, as both checksums say.
    static SumsHeader decode(byte[] encoded, Object resource) throws SnapshotException {
        if (encoded.length < BYTE_COUNT) {
            throw corrupt(
                    Reason.TOO_SHORT,
                    "%d bytes, fewer than the header's %d".formatted(encoded.length, BYTE_COUNT),
                    resource);
        }
        MemorySegment bytes = MemorySegment.ofArray(encoded);
        long magic = bytes.get(U64, MAGIC_AT);
        if (magic != MAGIC) {
            throw corrupt(
                    Reason.MAGIC,
                    "magic 0x%016x at offset %d is not that of sums, 0x%016x"
                            .formatted(magic, MAGIC_AT, MAGIC),
                    resource);
        }
        requireCrc("header", CRC_AT, bytes.get(U32, CRC_AT), crcOfHeader(encoded), resource);
        int version = bytes.get(U32, VERSION_AT);
        if (version != VERSION) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "sums of version %d; this release reads %d".formatted(version, VERSION),
                    resource);
        }
        SumsHeader header = fields(bytes, resource);
        header.requireLength(encoded.length, resource);
        requireCrc("body", BODY_CRC_AT, bytes.get(U32, BODY_CRC_AT), crcOfBody(encoded), resource);
        return header;
    }

    /// The fields, which a writer of any release may have got wrong under a right checksum.
    private static SumsHeader fields(MemorySegment bytes, Object resource)
            throws SnapshotException {
        long byteCount = bytes.get(U64, BYTE_COUNT_AT);
        long sumCount = bytes.get(U64, SUM_COUNT_AT);
        long writtenPages = bytes.get(U64, WRITTEN_PAGES_AT);
        if (byteCount <= 0
                || sumCount < 0
                || writtenPages < 0
                || bytes.get(U64, RESERVED_AT) != 0) {
            throw encoding(
                    "byteCount=%d sumCount=%d writtenPages=%d reserved=%d"
                            .formatted(
                                    byteCount, sumCount, writtenPages, bytes.get(U64, RESERVED_AT)),
                    resource);
        }
        int pageShift = bytes.get(U32, PAGE_SHIFT_AT);
        int blockShift = bytes.get(U32, BLOCK_SHIFT_AT);
        if (!PageSize.isShift(pageShift)
                || blockShift < pageShift
                || blockShift > ImageSums.BLOCK_MAX.shift()) {
            throw encoding(
                    "pages of 2^%d bytes in blocks of 2^%d".formatted(pageShift, blockShift),
                    resource);
        }
        int kind = bytes.get(U32, KIND_AT);
        for (ImageSums.Kind each : ImageSums.Kind.values()) {
            if (each.code() == kind) {
                return new SumsHeader(
                        each,
                        byteCount,
                        new PageSize(pageShift),
                        new PageSize(blockShift),
                        writtenPages,
                        sumCount);
            }
        }
        throw encoding("an image of kind " + kind, resource);
    }

    private void requireLength(int found, Object resource) throws SnapshotException {
        if (kind == ImageSums.Kind.DIFF && pageCount() > ImageSums.DIFF_PAGES_MAX) {
            throw corrupt(
                    Reason.TOO_LARGE,
                    "a diff of %d pages; the most is %d"
                            .formatted(pageCount(), ImageSums.DIFF_PAGES_MAX),
                    resource);
        }
        // Nothing overflows: a bitmap has at most 2^28 bytes, and sums at most 2^63 / 4.
        long room = found - BYTE_COUNT - bitmapBytes();
        if (room < 0 || room % Integer.BYTES != 0 || room / Integer.BYTES != sumCount) {
            throw corrupt(
                    room < 0 || room / Integer.BYTES < sumCount
                            ? Reason.TOO_SHORT
                            : Reason.TOO_LARGE,
                    "%d bytes do not hold a bitmap of %d and %d sums"
                            .formatted(found, bitmapBytes(), sumCount),
                    resource);
        }
    }

    private static void requireCrc(
            String part, long crcAt, int stored, int computed, Object resource)
            throws SnapshotException {
        if (stored != computed) {
            throw corrupt(
                    Reason.CHECKSUM,
                    "the %s's CRC-32C at offset %d is 0x%08x, computed 0x%08x"
                            .formatted(part, crcAt, stored, computed),
                    resource);
        }
    }

    static SnapshotException encoding(String what, Object resource) {
        return corrupt(Reason.ENCODING, "the sums contradict themselves: " + what, resource);
    }

    private static SnapshotException corrupt(Reason reason, String what, Object resource) {
        return new SnapshotException(Kind.CORRUPT, reason, what, resource);
    }

    private static int crcOfHeader(byte[] encoded) {
        return crc(encoded, 0, (int) CRC_AT);
    }

    private static int crcOfBody(byte[] encoded) {
        return crc(encoded, BYTE_COUNT, encoded.length - BYTE_COUNT);
    }

    private static int crc(byte[] bytes, int offset, int byteCount) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.wrap(bytes, offset, byteCount));
        return (int) crc.getValue();
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.ImageSums;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.Optional;
import java.util.UUID;

/// The first 64 bytes of an index, little-endian. They are the same in every release for ever, so
/// that each can say what the files of the others are.
///
/// ```
///  offset  bytes  field
///       0      8  magic         "CFLAYR\r\n"
///       8      2  major         1; another one is another format behind these bytes
///      10      2  minor         0; a higher one has more that may be skipped
///      12      4  headerBytes   where the table of sections begins; 64 in this minor version
///      16      8  fileBytes     the length of the file
///      24     16  layerId       of the layer beside it, in the order of RFC 9562; zero: none is
///      40      8  byteCount     of the address space; 0 in an index that maps nothing
///      48      4  blockShift    binary logarithm of the bytes of a block
///      52      4  sectionCount  entries of the table
///      56      4  tableCrc32c   of everything between these 64 bytes and the first section
///      60      4  crc32c        of bytes 0 to 59
/// ```
///
/// @param minor the minor version that wrote it
/// @param headerBytes where the table of sections begins
/// @param fileBytes the length of the file
/// @param layerId of the layer beside it
/// @param byteCount of the address space
/// @param blockSize what is in one place as one
/// @param sectionCount how many sections there are
/// @param tableCrc32c of what is between these bytes and the first section
record IndexHeader(
        int minor,
        long headerBytes,
        long fileBytes,
        Optional<UUID> layerId,
        long byteCount,
        PageSize blockSize,
        int sectionCount,
        int tableCrc32c) {

    static final int BYTE_COUNT = 64;
    static final int MINOR = 0;

    // A later minor version may have more, and a reader must not take any length for it.
    private static final int HEADER_BYTES_MAX = 4096;
    private static final int SECTIONS_MAX = 64;

    /// In the first so many bytes, header and table end.
    static final long HEAD_BYTES_MAX =
            HEADER_BYTES_MAX + (long) SECTIONS_MAX * IndexSections.ENTRY_BYTES;

    // A carriage return and a line feed: a transfer that takes it for text shows.
    private static final long MAGIC = 0x0A0D_5259_414C_4643L;
    private static final int MAJOR = 1;

    private static final StructLayout LAYOUT =
            MemoryLayout.structLayout(
                    Bytes.U64.withName("magic"),
                    Bytes.U16.withName("major"),
                    Bytes.U16.withName("minor"),
                    Bytes.U32.withName("headerBytes"),
                    Bytes.U64.withName("fileBytes"),
                    MemoryLayout.sequenceLayout(2, Bytes.U64).withName("layerId"),
                    Bytes.U64.withName("byteCount"),
                    Bytes.U32.withName("blockShift"),
                    Bytes.U32.withName("sectionCount"),
                    Bytes.U32.withName("tableCrc32c"),
                    Bytes.U32.withName("crc32c"));

    private static final long MAGIC_AT = offsetOf("magic");
    private static final long MAJOR_AT = offsetOf("major");
    private static final long MINOR_AT = offsetOf("minor");
    private static final long HEADER_BYTES_AT = offsetOf("headerBytes");
    private static final long FILE_BYTES_AT = offsetOf("fileBytes");
    private static final long LAYER_ID_AT = offsetOf("layerId");
    private static final long BYTE_COUNT_AT = offsetOf("byteCount");
    private static final long BLOCK_SHIFT_AT = offsetOf("blockShift");
    private static final long SECTION_COUNT_AT = offsetOf("sectionCount");
    private static final long TABLE_CRC_AT = offsetOf("tableCrc32c");
    private static final long CRC_AT = offsetOf("crc32c");

    static {
        if (LAYOUT.byteSize() != BYTE_COUNT || CRC_AT != 60 || LAYER_ID_AT != 24) {
            throw new AssertionError("the header moved: " + LAYOUT);
        }
    }

    private static long offsetOf(String field) {
        return LAYOUT.byteOffset(PathElement.groupElement(field));
    }

    long blockCount() {
        return blockSize.pageCount(byteCount);
    }

    /// Where the first section begins.
    long tableEnd() {
        return headerBytes + (long) sectionCount * IndexSections.ENTRY_BYTES;
    }

    void encode(MemorySegment target) {
        target.set(Bytes.U64, MAGIC_AT, MAGIC);
        target.set(Bytes.U16, MAJOR_AT, (short) MAJOR);
        target.set(Bytes.U16, MINOR_AT, (short) minor);
        target.set(Bytes.U32, HEADER_BYTES_AT, (int) headerBytes);
        target.set(Bytes.U64, FILE_BYTES_AT, fileBytes);
        layerId.ifPresent(id -> Bytes.setUuid(target, LAYER_ID_AT, id));
        target.set(Bytes.U64, BYTE_COUNT_AT, byteCount);
        target.set(Bytes.U32, BLOCK_SHIFT_AT, blockSize.shift());
        target.set(Bytes.U32, SECTION_COUNT_AT, sectionCount);
        target.set(Bytes.U32, TABLE_CRC_AT, tableCrc32c);
        target.set(Bytes.U32, CRC_AT, Bytes.crc(target, 0, CRC_AT));
    }

    /// The header of a file, whose length is the one that it states.
    ///
    /// @param bytes at least the first 64 of them
    static IndexHeader decode(MemorySegment bytes, long fileBytes, Object resource)
            throws SnapshotException {
        if (fileBytes < BYTE_COUNT || bytes.byteSize() < BYTE_COUNT) {
            throw corrupt(
                    Reason.TOO_SHORT,
                    "%d bytes, fewer than the header's %d".formatted(fileBytes, BYTE_COUNT),
                    resource);
        }
        long magic = bytes.get(Bytes.U64, MAGIC_AT);
        if (magic != MAGIC) {
            throw corrupt(
                    Reason.MAGIC,
                    "magic 0x%016x at offset %d is not that of an index, 0x%016x"
                            .formatted(magic, MAGIC_AT, MAGIC),
                    resource);
        }
        Bytes.requireCrc(
                "header", bytes.get(Bytes.U32, CRC_AT), Bytes.crc(bytes, 0, CRC_AT), resource);
        int major = Short.toUnsignedInt(bytes.get(Bytes.U16, MAJOR_AT));
        int minor = Short.toUnsignedInt(bytes.get(Bytes.U16, MINOR_AT));
        if (major != MAJOR) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "an index of version %d.%d; this release reads %d.x"
                            .formatted(major, minor, MAJOR),
                    resource);
        }
        requireLength(fileBytes, bytes.get(Bytes.U64, FILE_BYTES_AT), resource);
        return fields(bytes, minor, resource);
    }

    private static void requireLength(long found, long stated, Object resource)
            throws SnapshotException {
        if (found != stated) {
            throw corrupt(
                    found < stated ? Reason.TOO_SHORT : Reason.TOO_LARGE,
                    "%d bytes, and the header says %d".formatted(found, stated),
                    resource);
        }
    }

    /// The fields, which a writer of any release may have got wrong under a right checksum.
    private static IndexHeader fields(MemorySegment bytes, int minor, Object resource)
            throws SnapshotException {
        long headerBytes = Integer.toUnsignedLong(bytes.get(Bytes.U32, HEADER_BYTES_AT));
        long byteCount = bytes.get(Bytes.U64, BYTE_COUNT_AT);
        int shift = bytes.get(Bytes.U32, BLOCK_SHIFT_AT);
        int sectionCount = bytes.get(Bytes.U32, SECTION_COUNT_AT);
        boolean hasHeader =
                minor == MINOR
                        ? headerBytes == BYTE_COUNT
                        : headerBytes >= BYTE_COUNT
                                && headerBytes <= HEADER_BYTES_MAX
                                && headerBytes % Long.BYTES == 0;
        if (!hasHeader
                || byteCount < 0
                || !PageSize.isShift(shift)
                || shift > ImageSums.BLOCK_MAX.shift()
                || sectionCount < 0
                || sectionCount > SECTIONS_MAX) {
            throw encoding(
                    "headerBytes=%d byteCount=%d blockShift=%d sectionCount=%d in version 1.%d"
                            .formatted(headerBytes, byteCount, shift, sectionCount, minor),
                    resource);
        }
        return new IndexHeader(
                minor,
                headerBytes,
                bytes.get(Bytes.U64, FILE_BYTES_AT),
                Bytes.uuid(bytes, LAYER_ID_AT),
                byteCount,
                new PageSize(shift),
                sectionCount,
                bytes.get(Bytes.U32, TABLE_CRC_AT));
    }

    static SnapshotException encoding(String what, Object resource) {
        return corrupt(Reason.ENCODING, "the index contradicts itself: " + what, resource);
    }

    static SnapshotException corrupt(Reason reason, String what, Object resource) {
        return new SnapshotException(Kind.CORRUPT, reason, what, resource);
    }
}

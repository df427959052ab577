package io.coldframe.wrenn;

import static io.coldframe.wrenn.WrennLayout.U64;
import static io.coldframe.wrenn.WrennLayout.corrupt;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.util.UUID;

/// What the first 64 bytes of a `memfile.header` say.
///
/// @param version 1 to 3
/// @param blockSize in which memory was stored
/// @param byteCount of the guest's memory
/// @param generation its distance from the first
/// @param buildId of this generation
/// @param baseBuildId of the first generation
record WrennFields(
        int version,
        PageSize blockSize,
        long byteCount,
        long generation,
        UUID buildId,
        UUID baseBuildId) {

    /// The version that is written.
    static final int VERSION = 1;

    /// Of what every number of a record is a multiple: the smallest block, because e2b stores
    /// single pages of larger ones, too.
    static final PageSize UNIT = PageSize.KIB_4;

    // The largest page of the guests that have such headers.
    private static final PageSize BLOCK_MAX = PageSize.MIB_2;

    // The rest of the number is flags, which e2b leaves out when it compares.
    private static final long VERSION_MASK = 0xFFFF;

    static WrennFields first(PageSize blockSize, long byteCount, UUID buildId) {
        return new WrennFields(VERSION, blockSize, byteCount, 0, buildId, buildId);
    }

    WrennFields next(UUID nextBuildId) {
        return new WrennFields(
                VERSION, blockSize, byteCount, generation + 1, nextBuildId, baseBuildId);
    }

    WrennFields ofOurVersion() {
        return new WrennFields(VERSION, blockSize, byteCount, generation, buildId, baseBuildId);
    }

    /// Where the block ends in which the memory ends.
    long endOfLastBlock() {
        return blockSize.bytes(blockSize.pageCount(byteCount));
    }

    void encode(MemorySegment bytes) {
        bytes.set(U64, WrennLayout.VERSION_AT, version);
        bytes.set(U64, WrennLayout.BLOCK_SIZE_AT, blockSize.bytes());
        bytes.set(U64, WrennLayout.BYTE_COUNT_AT, byteCount);
        bytes.set(U64, WrennLayout.GENERATION_AT, generation);
        WrennLayout.setId(bytes, WrennLayout.BUILD_ID_AT, buildId);
        WrennLayout.setId(bytes, WrennLayout.BASE_BUILD_ID_AT, baseBuildId);
    }

    static WrennFields decode(MemorySegment bytes, Object resource) throws SnapshotException {
        long version = bytes.get(U64, WrennLayout.VERSION_AT) & VERSION_MASK;
        if (version < 1 || version > WrennHeader.VERSION_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "a header of version %d; this release reads 1 to %d"
                            .formatted(version, WrennHeader.VERSION_MAX),
                    resource);
        }
        long blockSize = bytes.get(U64, WrennLayout.BLOCK_SIZE_AT);
        if (Long.bitCount(blockSize) != 1
                || blockSize < UNIT.bytes()
                || blockSize > BLOCK_MAX.bytes()) {
            throw corrupt(
                    Reason.ENCODING,
                    "blocks of %s bytes, of %s to %s"
                            .formatted(Long.toUnsignedString(blockSize), UNIT, BLOCK_MAX),
                    resource);
        }
        long byteCount = bytes.get(U64, WrennLayout.BYTE_COUNT_AT);
        long generation = bytes.get(U64, WrennLayout.GENERATION_AT);
        if (byteCount <= 0 || byteCount > WrennHeader.BYTE_COUNT_MAX || generation < 0) {
            throw corrupt(
                    Reason.ENCODING,
                    "memory of %s bytes, of 1 to %d, in generation %s"
                            .formatted(
                                    Long.toUnsignedString(byteCount),
                                    WrennHeader.BYTE_COUNT_MAX,
                                    Long.toUnsignedString(generation)),
                    resource);
        }
        UUID buildId = WrennLayout.id(bytes, WrennLayout.BUILD_ID_AT);
        if (buildId.equals(WrennRecord.ZERO)) {
            throw corrupt(Reason.ENCODING, "the build has no id", resource);
        }
        return new WrennFields(
                (int) version,
                PageSize.ofBytes(blockSize),
                byteCount,
                generation,
                buildId,
                WrennLayout.id(bytes, WrennLayout.BASE_BUILD_ID_AT));
    }

    /// Refuses a file with more records than the memory has pages, or anybody can hold.
    void requireRecordCount(long fileByteCount, Object resource) throws SnapshotException {
        long count = (fileByteCount - WrennLayout.HEADER_BYTES) / WrennLayout.RECORD_BYTES;
        long countMax = Math.min(WrennHeader.RECORDS_MAX, UNIT.pageCount(endOfLastBlock()));
        if (count > countMax) {
            throw corrupt(
                    Reason.TOO_LARGE,
                    "%d records, of at most %d for %d bytes of memory"
                            .formatted(count, countMax, byteCount),
                    resource);
        }
    }
}

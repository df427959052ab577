package io.coldframe.wrenn;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Records as extents, whose algebra lays one generation over another, and back.
///
/// In such a map the layers are builds: 0 is the one that is being written, and `n + 1` the build
/// `n` of a list.
final class WrennMaps {

    private WrennMaps() {}

    /// The map of a header that has been written.
    ///
    /// @param builds those of the header, in this order
    static ExtentMap extents(WrennHeader header, List<UUID> builds, Arena arena)
            throws SnapshotException {
        PageSize block = header.blockSize();
        Map<UUID, Integer> layers = new HashMap<>();
        builds.forEach(build -> layers.put(build, layers.size() + 1));
        try (ExtentMap.Builder map = new ExtentMap.Builder(block.pageCount(header.byteCount()))) {
            for (int index = 0; index < header.recordCount(); index++) {
                WrennRecord record = header.record(index);
                requireWholeBlocks(header, record);
                long first = block.page(record.offset());
                long count = block.pageCount(record.byteCount());
                if (record.isZero()) {
                    map.zero(first, count, 0);
                } else {
                    long stored = block.page(record.storageOffset());
                    map.data(first, count, layers.getOrDefault(record.buildId(), 0), stored, 0);
                }
            }
            return map.build(arena);
        }
    }

    private static void requireWholeBlocks(WrennHeader header, WrennRecord record)
            throws SnapshotException {
        PageSize block = header.blockSize();
        if (!block.isAligned(record.offset())
                || !(record.isZero() || block.isAligned(record.storageOffset()))) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "single pages of blocks of %s, which no new generation is laid over: %s"
                            .formatted(block, record),
                    header);
        }
    }

    /// The header that a map says, with its records joined where they can be.
    static WrennHeader header(WrennFields fields, ExtentMap map, List<UUID> builds, Object resource)
            throws SnapshotException {
        if (map.extentCount() > WrennHeader.RECORDS_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "%d records, of at most %d"
                            .formatted(map.extentCount(), WrennHeader.RECORDS_MAX),
                    resource);
        }
        return WrennHeader.made(
                map.extentCount(),
                bytes -> {
                    fields.encode(bytes);
                    MemorySegment records = bytes.asSlice(WrennLayout.HEADER_BYTES);
                    for (int extent = 0; extent < map.extentCount(); extent++) {
                        WrennLayout.setRecord(records, extent, record(fields, map, extent, builds));
                    }
                },
                resource);
    }

    private static WrennRecord record(
            WrennFields fields, ExtentMap map, int extent, List<UUID> builds) {
        PageSize block = fields.blockSize();
        long offset = block.bytes(map.firstBlock(extent));
        // Whole blocks, also at the end: what follows the memory is stored as zeros.
        long byteCount = block.bytes(map.endBlock(extent) - map.firstBlock(extent));
        if (map.place(extent) == BlockPlace.ZERO) {
            return new WrennRecord(offset, byteCount, WrennRecord.ZERO, 0);
        }
        assert map.place(extent) == BlockPlace.DATA : "a block of nobody at " + offset;
        int layer = map.layer(extent);
        UUID build = layer == 0 ? fields.buildId() : builds.get(layer - 1);
        return new WrennRecord(offset, byteCount, build, block.bytes(map.storedBlock(extent)));
    }
}

package io.coldframe.wrenn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;

/// Bytes of headers, put together by hand: right ones, and wrong ones that no writer makes.
final class Headers {

    static final UUID BASE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    static final UUID NEXT = UUID.fromString("fedcba98-7654-4321-8fed-cba987654321");
    static final long BLOCK = 4096;

    private Headers() {}

    /// A run that lies in the file of a build.
    static WrennRecord data(long firstBlock, long blocks, UUID build, long storedBlock) {
        return new WrennRecord(firstBlock * BLOCK, blocks * BLOCK, build, storedBlock * BLOCK);
    }

    static WrennRecord zero(long firstBlock, long blocks) {
        return data(firstBlock, blocks, WrennRecord.ZERO, 0);
    }

    /// Of the second generation, in 16 blocks: what a short chain looks like.
    static List<WrennRecord> secondGeneration() {
        return List.of(
                data(0, 3, BASE, 0),
                data(3, 1, NEXT, 0),
                zero(4, 4),
                data(8, 2, BASE, 5),
                data(10, 4, NEXT, 1),
                zero(14, 2));
    }

    static byte[] bytes(long byteCount, List<WrennRecord> records) {
        return bytes(1, BLOCK, byteCount, 1, NEXT, BASE, records);
    }

    static byte[] bytes(
            long version,
            long blockSize,
            long byteCount,
            long generation,
            UUID build,
            UUID base,
            List<WrennRecord> records) {
        ByteBuffer bytes =
                ByteBuffer.allocate(64 + 40 * records.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(version).putLong(blockSize).putLong(byteCount).putLong(generation);
        putId(bytes, build);
        putId(bytes, base);
        for (WrennRecord record : records) {
            bytes.putLong(record.offset()).putLong(record.byteCount());
            putId(bytes, record.buildId());
            bytes.putLong(record.storageOffset());
        }
        return bytes.array();
    }

    /// The digits of the id from left to right, two in a byte.
    private static void putId(ByteBuffer bytes, UUID id) {
        String digits = id.toString().replace("-", "");
        for (int at = 0; at < 32; at += 2) {
            bytes.put((byte) Integer.parseInt(digits.substring(at, at + 2), 16));
        }
    }
}

package io.coldframe.wrenn;

import static io.coldframe.wrenn.Headers.BASE;
import static io.coldframe.wrenn.Headers.BLOCK;
import static io.coldframe.wrenn.Headers.NEXT;
import static io.coldframe.wrenn.Headers.data;
import static io.coldframe.wrenn.Headers.zero;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

final class WrennHeaderTest {

    private static final long BYTES = 16 * BLOCK;

    private static WrennHeader decode(byte[] bytes) throws SnapshotException {
        return WrennHeader.decode(MemorySegment.ofArray(bytes), "memfile.header");
    }

    private static SnapshotException refused(Kind kind, byte[] bytes) {
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> decode(bytes).close());
        assertEquals(kind, refusal.kind(), refusal::toString);
        assertTrue(refusal.toString().contains("memfile.header"), refusal::toString);
        return refusal;
    }

    private static void corrupt(long byteCount, WrennRecord... records) {
        refused(Kind.CORRUPT, Headers.bytes(byteCount, List.of(records)));
    }

    @Test
    void aHeaderSaysWhatWasWritten(@TempDir Path directory) throws IOException {
        byte[] bytes = Headers.bytes(BYTES, Headers.secondGeneration());
        Path file = Files.write(directory.resolve("memfile.header"), bytes);
        try (WrennHeader header = WrennHeader.read(file)) {
            assertEquals(1, header.version());
            assertEquals(PageSize.KIB_4, header.blockSize());
            assertEquals(BYTES, header.byteCount());
            assertEquals(1, header.generation());
            assertEquals(NEXT, header.buildId());
            assertEquals(BASE, header.baseBuildId());
            assertEquals(List.of(BASE, NEXT), header.builds());
            assertEquals(Headers.secondGeneration(), records(header));
            assertArrayEquals(bytes, header.encoded().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static List<WrennRecord> records(WrennHeader header) {
        List<WrennRecord> records = new ArrayList<>();
        for (int index = 0; index < header.recordCount(); index++) {
            records.add(header.record(index));
        }
        return records;
    }

    @Test
    void everyTruncationIsCorruptAlsoBetweenTwoRecords() {
        byte[] bytes = Headers.bytes(BYTES, Headers.secondGeneration());
        for (int length = 0; length < bytes.length; length++) {
            SnapshotException refusal = refused(Kind.CORRUPT, Arrays.copyOf(bytes, length));
            assertEquals(Reason.TOO_SHORT, refusal.reason(), refusal::toString);
        }
    }

    @Test
    void everythingThatFollowsTheLastRecordIsCorrupt() {
        byte[] bytes = Headers.bytes(BYTES, Headers.secondGeneration());
        for (int length = bytes.length + 1; length <= bytes.length + 80; length++) {
            refused(Kind.CORRUPT, Arrays.copyOf(bytes, length));
        }
        List<WrennRecord> more = new ArrayList<>(Headers.secondGeneration());
        more.add(zero(16, 1));
        refused(Kind.CORRUPT, Headers.bytes(BYTES, more));
    }

    /// A bit of a number that could be another one is seen by nobody: the format has no sums. Every
    /// other one is.
    @Test
    void everyBitIsRefusedOrSaysSomethingThatAHeaderCanSay() throws SnapshotException {
        byte[] bytes = Headers.bytes(BYTES, Headers.secondGeneration());
        int refusedCount = 0;
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            boolean isHeader = new HeaderJudge(flipped).isHeader();
            if (isHeader) {
                decode(flipped).close();
            } else {
                refusedCount++;
                refused(bit < 16 ? Kind.UNSUPPORTED : Kind.CORRUPT, flipped);
            }
        }
        // All bits of offsets and lengths, and more.
        assertTrue(refusedCount > 6 * 128, () -> "only some bits are seen");
    }

    @Test
    void recordsThatOverlapAreCorrupt() {
        corrupt(BYTES, data(0, 9, BASE, 0), data(8, 8, BASE, 9));
        corrupt(BYTES, data(0, 16, BASE, 0), data(0, 16, BASE, 0));
        corrupt(BYTES, data(0, 8, BASE, 0), data(0, 8, BASE, 0), data(8, 8, BASE, 0));
    }

    @Test
    void recordsOutOfOrderAreCorrupt() {
        corrupt(BYTES, data(8, 8, BASE, 0), data(0, 8, BASE, 8));
        corrupt(BYTES, data(0, 4, BASE, 0), data(8, 8, BASE, 0), data(4, 4, BASE, 0));
    }

    @Test
    void recordsThatLeaveSomethingOutAreCorrupt() {
        corrupt(BYTES, data(1, 15, BASE, 0));
        corrupt(BYTES, data(0, 7, BASE, 0), zero(8, 8));
        corrupt(BYTES, data(0, 15, BASE, 0));
    }

    @Test
    void recordsOutOfRangeAreCorrupt() {
        corrupt(BYTES, data(0, 17, BASE, 0));
        corrupt(BYTES, data(0, 16, BASE, 0), data(16, 1, BASE, 16));
        corrupt(BYTES, new WrennRecord(0, Long.MIN_VALUE, BASE, 0));
        corrupt(BYTES, new WrennRecord(0, -BLOCK, BASE, 0));
        corrupt(BYTES, data(0, 8, BASE, 0), new WrennRecord(8 * BLOCK, Long.MAX_VALUE, BASE, 0));
        corrupt(BYTES, new WrennRecord(0, BYTES, BASE, Long.MIN_VALUE));
        corrupt(BYTES, new WrennRecord(0, BYTES, BASE, Long.MAX_VALUE - BLOCK + 1));
    }

    @Test
    void emptyAndCrookedRecordsAreCorrupt() {
        corrupt(BYTES, zero(0, 0), zero(0, 16));
        corrupt(BYTES, new WrennRecord(0, 100, BASE, 0), new WrennRecord(100, BYTES, BASE, 0));
        corrupt(BYTES, new WrennRecord(0, BYTES, BASE, 8));
    }

    @Test
    void theUpperBitsOfTheVersionAreNotLookedAt() throws SnapshotException {
        List<WrennRecord> records = List.of(zero(0, 16));
        for (int version = 1; version <= 3; version++) {
            long number = version | 0xABCD_0000L;
            byte[] bytes = Headers.bytes(number, BLOCK, BYTES, 0, BASE, BASE, records);
            try (WrennHeader header = decode(bytes)) {
                assertEquals(version, header.version());
            }
        }
    }

    @Test
    void anotherVersionIsUnsupportedAndNamed() {
        for (int version : new int[] {0, 4, 5, 0xFFFF}) {
            byte[] bytes =
                    Headers.bytes(version, BLOCK, BYTES, 0, BASE, BASE, List.of(zero(0, 16)));
            SnapshotException refusal = refused(Kind.UNSUPPORTED, bytes);
            assertEquals(Reason.VERSION, refusal.reason());
            assertTrue(refusal.toString().contains("version " + version), refusal::toString);
        }
    }

    @Test
    void blocksOfAnImpossibleSizeAreCorrupt() {
        for (long blockSize : new long[] {0, 1, 512, 4095, 4097, 12288, 4L << 20, 1L << 63, -1}) {
            byte[] bytes = Headers.bytes(1, blockSize, BYTES, 0, BASE, BASE, List.of(zero(0, 16)));
            refused(Kind.CORRUPT, bytes);
        }
    }

    @Test
    void memoryOfAnImpossibleLengthIsCorrupt() {
        for (long byteCount : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 52) + 1}) {
            refused(
                    Kind.CORRUPT,
                    Headers.bytes(byteCount, List.of(new WrennRecord(0, byteCount, BASE, 0))));
        }
    }

    @Test
    void aBuildWithoutAnIdIsCorrupt() {
        refused(
                Kind.CORRUPT,
                Headers.bytes(1, BLOCK, BYTES, 0, WrennRecord.ZERO, BASE, List.of(zero(0, 16))));
    }

    /// Wrenn counts the zeros there; nobody reads it.
    @Test
    void zerosMayNameAnyPlace() throws SnapshotException {
        WrennRecord zeros = new WrennRecord(0, BYTES, WrennRecord.ZERO, 12345);
        try (WrennHeader header = decode(Headers.bytes(BYTES, List.of(zeros)))) {
            assertTrue(header.find(0).isZero());
            assertEquals(List.of(), header.builds());
        }
    }

    @Test
    void theLastRecordEndsWithTheMemoryOrWithItsLastBlock() throws SnapshotException {
        long byteCount = 2 * BLOCK + 100;
        for (long length : new long[] {byteCount, 3 * BLOCK}) {
            WrennRecord all = new WrennRecord(0, length, BASE, 0);
            try (WrennHeader header = decode(Headers.bytes(byteCount, List.of(all)))) {
                assertEquals(length, header.record(0).byteCount());
            }
        }
        corrupt(byteCount, new WrennRecord(0, byteCount - 1, BASE, 0));
        corrupt(byteCount, new WrennRecord(0, byteCount + 1, BASE, 0));
        corrupt(byteCount, new WrennRecord(0, 4 * BLOCK, BASE, 0));
    }

    @Test
    void singlePagesOfHugeBlocksAreRead() throws SnapshotException {
        long huge = PageSize.MIB_2.bytes();
        List<WrennRecord> records =
                List.of(zero(0, 511), data(511, 1, NEXT, 7), data(512, 512, BASE, 0));
        byte[] bytes = Headers.bytes(3, huge, 2 * huge, 1, NEXT, BASE, records);
        try (WrennHeader header = decode(bytes)) {
            assertEquals(PageSize.MIB_2, header.blockSize());
            assertEquals(new WrennPlace(NEXT, 7 * BLOCK, BLOCK), header.find(511 * BLOCK));
        }
    }

    @Test
    void moreRecordsThanBlocksAreRefusedBeforeMemoryIsTaken(@TempDir Path directory)
            throws IOException {
        byte[] bytes = Headers.bytes(BLOCK, List.of(zero(0, 1)));
        Path file = Files.write(directory.resolve("memfile.header"), bytes);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // A hole of a terabyte costs nothing on the disk.
            channel.write(ByteBuffer.allocate(1), 64 + 40 * (1L << 34) - 1);
        }
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> WrennHeader.read(file).close());
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertEquals(Reason.TOO_LARGE, refusal.reason());
    }

    @Test
    void recordsOfZerosAreRefusedBeforeMemoryIsTaken(@TempDir Path directory) throws IOException {
        long byteCount = 1L << 50;
        byte[] bytes = Headers.bytes(byteCount, List.of(zero(0, 1)));
        Path file = Files.write(directory.resolve("memfile.header"), bytes);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // As many records as a header may have, all but one of them a hole.
            long length = 64 + 40L * WrennHeader.RECORDS_MAX;
            channel.write(ByteBuffer.allocate(1), length - 1);
        }
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> WrennHeader.read(file).close());
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertTrue(refusal.toString().contains("record 1,"), refusal::toString);
    }

    @Test
    void aLinkIsNotFollowedAndAMissingFileIsMissing(@TempDir Path directory) throws IOException {
        byte[] bytes = Headers.bytes(BLOCK, List.of(zero(0, 1)));
        Path file = Files.write(directory.resolve("memfile.header"), bytes);
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThrows(SnapshotException.class, () -> WrennHeader.read(link));
        assertEquals(
                Kind.MISSING,
                assertThrows(
                                SnapshotException.class,
                                () -> WrennHeader.read(directory.resolve("none")))
                        .kind());
    }

    @Test
    void everyOffsetIsFoundAsAWalkOverTheRecordsFindsIt() throws SnapshotException {
        byte[] bytes = Headers.bytes(BYTES - 100, Headers.secondGeneration());
        try (WrennHeader header = decode(bytes)) {
            for (long offset = 0; offset < header.byteCount(); offset++) {
                assertEquals(walked(offset), header.find(offset));
            }
        }
    }

    /// The block that holds the byte, and what is left of the record from there.
    private static WrennPlace walked(long offset) {
        long block = offset / BLOCK * BLOCK;
        for (WrennRecord record : Headers.secondGeneration()) {
            if (block >= record.offset() && block < record.endOffset()) {
                long shift = block - record.offset();
                return new WrennPlace(
                        record.buildId(),
                        record.storageOffset() + shift,
                        record.byteCount() - shift);
            }
        }
        throw new AssertionError("no record has " + offset);
    }

    @Test
    void offsetsOutsideTheMemoryAreRefused() throws SnapshotException {
        // The last block is short: what follows the memory in it belongs to nobody.
        byte[] bytes = Headers.bytes(BYTES - 100, Headers.secondGeneration());
        try (WrennHeader header = decode(bytes)) {
            for (long offset :
                    new long[] {-1, BYTES - 100, BYTES, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> header.find(offset));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> header.record(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> header.record(6));
        }
    }
}

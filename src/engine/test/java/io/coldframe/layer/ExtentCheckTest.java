package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Records that somebody else has written.
final class ExtentCheckTest {
    private static final int CASE_COUNT = Soak.count(200_000, 5_000_000);
    private static final int ORIGIN_COUNT = 2;
    private static final long[] STORED = {4, 1000};

    /// A judge that is written as the rules are read, and takes no step twice.
    private static boolean isMap(MemorySegment records, long blockCount) {
        int count = (int) (records.byteSize() / 16);
        if (records.byteSize() % 16 != 0 || (count == 0) != (blockCount == 0)) {
            return false;
        }
        long[][] extents = new long[count][];
        for (int extent = 0; extent < count; extent++) {
            long first = records.get(Bytes.U64, 16L * extent);
            long second = records.get(Bytes.U64, 16L * extent + 8);
            extents[extent] =
                    new long[] {first >>> 24, first & 0xFF_FFFF, second >>> 24, second & 0xFF_FFFF};
        }
        for (int extent = 0; extent < count; extent++) {
            long end = extent + 1 == count ? blockCount : extents[extent + 1][0];
            if (!isExtent(extents[extent], end) || (extent == 0 && extents[0][0] != 0)) {
                return false;
            }
            if (extent > 0 && isOne(extents[extent - 1], extents[extent])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isExtent(long[] extent, long end) {
        long length = end - extent[0];
        long stored = extent[2];
        long origin = extent[3];
        if (length <= 0) {
            return false;
        }
        return switch ((int) extent[1]) {
            case 0 -> stored == 0 && origin < ORIGIN_COUNT;
            case 1 -> stored == 0 && origin == 0;
            case 2 -> stored + length <= STORED[0] && origin < ORIGIN_COUNT;
            case 3 -> stored + length <= STORED[1] && origin < ORIGIN_COUNT;
            default -> false;
        };
    }

    private static boolean isOne(long[] left, long[] right) {
        boolean isContiguous = right[2] == left[2] + (right[0] - left[0]);
        return left[1] == right[1] && left[3] == right[3] && (left[1] < 2 || isContiguous);
    }

    @Test
    void whatTheJudgeRefusesIsRefused() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("records: seed " + seed + ", " + CASE_COUNT + " cases");
        int taken = 0;
        for (int number = 0; number < CASE_COUNT; number++) {
            SplittableRandom random = new SplittableRandom(seed + number);
            long blockCount = random.nextInt(12);
            byte[] bytes = new byte[16 * random.nextInt(5) + (random.nextInt(50) == 0 ? 8 : 0)];
            MemorySegment records = MemorySegment.ofArray(bytes);
            fill(records, random);
            boolean isMap = isMap(records, blockCount);
            taken += isMap ? 1 : 0;
            assertEquals(
                    isMap, isTaken(records, blockCount), "case " + number + " of seed " + seed);
        }
        assertTrue(taken > CASE_COUNT / 100, taken + " of them were maps");
    }

    /// Mostly right, so that each rule is the only one that is broken now and then.
    private static void fill(MemorySegment records, SplittableRandom random) {
        long first = 0;
        for (long at = 0; at + 16 <= records.byteSize(); at += 16) {
            int place = random.nextInt(random.nextInt(9) == 0 ? 6 : 4);
            long stored = place < 2 && random.nextInt(9) != 0 ? 0 : random.nextInt(8);
            int origin = place == 1 && random.nextInt(9) != 0 ? 0 : random.nextInt(3);
            records.set(Bytes.U64, at, (first << 24) | place);
            records.set(Bytes.U64, at + 8, (stored << 24) | origin);
            first += random.nextInt(9) == 0 ? 0 : 1 + random.nextInt(3);
            if (random.nextInt(20) == 0) {
                first = random.nextLong(1L << 40);
            }
        }
        if (records.byteSize() > 0 && random.nextInt(9) == 0) {
            long at = random.nextLong(records.byteSize());
            records.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
        }
    }

    private static boolean isTaken(MemorySegment records, long blockCount) {
        try {
            ExtentMap.of(records, blockCount, STORED, ORIGIN_COUNT, "records");
            return true;
        } catch (SnapshotException refusal) {
            assertEquals(Kind.CORRUPT, refusal.kind());
            return false;
        }
    }

    @Test
    void theMessageNamesTheExtent() {
        try (Arena arena = Arena.ofConfined()) {
            ExtentMap map =
                    ExtentAlgebraTest.one(
                            arena,
                            6,
                            builder -> {
                                builder.zero(0, 1, 0);
                                builder.data(1, 5, 0, 0, 0);
                            });
            SnapshotException refusal =
                    assertThrows(
                            SnapshotException.class,
                            () -> ExtentMap.of(map.records(), 6, STORED, 1, "the file"));
            assertEquals(
                    "the map contradicts itself: extent 1 of 2 at byte 16 of the extents: blocks 1"
                            + " to 6 of 6, place 2 of 4, stored block 0, origin 0 of 1 [the file]",
                    refusal.getMessage());
        }
    }
}

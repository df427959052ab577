package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.lang.foreign.MemorySegment;

/// Whether records are a map, and which of the ordinals that they may name they do name.
///
/// **Threads.** One at a time.
final class ExtentCheck {
    private final long[] storedBlockCounts;
    private final boolean[] usedPlaces;
    private final boolean[] usedOrigins;

    /// For maps of a table.
    ///
    /// @param storedBlockCounts how many blocks each layer stores, by ordinal
    ExtentCheck(long[] storedBlockCounts, int originCount) {
        this.storedBlockCounts = storedBlockCounts;
        this.usedPlaces = new boolean[ExtentRecord.PLACE_LAYERS + storedBlockCounts.length];
        this.usedOrigins = new boolean[originCount];
    }

    /// Whether a block is the parent's.
    boolean usesParent() {
        return usedPlaces[ExtentRecord.PLACE_PARENT];
    }

    boolean usesLayer(int layer) {
        return usedPlaces[ExtentRecord.PLACE_LAYERS + layer];
    }

    boolean usesOrigin(int origin) {
        return usedOrigins[origin];
    }

    /// Refuses what is no map.
    void check(MemorySegment records, long blockCount, Object resource) throws SnapshotException {
        long extentCount = records.byteSize() / ExtentRecord.BYTE_COUNT;
        if (blockCount < 0 || blockCount > ExtentMap.BLOCKS_MAX) {
            throw corrupt("%d blocks".formatted(blockCount), resource);
        }
        if (records.byteSize() % ExtentRecord.BYTE_COUNT != 0
                || extentCount > ExtentMap.EXTENTS_MAX) {
            throw corrupt("extents in %d bytes".formatted(records.byteSize()), resource);
        }
        if (extentCount == 0 && blockCount != 0) {
            throw corrupt("no extent for %d blocks".formatted(blockCount), resource);
        }
        long bad =
                firstBad(
                        records,
                        extentCount,
                        blockCount,
                        storedBlockCounts,
                        usedPlaces,
                        usedOrigins);
        if (bad >= 0) {
            throw corrupt(describe(records, bad, extentCount, blockCount), resource);
        }
    }

    /// The first extent that is not in order, not within its bounds, or only a continuation of the
    /// one before it; -1 if there is none.
    private static long firstBad(
            MemorySegment records,
            long extentCount,
            long blockCount,
            long[] storedBlockCounts,
            boolean[] usedPlaces,
            boolean[] usedOrigins) {
        long first = 0;
        int placeBefore = -1;
        long secondExpected = 0;
        for (long extent = 0; extent < extentCount; extent++) {
            long firstWord = ExtentRecord.firstWord(records, extent);
            long secondWord = ExtentRecord.secondWord(records, extent);
            long end =
                    extent + 1 < extentCount
                            ? ExtentRecord.block(ExtentRecord.firstWord(records, extent + 1))
                            : blockCount;
            int place = ExtentRecord.ordinal(firstWord);
            if (ExtentRecord.block(firstWord) != first
                    || end <= first
                    || place >= usedPlaces.length
                    || (place == placeBefore && secondWord == secondExpected)) {
                return extent;
            }
            if (place == ExtentRecord.PLACE_PARENT) {
                if (secondWord != 0) {
                    return extent;
                }
            } else {
                int origin = ExtentRecord.ordinal(secondWord);
                long storedBlock = ExtentRecord.block(secondWord);
                // No overflow: blocks have 40 bits.
                boolean isStored =
                        place == ExtentRecord.PLACE_ZERO
                                ? storedBlock == 0
                                : storedBlock + (end - first)
                                        <= storedBlockCounts[place - ExtentRecord.PLACE_LAYERS];
                if (origin >= usedOrigins.length || !isStored) {
                    return extent;
                }
                usedOrigins[origin] = true;
            }
            usedPlaces[place] = true;
            secondExpected = ExtentRecord.shifted(place, secondWord, end - first);
            placeBefore = place;
            first = end;
        }
        return -1;
    }

    private String describe(MemorySegment records, long extent, long extentCount, long blockCount) {
        long firstWord = ExtentRecord.firstWord(records, extent);
        long secondWord = ExtentRecord.secondWord(records, extent);
        long end =
                extent + 1 < extentCount
                        ? ExtentRecord.block(ExtentRecord.firstWord(records, extent + 1))
                        : blockCount;
        return ("extent %d of %d at byte %d of the extents: blocks %d to %d of %d, place %d of %d,"
                        + " stored block %d, origin %d of %d")
                .formatted(
                        extent,
                        extentCount,
                        extent * ExtentRecord.BYTE_COUNT,
                        ExtentRecord.block(firstWord),
                        end,
                        blockCount,
                        ExtentRecord.ordinal(firstWord),
                        usedPlaces.length,
                        ExtentRecord.block(secondWord),
                        ExtentRecord.ordinal(secondWord),
                        usedOrigins.length);
    }

    private static SnapshotException corrupt(String what, Object resource) {
        return new SnapshotException(
                Kind.CORRUPT, Reason.ENCODING, "the map contradicts itself: " + what, resource);
    }
}

package io.coldframe.inspect;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Snapshot;

/// Which pages of two snapshots differ, by what they hold.
///
/// Any two of equal length will do, also of different chains. Bytes are read only where nothing
/// else decides: what both have in the same place is equal, and whole blocks with different sums
/// differ.
///
/// **Threads.** Immutable.
///
/// @param pageSize the unit: the finer of both
/// @param byteCount the length of either
/// @param changed the pages that hold other data
/// @param filled the pages that were zero and hold data
/// @param zeroed the pages that held data and are zero
/// @param bytesRead how much of both had to be read
public record SnapshotDiff(
        PageSize pageSize,
        long byteCount,
        PageRanges changed,
        PageRanges filled,
        PageRanges zeroed,
        long bytesRead) {

    /// Compares two snapshots.
    ///
    /// @param before the one
    /// @param after the other, of the same length
    /// @param progress hears how far it is, and may cancel
    /// @return how the second differs from the first
    /// @throws SnapshotException of kind `CORRUPT` if what was read is not as it was written
    /// @throws IllegalArgumentException if the lengths differ
    public static SnapshotDiff between(Snapshot before, Snapshot after, Progress progress)
            throws SnapshotException {
        try (DiffScan scan = new DiffScan(before, after, progress)) {
            return scan.run();
        }
    }

    /// {@return all pages that differ}
    public PageRanges pages() {
        return changed.union(filled).union(zeroed);
    }

    /// {@return how many pages either has; the last may be a short one}
    public long pageCount() {
        return pageSize.pageCount(byteCount);
    }
}

package io.coldframe.inspect;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.SnapshotStore;

import java.util.List;

/// The life of one page: what it held, and since when, as far as the living ancestors of a snapshot
/// tell.
///
/// **Threads.** Immutable.
///
/// @param subject the snapshot
/// @param pageSize the unit in which it was found out
/// @param offset where the page begins
/// @param byteCount its length; the last page of a memory may be a short one
/// @param changes the newest first; never empty
public record History(
        Author subject, PageSize pageSize, long offset, long byteCount, List<Change> changes) {

    /// What the page held for some generations.
    ///
    /// @param author who wrote it; may be gone
    /// @param name of the newest living snapshot in which the page holds this
    /// @param isZero whether it was zeros
    /// @param crc32c of the page
    /// @param unseenGenerationCount how many generations between this change and the next older
    ///     living ancestor are gone: what they may have written, and what was overwritten by this,
    ///     nobody knows
    public record Change(
            Author author, String name, boolean isZero, int crc32c, int unseenGenerationCount) {}

    /// Copies the list.
    public History {
        changes = List.copyOf(changes);
    }

    /// {@return the history of the page that holds a byte}
    ///
    /// @param store a store
    /// @param reference a name, a tag or an id in it
    /// @param offset of the byte
    /// @throws SnapshotException of kind `MISSING` if there is no such snapshot, `CORRUPT` if the
    ///     page is not as it was written
    /// @throws IllegalArgumentException if the offset is not in the memory
    public static History of(SnapshotStore store, String reference, long offset)
            throws SnapshotException {
        return new HistoryWalk(store, offset).from(reference);
    }
}

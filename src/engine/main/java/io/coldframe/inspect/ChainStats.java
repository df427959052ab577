package io.coldframe.inspect;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.SnapshotStore;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// How snapshots are stored: what each reads, and what of each layer is read by whom.
///
/// **Threads.** Immutable.
///
/// @param snapshots those that were asked for, the oldest first
/// @param layers those that they read, in the order in which they are met; of all layer snapshots
///     every layer that one of them reads
public record ChainStats(List<SnapshotStats> snapshots, List<LayerStats> layers) {

    /// Copies the lists.
    public ChainStats {
        snapshots = List.copyOf(snapshots);
        layers = List.copyOf(layers);
    }

    /// One snapshot.
    ///
    /// @param name what it is called
    /// @param id which it is
    /// @param isImage whether its memory is an image, of which nothing more is known than what was
    ///     written: the counts of blocks are 0 then, save for the data
    /// @param generation how many parents it has, one above the other
    /// @param createdAt when it was asked for
    /// @param byteCount the length of the memory
    /// @param blockSize the unit of all counts
    /// @param dataBlockCount how many of its blocks are stored in layers; of an image, how many
    ///     pages it has stored itself
    /// @param zeroBlockCount how many are zero
    /// @param baseBlockCount how many are an image's that it lies on
    /// @param writtenBlockCount how many it wrote itself, data and zeros
    /// @param extentCount in how many pieces the memory lies; 0 of an image
    /// @param depth how many layers it reads; of an image, how many images
    public record SnapshotStats(
            String name,
            UUID id,
            boolean isImage,
            int generation,
            Instant createdAt,
            long byteCount,
            PageSize blockSize,
            long dataBlockCount,
            long zeroBlockCount,
            long baseBlockCount,
            long writtenBlockCount,
            int extentCount,
            int depth) {}

    /// One layer.
    ///
    /// @param id which it is
    /// @param holder the snapshot that it lies beside; empty if that is gone, or has been given
    ///     another layer
    /// @param blockSize the unit of all counts
    /// @param storedBlockCount how many blocks it has
    /// @param readBlockCount how many of them the snapshots read that were asked for
    /// @param sharedBlockCount how many of these another living snapshot reads, too
    /// @param deadBlockCount how many no living snapshot reads
    /// @param extentCount in how many pieces the snapshots that were asked for read it
    /// @param readerCount how many living snapshots read any of it
    public record LayerStats(
            UUID id,
            Optional<String> holder,
            PageSize blockSize,
            long storedBlockCount,
            long readBlockCount,
            long sharedBlockCount,
            long deadBlockCount,
            int extentCount,
            int readerCount) {

        /// {@return how long the layer's file is}
        public long storedByteCount() {
            return blockSize.bytes(storedBlockCount);
        }

        /// {@return how much of it no living snapshot reads}
        public long deadByteCount() {
            return blockSize.bytes(deadBlockCount);
        }
    }

    /// {@return how all snapshots of a store are stored}
    ///
    /// Whatever is left of deleted snapshots and read by nobody is not in it: the next compaction
    /// or prune removes that.
    ///
    /// @param store a store
    /// @throws SnapshotException if an index can't be read
    public static ChainStats ofStore(SnapshotStore store) throws SnapshotException {
        return new StatsScan(store).all();
    }

    /// {@return how one snapshot is stored}
    ///
    /// The indexes of all others are read, too: they decide what is shared and what is dead.
    ///
    /// @param store a store
    /// @param reference a name, a tag or an id in it
    /// @throws SnapshotException of kind `MISSING` if there is no such snapshot
    public static ChainStats of(SnapshotStore store, String reference) throws SnapshotException {
        return new StatsScan(store).one(reference);
    }
}

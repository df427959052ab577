package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.OnExisting;

import java.nio.file.Path;

/// Brings snapshots into a [SnapshotStore] and out of it: pairs, and OpenVMM's directories.
///
/// ```java
/// Bridges.importPair(store, "base", PairPaths.of(state), Progress.NONE);
/// Bridges.exportOpenVmm(store, "base", directory, OnExisting.REFUSE, Progress.NONE);
/// ```
///
/// All memory is checked before it is brought, or as it is laid over its parent; where it comes
/// without sums, what was brought is summed. Its bytes are shared where the file system can share
/// blocks, and otherwise copied; holes stay holes. None passes through the Java heap.
///
/// **Threads.** Any, for everything.
public final class Bridges {

    private Bridges() {}

    /// Brings a full pair into a store.
    ///
    /// @param store takes it
    /// @param name of the new snapshot
    /// @param pair where the pair is; it stays
    /// @param progress hears of it, and may stop it
    /// @return what was saved
    /// @throws SnapshotException of reason `INCOMPATIBLE` if the pair is a diff; otherwise as
    ///     [SnapshotPair#load(PairPaths)] and [SnapshotStore#save]
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static SnapshotReport importPair(
            SnapshotStore store, String name, PairPaths pair, Progress progress)
            throws SnapshotException {
        return PairBridge.importFull(store, name, pair, progress);
    }

    /// Brings a pair that is a diff into a store that has what it lies on.
    ///
    /// @param store takes it
    /// @param name of the new snapshot
    /// @param parentReference a name, a tag or an id: what the diff was saved after
    /// @param pair where the pair is; it stays
    /// @param progress hears of it, and may stop it
    /// @return what was saved
    /// @throws SnapshotException of reason `MISMATCH` if the diff lies on other memory,
    ///     `INCOMPATIBLE` if the pair is no diff or has other pages than the parent; otherwise as
    ///     [SnapshotPair#load(PairPaths)] and [SnapshotStore#save]
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static SnapshotReport importPair(
            SnapshotStore store,
            String name,
            String parentReference,
            PairPaths pair,
            Progress progress)
            throws SnapshotException {
        return PairBridge.importDiff(store, name, parentReference, pair, progress);
    }

    /// Writes a snapshot, and all that it lies on, as one full pair.
    ///
    /// @param store has it
    /// @param reference a name, a tag or an id
    /// @param pair where the pair is to be
    /// @param onExisting what to do if there is one
    /// @param progress hears of it, and may stop it
    /// @return what was saved
    /// @throws SnapshotException of reason `INCOMPATIBLE` if only its maker can read the machine
    ///     state, `CORRUPT` if a block is not as it was written
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static SaveReport exportPair(
            SnapshotStore store,
            String reference,
            PairPaths pair,
            OnExisting onExisting,
            Progress progress)
            throws SnapshotException {
        return PairBridge.export(store, reference, pair, onExisting, progress);
    }

    /// Brings a snapshot of OpenVMM into a store. Its memory has no sums there; it gets them here.
    ///
    /// @param store takes it
    /// @param name of the new snapshot
    /// @param directory where it is; it stays
    /// @param progress hears of it, and may stop it
    /// @return what was saved
    /// @throws SnapshotException as [OpenVmmDirectory#readSnapshot] and [SnapshotStore#save]; of
    ///     reason `BUSY` if the directory was replaced meanwhile
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static SnapshotReport importOpenVmm(
            SnapshotStore store, String name, Path directory, Progress progress)
            throws SnapshotException {
        return OpenVmmBridge.importDirectory(store, name, directory, progress);
    }

    /// Writes a snapshot, and all that it lies on, as OpenVMM does. The machine state goes as it
    /// is: OpenVMM understands the one that came from OpenVMM.
    ///
    /// @param store has it
    /// @param reference a name, a tag or an id
    /// @param directory where it is to be
    /// @param onExisting what to do if there is one
    /// @param progress hears of it, and may stop it
    /// @return what was committed
    /// @throws SnapshotException of reason `TOO_LARGE` if the machine state is longer than anyone
    ///     reads it there, of kind `CORRUPT` if a block is not as it was written
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static OpenVmmReport exportOpenVmm(
            SnapshotStore store,
            String reference,
            Path directory,
            OnExisting onExisting,
            Progress progress)
            throws SnapshotException {
        return OpenVmmBridge.export(store, reference, directory, onExisting, progress);
    }
}

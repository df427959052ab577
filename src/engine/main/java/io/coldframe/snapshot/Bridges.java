package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.OnExisting;
import io.coldframe.wrenn.WrennGeneration;

import java.nio.file.Path;
import java.util.List;

/// Brings snapshots into a [SnapshotStore] and out of it: pairs, OpenVMM's directories, Wrenn's
/// generations, and Firecracker's memory files.
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

    /// Brings generations of Wrenn's or e2b's into a store, each as a layer on the one before.
    ///
    /// What the store has already is recognised by its build id, and is not brought again; so an
    /// import that was ended is gone on with by the same call. Blocks that a generation stores
    /// though they have not changed are stored once. A `snapfile` beside a header becomes the
    /// machine state, unread.
    ///
    /// @param store takes them
    /// @param generations in any order; [WrennGeneration#in] finds them
    /// @param progress hears of all of them as one, and may stop it between any two blocks; what is
    ///     in the store by then stays
    /// @return what was brought
    /// @throws SnapshotException of kind `CONFLICT` if the store has another generation of the same
    ///     build id, or a name is taken; otherwise as
    ///     [io.coldframe.wrenn.WrennChain#open(java.nio.file.Path)]
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static WrennImportReport importWrenn(
            SnapshotStore store, List<WrennGeneration> generations, Progress progress)
            throws SnapshotException {
        return WrennImport.run(store, generations, progress);
    }

    /// Writes a snapshot, and its ancestors as far back as none is gone, as generations of Wrenn's:
    /// a directory each, of the snapshot's name, with the header and every compact file that it
    /// names.
    ///
    /// What came from Wrenn goes back with the same bytes under the same build ids if it is mapped
    /// as it was. Where it is not, as after Wrenn has stored blocks that had not changed, it gets
    /// the id of its snapshot: a build id never stands for two files.
    ///
    /// @param store has it
    /// @param reference a name, a tag or an id
    /// @param directory where the directories are to be; it is made if it is not there
    /// @param onExisting what to do about each of them that is there
    /// @param progress hears of all generations as one, and may stop it
    /// @return what was written
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written; the
    ///     generations before it are there, whole
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static WrennExportReport exportWrenn(
            SnapshotStore store,
            String reference,
            Path directory,
            OnExisting onExisting,
            Progress progress)
            throws SnapshotException {
        return WrennExport.run(store, reference, directory, onExisting, progress);
    }

    /// Brings a memory file of Firecracker's into a store, as a layer.
    ///
    /// @param store takes it
    /// @param memory the file, and what it is
    /// @param progress hears of it, and may stop it
    /// @return what was saved
    /// @throws SnapshotException of reason `MISMATCH` if the file is not as long as the guest's
    ///     memory, `INCOMPATIBLE` if it is to be a diff and has no hole, or none that is told page
    ///     by page; otherwise as [SnapshotStore#save]
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static SnapshotReport importFirecracker(
            SnapshotStore store, FirecrackerMemory memory, Progress progress)
            throws SnapshotException {
        return FirecrackerBridge.importMemory(store, memory, progress);
    }
}

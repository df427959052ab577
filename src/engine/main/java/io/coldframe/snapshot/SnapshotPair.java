package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestMemory;

import java.util.List;
import java.util.function.LongPredicate;

/// A snapshot in two files: the machine state in `x.snap`, and the memory, raw at its own offsets,
/// in `x.mem`.
///
/// ```java
/// PairPaths base = PairPaths.of(folder.resolve("base.snap"));
/// SaveReport saved = SnapshotPair.save(SaveRequest.full(base, state, memory).dirty(dirty));
///
/// PairPaths later = PairPaths.of(folder.resolve("later.snap"));
/// SnapshotPair.save(
///         SaveRequest.diff(later, state, memory).dirty(dirty).base(saved.memoryDigest()));
///
/// try (LoadedPair pair = SnapshotPair.load(List.of(base, later), Progress.NONE)) {
///     // pair.state(), pair.memory()
/// }
/// ```
///
/// The two files change together, also when the process or the machine dies: the state is what
/// counts, it names its memory by a digest, and the memory that is being replaced stays until the
/// state has been. What is loaded is a pair that was saved, old or new, or a refusal that says what
/// does not belong together.
///
/// **Threads.** Any, and any number of processes. Of two that save the same pair at once the second
/// is refused; whoever loads meanwhile gets the pair of before or after.
public final class SnapshotPair {

    private SnapshotPair() {}

    /// Saves a machine, and replaces a pair that is there unless the request forbids it.
    ///
    /// All that can be checked is checked before a file is made, and when it fails nothing has
    /// changed: the pair that was there is as it was, and the pages of the bitmap are dirty.
    ///
    /// @param request what to save and where
    /// @return what was saved
    /// @throws SnapshotException of reason `INCOMPATIBLE` if no machine can be restored from the
    ///     state, or if it does not track dirty pages and a diff is asked for; of kind `CONFLICT`
    ///     if another writer is at the pair, or it is there and may not be replaced
    /// @throws IllegalArgumentException if the parts do not fit each other: a diff without a
    ///     bitmap; a state, a memory and a bitmap of different lengths; a bitmap whose pages are
    ///     not made of pages of the file
    /// @throws java.util.concurrent.CancellationException if the request's progress says so
    public static SaveReport save(SaveRequest request) throws SnapshotException {
        return PairSaver.save(request);
    }

    /// Loads a full pair. The memory is checked, every block of it, and then mapped: what the guest
    /// writes stays in this process, and the pair is as it was.
    ///
    /// @param pair where it is
    /// @return the machine
    /// @throws SnapshotException of kind `MISSING` if a file is not there, `CORRUPT` if its bytes
    ///     are not those that were saved, of reason `MISMATCH` if the memory is another's, and
    ///     `INCOMPATIBLE` if the pair is a diff
    public static LoadedPair load(PairPaths pair) throws SnapshotException {
        return load(List.of(pair), Progress.NONE);
    }

    /// Loads a full pair and the diffs that were saved after it, one laid over the other.
    ///
    /// Each is checked, and where a diff says which memory it lies on, so is that. A full pair
    /// alone is mapped; with diffs the memory is new.
    ///
    /// @param baseFirst the full pair, then the diffs, the oldest first
    /// @param progress hears of it, and may stop it
    /// @return the machine of the last
    /// @throws SnapshotException as [#load(PairPaths)]
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static LoadedPair load(List<PairPaths> baseFirst, Progress progress)
            throws SnapshotException {
        try (PairChain chain = PairChain.open(baseFirst, true)) {
            return chain.load(progress);
        }
    }

    /// Loads as [#load(List, Progress)], and refuses a machine with a register that whoever
    /// restores it would not know what to do with. It is asked before the memory is read.
    ///
    /// The caller knows the set, because the hypervisor does: it lists its registers
    /// (`KVM_GET_REG_LIST`, `KVM_GET_MSR_INDEX_LIST`) or has names for them
    /// (Hypervisor.framework). The other loads ask for nothing: who uses them asks
    /// [io.coldframe.state.MachineState#checkRegistersKnown] before it restores.
    ///
    /// @param baseFirst the full pair, then the diffs, the oldest first
    /// @param knownRegisters answers whether a register's number is known
    /// @param progress hears of it, and may stop it
    /// @return the machine of the last
    /// @throws SnapshotException as [#load(PairPaths)], and of reason `INCOMPATIBLE` that names the
    ///     vCPU and the first register that is not known
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static LoadedPair load(
            List<PairPaths> baseFirst, LongPredicate knownRegisters, Progress progress)
            throws SnapshotException {
        try (PairChain chain = PairChain.open(baseFirst, true)) {
            chain.requireRegistersKnown(knownRegisters);
            return chain.load(progress);
        }
    }

    /// Loads as [#load(List, Progress)] into memory that is there, in whatever regions.
    ///
    /// @param baseFirst the full pair, then the diffs, the oldest first
    /// @param into as long as the machine's memory; all of it is written, and what is in it after
    ///     a failure is undefined
    /// @param progress hears of it, and may stop it
    /// @return the machine of the last
    /// @throws SnapshotException as [#load(PairPaths)]
    /// @throws IllegalArgumentException if the memory has another length
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static LoadedPair loadInto(
            List<PairPaths> baseFirst, GuestMemory into, Progress progress)
            throws SnapshotException {
        try (PairChain chain = PairChain.open(baseFirst, false)) {
            return chain.loadInto(into, progress);
        }
    }

    /// Reads all of a pair, full or diff, and refuses it if one bit is not as it was saved.
    ///
    /// @param pair where it is
    /// @param progress hears of it, and may stop it
    /// @return what was found whole
    /// @throws SnapshotException of kind `MISSING` if a file is not there, `CORRUPT` if its bytes
    ///     are not those that were saved: with both digests, and the file, offset and guest page
    ///     of the first block that is bad
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public static PairVerification verifyPair(PairPaths pair, Progress progress)
            throws SnapshotException {
        try (OpenPair opened = OpenPair.open(pair)) {
            opened.verify(progress);
            return new PairVerification(
                    opened.state().isDiff(),
                    opened.state().sums().byteCount(),
                    opened.state().sums().writtenPages(),
                    opened.state().binding().digest(),
                    opened.memoryFile());
        }
    }

    /// Says what a state file holds, also of one that is damaged, and whether its memory is there.
    ///
    /// @param pair where it is; the memory need not be there
    /// @return what could be read
    /// @throws SnapshotException if there is no state file, or it can't be read at all
    public static PairDescription describe(PairPaths pair) throws SnapshotException {
        return PairDescriber.describe(pair);
    }
}

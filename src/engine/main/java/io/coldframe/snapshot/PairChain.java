package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.MemoryImage;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.Failures;
import io.coldframe.state.StateEnvelope;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/// A full pair and the diffs on it, all open.
///
/// **Lifetime.** Owns the opened pairs.
///
/// **Threads.** One.
final class PairChain implements AutoCloseable {
    private final List<OpenPair> baseFirst;

    private PairChain(List<OpenPair> baseFirst) {
        this.baseFirst = baseFirst;
    }

    /// Opens the pairs, and refuses them if one does not lie on the one before it.
    ///
    /// @param isToBeMapped whether a full pair alone is mapped
    static PairChain open(List<PairPaths> baseFirst, boolean isToBeMapped)
            throws SnapshotException {
        if (baseFirst.isEmpty()) {
            throw new IllegalArgumentException("no pair to load");
        }
        PairChain chain = new PairChain(new ArrayList<>());
        try {
            for (PairPaths paths : baseFirst) {
                boolean isAlone = isToBeMapped && baseFirst.size() == 1;
                chain.baseFirst.add(isAlone ? OpenPair.openMapped(paths) : OpenPair.open(paths));
            }
            chain.requireInOrder();
            return chain;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, chain);
            throw failure;
        }
    }

    private void requireInOrder() throws SnapshotException {
        StateOfPair below = baseFirst.getFirst().state();
        if (below.isDiff()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "a diff holds only the pages that were written: load it over the full pair"
                            + " that it was saved after",
                    below.path());
        }
        for (OpenPair pair : baseFirst.subList(1, baseFirst.size())) {
            requireOn(below, pair.state());
            below = pair.state();
        }
        below.envelope().state().checkCompatible(below.path());
    }

    private static void requireOn(StateOfPair below, StateOfPair above) throws SnapshotException {
        if (!above.isDiff()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "a full pair lies on nothing, and not on " + below.path(),
                    above.path());
        }
        Sha256 found = below.binding().digest();
        Optional<Sha256> base = above.binding().base();
        if (base.isPresent() && !base.get().equals(found)) {
            throw mismatch("the diff lies on memory " + base.get(), found, below, above);
        }
        if (above.sums().byteCount() != below.sums().byteCount()) {
            String what = "the diff is of %d bytes of memory".formatted(above.sums().byteCount());
            throw mismatch(what, below.sums().byteCount(), below, above);
        }
        if (above.envelope().architecture() != below.envelope().architecture()) {
            String what = "the diff is of " + above.envelope().architecture();
            throw mismatch(what, below.envelope().architecture(), below, above);
        }
    }

    private static SnapshotException mismatch(
            String what, Object found, StateOfPair below, StateOfPair above) {
        return new SnapshotException(
                Kind.CORRUPT,
                Reason.MISMATCH,
                "%s, and %s has %s".formatted(what, below.path(), found),
                above.path());
    }

    /// Only the machine of the last is restored.
    void requireRegistersKnown(LongPredicate known) throws SnapshotException {
        last().state().envelope().state().checkRegistersKnown(known, last().state().path());
    }

    /// Memory that is mapped where there is one pair, and new where there are more.
    LoadedPair load(Progress progress) throws SnapshotException {
        if (baseFirst.size() == 1) {
            last().verify(progress);
            return loaded(last().takeMapped(), true);
        }
        GuestMemory memory = GuestMemory.anonymous(last().state().layout());
        try {
            fill(memory, progress);
            return loaded(memory, true);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, memory);
            throw failure;
        }
    }

    LoadedPair loadInto(GuestMemory into, Progress progress) throws SnapshotException {
        long byteCount = last().state().sums().byteCount();
        if (into.byteCount() != byteCount) {
            throw new IllegalArgumentException(
                    "the memory has %d bytes, the pair %d: %s"
                            .formatted(into.byteCount(), byteCount, last().state().path()));
        }
        fill(into, progress);
        return loaded(into, false);
    }

    /// Every byte is checked as it is read.
    private void fill(GuestMemory memory, Progress progress) throws SnapshotException {
        List<MemoryImage> newestFirst = baseFirst.reversed().stream().map(OpenPair::image).toList();
        try {
            MemoryImage.load(newestFirst, memory, progress);
        } catch (SnapshotException bad) {
            if (bad.kind() == Kind.CORRUPT) {
                // Says which pair does not belong together, with both digests.
                for (OpenPair pair : baseFirst) {
                    pair.verify(Progress.NONE);
                }
            }
            throw bad;
        }
    }

    private LoadedPair loaded(GuestMemory memory, boolean isOwner) {
        StateEnvelope envelope = last().state().envelope();
        return new LoadedPair(
                envelope, envelope.state().normalised(), last().memoryFile(), memory, isOwner);
    }

    private OpenPair last() {
        return baseFirst.getLast();
    }

    @Override
    public void close() {
        baseFirst.forEach(OpenPair::close);
    }
}

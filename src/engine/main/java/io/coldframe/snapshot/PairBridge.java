package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.CopyMethod;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryImage;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.image.RestoreReport;
import io.coldframe.image.WriteReport;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageSize;
import io.coldframe.state.MachineState;

import java.util.Optional;

/// Pairs into a store and out of it.
final class PairBridge {

    private PairBridge() {}

    static SnapshotReport importFull(
            SnapshotStore store, String name, PairPaths paths, Progress progress)
            throws SnapshotException {
        try (OpenPair pair = OpenPair.open(paths)) {
            if (pair.state().isDiff()) {
                throw incompatible("the pair is a diff: name what it lies on", paths);
            }
            return adopt(store, name, Optional.empty(), pair, pair.state().layout(), progress);
        }
    }

    static SnapshotReport importDiff(
            SnapshotStore store,
            String name,
            String parentReference,
            PairPaths paths,
            Progress progress)
            throws SnapshotException {
        try (OpenPair pair = OpenPair.open(paths)) {
            if (!pair.state().isDiff()) {
                throw incompatible("the pair is no diff: it lies on nothing", paths);
            }
            Manifest parent = store.manifest(parentReference);
            if (parent.kind() == Manifest.Kind.LAYER) {
                throw incompatible(
                        "the parent is a layer, and images lie on images only: capture it", paths);
            }
            requireOn(parent, pair.state());
            // By the id, because another snapshot may have the name by then.
            Optional<String> id = Optional.of(parent.id().toString());
            return adopt(store, name, id, pair, parent.memory().layout(), progress);
        }
    }

    private static void requireOn(Manifest parent, StateOfPair diff) throws SnapshotException {
        Sha256 found = parent.memory().sumsDigest();
        Optional<Sha256> base = diff.binding().base();
        if (base.isPresent() && !base.get().equals(found)) {
            throw mismatch("the diff lies on memory " + base.get(), found, diff);
        }
        if (diff.sums().byteCount() != parent.memory().byteCount()) {
            String what = "the diff is of %d bytes of memory".formatted(diff.sums().byteCount());
            throw mismatch(what, parent.memory().byteCount(), diff);
        }
        PageSize pageSize = diff.sums().pageSize();
        if (!pageSize.equals(parent.memory().pageSize())) {
            throw mismatch("the diff has pages of " + pageSize, parent.memory().pageSize(), diff);
        }
    }

    private static SnapshotException mismatch(String what, Object parent, StateOfPair diff) {
        return new SnapshotException(
                Kind.UNSUPPORTED,
                Reason.MISMATCH,
                "%s, and the parent has %s".formatted(what, parent),
                diff.path());
    }

    private static SnapshotException incompatible(String what, PairPaths paths) {
        return new SnapshotException(Kind.UNSUPPORTED, Reason.INCOMPATIBLE, what, paths.state());
    }

    private static SnapshotReport adopt(
            SnapshotStore store,
            String name,
            Optional<String> parent,
            OpenPair pair,
            GuestLayout layout,
            Progress progress)
            throws SnapshotException {
        StateSource state = StateSource.machine(pair.state().envelope().state());
        return store.adopt(
                SnapshotRequest.adopting(name, parent, layout, state),
                (draft, memoryName) -> {
                    CopyMethod method = pair.copyInto(draft, memoryName, progress);
                    ImageSums sums = pair.state().sums();
                    return new MemoryFiller.Filled(sums, report(method, sums));
                });
    }

    static SaveReport export(
            SnapshotStore store,
            String reference,
            PairPaths paths,
            OnExisting onExisting,
            Progress progress)
            throws SnapshotException {
        try (Snapshot snapshot = store.open(reference)) {
            MachineState state = snapshot.machineState();
            long byteCount = snapshot.manifest().memory().byteCount();
            if (state.vmInfo().memoryByteCount() != byteCount) {
                throw incompatible(
                        "the state is of a machine with %d bytes of memory, the snapshot has %d"
                                .formatted(state.vmInfo().memoryByteCount(), byteCount),
                        paths);
            }
            PageSize pageSize = snapshot.manifest().memory().pageSize();
            long sumsMax = PairDraft.sumsMax(state, byteCount, pageSize, false, paths.state());
            try (PairDraft draft = PairDraft.create(paths, state, onExisting)) {
                MemoryFiller.Filled filled = fill(draft, snapshot, sumsMax, progress);
                long stateBytes = draft.commit(filled.sums(), Optional.empty());
                return new SaveReport(
                        false,
                        filled.sums().writtenPages(),
                        filled.sums().digest(),
                        stateBytes,
                        filled.report());
            }
        }
    }

    private static MemoryFiller.Filled fill(
            PairDraft draft, Snapshot snapshot, long sumsMax, Progress progress)
            throws SnapshotException {
        OpenMemory memory = snapshot.memory();
        boolean isImage = snapshot.layers().isEmpty() && memory.images().size() == 1;
        if (isImage && memory.images().getFirst().sums().sumCount() <= sumsMax) {
            MemoryImage only = memory.images().getFirst().image();
            GuestLayout layout = snapshot.manifest().memory().layout();
            CopyMethod method = only.copyInto(draft.files(), layout, progress);
            return new MemoryFiller.Filled(only.sums(), report(method, only.sums()));
        }
        RestoreReport restored = memory.materialise(draft.files(), sumsMax, progress);
        ImageSums sums = restored.sums();
        WriteReport report =
                new WriteReport(
                        Output.BUFFERED,
                        laidOver(snapshot),
                        sums.writtenPages(),
                        sums.byteCount(),
                        restored.bytesWritten());
        return new MemoryFiller.Filled(sums, report);
    }

    private static String laidOver(Snapshot snapshot) {
        int imageCount = snapshot.memory().images().size();
        return snapshot.layers()
                .map(chain -> "gathered from %d layers".formatted(chain.index().layers().size()))
                .orElse("%d images laid over each other".formatted(imageCount));
    }

    /// How a file was brought that was an image already.
    static WriteReport report(CopyMethod method, ImageSums sums) {
        long heldBytes = Math.min(sums.pageSize().bytes(sums.writtenPages()), sums.byteCount());
        boolean isShared = method == CopyMethod.REFLINK;
        return new WriteReport(
                Output.BUFFERED,
                isShared ? "shares the blocks of another file" : "copied from another file",
                sums.writtenPages(),
                heldBytes,
                isShared ? 0 : heldBytes);
    }
}

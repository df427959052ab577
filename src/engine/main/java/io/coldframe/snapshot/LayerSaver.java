package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.WriteOptions;
import io.coldframe.image.WriteReport;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerParent;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.LayerSource;
import io.coldframe.layer.LayerSums;
import io.coldframe.layer.LayerWriter;
import io.coldframe.layer.Origin;
import io.coldframe.layer.PackedLayer;
import io.coldframe.memory.DrainedPages;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Captures memory as a layer.
///
/// From the opening of the parent to the commit it holds a lease, so that no layer which the new
/// index will name is swept away, even if the parent is deleted or compacted meanwhile. That is no
/// reason to give up: only what the index names must be there at the commit.
///
/// **Threads.** One.
final class LayerSaver {

    private final StorePaths paths;
    private final SnapshotRequest request;
    private final LayerSource source;
    private final SaveTarget target;

    // The parent, once it is open.
    private Optional<StoredSnapshot> stored = Optional.empty();

    // What the new index names, which is known once it is written.
    private List<LayerRef> named = List.of();
    private Optional<UUID> base = Optional.empty();

    LayerSaver(StorePaths paths, SnapshotRequest request) {
        this.paths = paths;
        this.request = request;
        this.source =
                request.layerSource()
                        .orElseThrow(() -> new IllegalArgumentException("no memory to capture"));
        this.target = new SaveTarget(paths, request);
    }

    SnapshotReport save() throws SnapshotException {
        SnapshotReport report;
        try (LayerLease _ = LayerLease.take(paths)) {
            report = saveAfterParent();
        } catch (Throwable failure) {
            sweepIfDue();
            throw failure;
        }
        if (!sweepIfDue()) {
            target.afterCommit();
        }
        return report;
    }

    /// Who took the parent away, or anything else, could not sweep while this held its lease.
    private boolean sweepIfDue() {
        boolean isDue =
                paths.unswept().isThere()
                        || (stored.isPresent() && !SnapshotOpener.isUnchanged(stored.get()));
        if (isDue) {
            LayerSweep _ = new LayerShelf(paths).sweep();
        }
        return isDue;
    }

    private SnapshotReport saveAfterParent() throws SnapshotException {
        if (request.parentReference().isEmpty()) {
            return save(Optional.empty());
        }
        String reference = request.parentReference().get();
        try (Snapshot parent = new SnapshotOpener(paths).open(reference)) {
            stored = Optional.of(parent.memory().stored());
            requireFitting(parent);
            return save(Optional.of(parent));
        }
    }

    private void requireFitting(Snapshot parent) throws SnapshotException {
        target.requireLayoutOf(parent.memory().stored());
        if (parent.manifest().generation() == Integer.MAX_VALUE) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "%s is generation %d, the last: capture without a parent"
                            .formatted(parent.name(), parent.manifest().generation()),
                    target.path());
        }
    }

    private SnapshotReport save(Optional<Snapshot> parent) throws SnapshotException {
        LayerOptions options = options(parent);
        try (DrainedPages drained = new DrainedPages()) {
            SnapshotReport report =
                    new SnapshotCommit(request, target.path())
                            .run(
                                    stored,
                                    () -> target.check(base),
                                    (draft, origin) ->
                                            bring(draft, origin, parent, options, drained),
                                    () -> {
                                        requireStillThere();
                                        target.checkAtCommit(base);
                                    });
            drained.commit();
            return report;
        }
    }

    private LayerOptions options(Optional<Snapshot> parent) {
        WriteOptions asked = request.writeOptions();
        return LayerOptions.DEFAULT
                .withBlockSize(blockSize(parent.flatMap(Snapshot::layers)))
                .withOutput(asked.output())
                .withThreadCount(asked.threadCount())
                .withProgress(asked.progress());
    }

    private PageSize blockSize(Optional<LayerChain> parent) {
        if (parent.isEmpty()) {
            return request.pageSize();
        }
        PageSize inherited = parent.get().index().blockSize();
        if (!request.settings().pageSize().orElse(inherited).equals(inherited)) {
            throw new IllegalArgumentException(
                    "blocks of %s, and the parent has %s".formatted(request.pageSize(), inherited));
        }
        return inherited;
    }

    private SnapshotCommit.Brought bring(
            AtomicDirectory draft,
            Origin origin,
            Optional<Snapshot> parent,
            LayerOptions options,
            DrainedPages drained)
            throws SnapshotException {
        request.dirty().ifPresent(drained::take);
        UUID layerId = Ids.next(origin.createdAt());
        try (PackedLayer packed =
                writer(parent, options, drained)
                        .write(layerId, origin, draft.newFile(StorePaths.LAYER))) {
            LayerIndex index = packed.index();
            draft.write(StorePaths.INDEX, index.encoded());
            named = index.layers().stream().filter(ref -> !ref.id().equals(layerId)).toList();
            base = index.base();
            return new SnapshotCommit.Brought(
                    part(index),
                    report(packed.report(), options.blockSize()),
                    Optional.of(packed.report()));
        }
    }

    private LayerWriter writer(
            Optional<Snapshot> parent, LayerOptions options, DrainedPages drained) {
        LayerWriter writer = LayerWriter.of(source, options);
        if (parent.isEmpty()) {
            return writer;
        }
        LayerWriter over = writer.over(layerParent(parent.get()));
        return request.dirty().isPresent() ? over.onlyDirty(drained.pages()) : over;
    }

    private static LayerParent layerParent(Snapshot parent) {
        return parent.layers()
                .map(chain -> LayerParent.of(chain.index(), chain))
                .orElseGet(() -> LayerParent.base(parent.manifest().id(), parent.source()));
    }

    private MemoryPart part(LayerIndex index) {
        return new MemoryPart(
                Manifest.Kind.LAYER,
                request.layout(),
                index.blockSize(),
                index.sums().map(LayerSums::storedBlockCount).orElse(0L),
                index.encoded().byteSize(),
                index.digest(),
                index.layerId(),
                index.base());
    }

    private static WriteReport report(LayerReport layer, PageSize blockSize) {
        return new WriteReport(
                layer.output(),
                layer.why(),
                layer.dataBlocks(),
                blockSize.bytes(layer.dataBlocks()),
                layer.bytesWritten());
    }

    /// Refuses if something is gone that the new index names. Under the lock of the store.
    private void requireStillThere() throws SnapshotException {
        // While the parent lives as it is, nobody takes away what it reads.
        if (stored.isEmpty() || isUnchanged(stored.get())) {
            return;
        }
        if (base.isPresent() && Catalogue.of(paths).withId(base.get()).isEmpty()) {
            throw target.gone("the image below, " + base.get() + ",");
        }
        StoreLayers layers = new StoreLayers(paths);
        for (LayerRef ref : named) {
            try {
                layers.find(ref);
            } catch (SnapshotException failure) {
                if (failure.kind() == Kind.MISSING) {
                    throw target.gone("layer " + ref.id());
                }
                throw failure;
            }
        }
    }

    private static boolean isUnchanged(StoredSnapshot parent) {
        try {
            return parent.isUnchanged();
        } catch (SnapshotException broken) {
            return false;
        }
    }
}

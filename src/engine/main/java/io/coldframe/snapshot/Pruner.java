package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;

/// Deletes what a plan says: first what nothing can lie on, then images, the youngest first.
///
/// **Threads.** One.
final class Pruner {

    private final StorePaths paths;
    private final PrunePlan plan;
    private final Progress progress;

    private final List<String> removed = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private long freedBytes;

    Pruner(StorePaths paths, PrunePlan plan, Progress progress) {
        this.paths = paths;
        this.plan = plan;
        this.progress = progress;
    }

    PruneReport run() throws SnapshotException {
        List<StoredSnapshot> due = due();
        for (StoredSnapshot stored : due) {
            hear(Math.min(freedBytes, plan.freedByteCount()));
            prune(stored);
        }
        LayerSweep sweep = new LayerShelf(paths).sweep();
        progress.proceed(plan.freedByteCount(), plan.freedByteCount());
        return new PruneReport(removed, left, freedBytes + sweep.freedByteCount(), sweep);
    }

    private void hear(long doneBytes) {
        if (!progress.proceed(doneBytes, plan.freedByteCount())) {
            throw new CancellationException(
                    "cancelled when %d snapshots of %d were removed"
                            .formatted(removed.size(), plan.removed().size()));
        }
    }

    private List<StoredSnapshot> due() throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        List<StoredSnapshot> due = new ArrayList<>();
        for (PrunePlan.Choice choice : plan.removed()) {
            Optional<StoredSnapshot> found = find(catalogue, choice.name(), choice.id());
            if (found.isPresent()) {
                due.add(found.get());
            } else {
                left.add(choice.name() + ": deleted or replaced meanwhile");
            }
        }
        due.sort(Comparator.comparingInt(Pruner::rank));
        return due;
    }

    /// Layers first, then images, the youngest generation first.
    private static int rank(StoredSnapshot stored) {
        boolean isLayer = stored.manifest().kind() == Manifest.Kind.LAYER;
        return isLayer ? Integer.MIN_VALUE : -stored.manifest().generation();
    }

    private static Optional<StoredSnapshot> find(Catalogue catalogue, String name, UUID id) {
        return Optional.ofNullable(catalogue.readable().get(name))
                .filter(stored -> stored.manifest().id().equals(id));
    }

    private void prune(StoredSnapshot stored) throws SnapshotException {
        try {
            // The layer of it, if there is one, is freed by the sweep.
            long byteCount = Removal.byteCount(stored, false);
            new Removal(paths).deleteUnswept(stored);
            removed.add(stored.name());
            freedBytes += byteCount;
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.CONFLICT && failure.kind() != Kind.MISSING) {
                throw failure;
            }
            left.add(stored.name() + ": " + failure.getMessage());
        }
    }
}

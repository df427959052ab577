package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.LockFile;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRewriter;
import io.coldframe.layer.LayerSums;
import io.coldframe.layer.Relocation;
import io.coldframe.os.Failures;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/// Carries out the plan of a compaction, step by step.
///
/// ```
///  journal: which block goes where        from here on the layer to be is not removed
///  copy the blocks into .compaction       minutes; nobody waits
///  second names of them into .layers      the new layer is there, and nobody reads it
///  each snapshot: another index           RENAME_EXCHANGE, each for itself
///  remove the journal
///  remove what nobody reads
/// ```
///
/// A crash between any two of these leaves every snapshot with an index whose layers are all there.
/// The next run reads the journal and goes on.
///
/// **Threads.** One.
final class Compactor {

    // A snapshot that is captured meanwhile reads the old layers and is found by the next look. One
    // who captures faster than this rewrites an index is left for the next compaction.
    private static final int ROUND_COUNT_MAX = 16;

    // Each is lost to a prune that has removed what was to be copied.
    private static final int ATTEMPT_COUNT_MAX = 8;

    private final StorePaths paths;
    private final CompactionFiles files;
    private final CompactionPlan plan;
    private final Progress whole;
    private final ProgressParts progress;

    private final Map<Path, String> left = new HashMap<>();
    private final List<String> leftForGood = new ArrayList<>();
    private final Set<Look> tried = new HashSet<>();

    /// A snapshot as it was at one look.
    private record Look(Path path, Sha256 index) {}

    private long readBytes;
    private long writtenBytes;
    private long resumedBytes;
    private int rewritten;

    Compactor(StorePaths paths, CompactionPlan plan, Progress progress) {
        this.paths = paths;
        this.files = new CompactionFiles(paths);
        this.plan = plan;
        this.whole = progress;
        this.progress =
                new ProgressParts(
                        progress,
                        plan.steps().stream().mapToLong(CompactionStep::writtenByteCount));
    }

    CompactionReport run() throws SnapshotException {
        if (plan.steps().isEmpty()) {
            discardLeftovers();
        } else {
            try (LockFile _ = files.lock()) {
                for (CompactionStep step : plan.steps()) {
                    runUntilThere(step);
                }
            }
        }
        // Fewer bytes may have been copied than were planned: zeros of an image are not.
        whole.proceed(plan.writtenByteCount(), plan.writtenByteCount());
        return new CompactionReport(
                plan,
                readBytes,
                writtenBytes,
                resumedBytes,
                rewritten,
                leftForGood,
                new LayerShelf(paths).sweep());
    }

    /// What an interrupted run left that nobody can go on with.
    private void discardLeftovers() throws SnapshotException {
        if (files.byteCount() > 0) {
            Optional<LockFile> lock = files.tryLock();
            if (lock.isPresent()) {
                try (LockFile _ = lock.get()) {
                    files.discard();
                }
            }
        }
    }

    /// Begins anew if a layer has gone that nobody reads any more, and that was to be copied.
    private void runUntilThere(CompactionStep step) throws SnapshotException {
        for (int attempt = 1; ; attempt++) {
            try {
                run(step);
                return;
            } catch (SnapshotException failure) {
                if (failure.kind() != Kind.MISSING || attempt == ATTEMPT_COUNT_MAX) {
                    throw failure;
                }
            }
        }
    }

    private void run(CompactionStep step) throws SnapshotException {
        try (CompactionStart start = CompactionStart.of(paths, step)) {
            if (start.hasReaders()) {
                run(start, progress.next(step.writtenByteCount()));
            }
        } catch (CancellationException stopped) {
            // What is copied is kept for the next one, and what the steps before have freed goes.
            LayerSweep _ = new LayerShelf(paths).sweep();
            throw stopped;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, files::discard);
            throw failure;
        }
        files.discard();
    }

    private void run(CompactionStart start, Progress part) throws SnapshotException {
        try (Arena arena = Arena.ofShared()) {
            LayerSums sums = newLayer(start, arena, part);
            SnapshotRewrite rewrite = new SnapshotRewrite(paths, start.relocation(), sums);
            tried.clear();
            int round = 0;
            while (rewriteAll(rewrite) && round < ROUND_COUNT_MAX) {
                round++;
            }
            forgetThoseGone(rewrite.relocation());
        }
    }

    /// The new layer, which is in its place when this returns.
    private LayerSums newLayer(CompactionStart start, Arena arena, Progress part)
            throws SnapshotException {
        Relocation relocation = start.relocation();
        Path target = paths.layer(relocation.newLayer());
        if (StorePaths.isDirectory(target)) {
            LayerSums sums = LayerSums.open(target.resolve(StorePaths.INDEX), arena);
            LayerRewriter.requireSums(relocation, sums, new StoreLayers(paths));
            resumedBytes += relocation.byteCount();
            return sums;
        }
        Path partial = files.partial(relocation.newLayer());
        LayerRewriter.Result result = start.copy(partial, arena, part);
        readBytes += result.readByteCount();
        writtenBytes += result.writtenByteCount();
        resumedBytes += result.resumedByteCount();
        if (relocation.blockCount() > 0) {
            place(target, partial, result.sums());
        }
        return result.sums();
    }

    private void place(Path target, Path partial, LayerSums sums) throws SnapshotException {
        StoreDirectories.ensure(paths.layers());
        try (LayerIndex index = LayerIndex.layerOnly(sums);
                AtomicDirectory draft = AtomicDirectory.create(target, OnExisting.REFUSE)) {
            draft.link(StorePaths.LAYER, partial);
            draft.write(StorePaths.INDEX, index.encoded());
            draft.commit();
        }
    }

    /// One look at who reads the old layers.
    ///
    /// @return whether another look may find more
    private boolean rewriteAll(SnapshotRewrite rewrite) throws SnapshotException {
        boolean hasTried = false;
        for (StoredSnapshot stored : CompactionStart.readers(paths, rewrite.relocation())) {
            if (tried.add(new Look(stored.path(), stored.manifest().memory().sumsDigest()))) {
                hasTried = true;
                Optional<String> why = rewrite.run(stored);
                if (why.isPresent()) {
                    left.put(stored.path(), stored.name() + ": " + why.get());
                } else {
                    left.remove(stored.path());
                    rewritten++;
                }
            }
        }
        return hasTried;
    }

    /// What was left because somebody took it away is not there to be left.
    private void forgetThoseGone(Relocation relocation) throws SnapshotException {
        Set<Path> readers = new HashSet<>();
        for (StoredSnapshot stored : CompactionStart.readers(paths, relocation)) {
            readers.add(stored.path());
        }
        leftForGood.addAll(
                left.entrySet().stream()
                        .filter(entry -> readers.contains(entry.getKey()))
                        .map(Map.Entry::getValue)
                        .sorted()
                        .toList());
        left.clear();
    }
}

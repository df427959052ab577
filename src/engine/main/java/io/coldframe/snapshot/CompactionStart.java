package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.PageSource;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.LayerRewriter;
import io.coldframe.layer.LayerTable;
import io.coldframe.layer.Origin;
import io.coldframe.layer.Relocation;
import io.coldframe.layer.RelocationBuilder;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// A step of a compaction that is begun: the relocation is written down, or was by the run before,
/// and the image that is taken in is open.
///
/// **Lifetime.** Owns both.
///
/// **Threads.** One.
final class CompactionStart implements AutoCloseable {

    // A layer may move to the shelf between the finding and the opening, once.
    private static final int ATTEMPT_COUNT_MAX = 8;

    private final StorePaths paths;
    private final Optional<Relocation> relocation;
    private final Optional<Snapshot> base;

    private CompactionStart(
            StorePaths paths, Optional<Relocation> relocation, Optional<Snapshot> base) {
        this.paths = paths;
        this.relocation = relocation;
        this.base = base;
    }

    /// Begins a step, or goes on with it. Under the lock of the compaction.
    static CompactionStart of(StorePaths paths, CompactionStep step) throws SnapshotException {
        CompactionFiles files = new CompactionFiles(paths);
        Optional<Relocation> journal = step.isResumed() ? files.usableJournal() : Optional.empty();
        if (journal.isPresent()) {
            return resumed(paths, journal.get());
        }
        files.discard();
        return begun(paths, step, files);
    }

    private static CompactionStart resumed(StorePaths paths, Relocation relocation)
            throws SnapshotException {
        try {
            if (readers(paths, relocation).isEmpty()) {
                relocation.close();
                return new CompactionStart(paths, Optional.empty(), Optional.empty());
            }
            return new CompactionStart(
                    paths,
                    Optional.of(relocation),
                    openBase(paths, relocation.base().map(base -> base.origin().snapshotId())));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, relocation);
            throw failure;
        }
    }

    private static CompactionStart begun(
            StorePaths paths, CompactionStep step, CompactionFiles files) throws SnapshotException {
        Set<UUID> layers = new HashSet<>();
        step.layers().forEach(layer -> layers.add(layer.id()));
        List<StoredSnapshot> readers = readers(paths, step.blockSize(), layers, step.base());
        if (readers.isEmpty()) {
            return new CompactionStart(paths, Optional.empty(), Optional.empty());
        }
        Optional<Snapshot> base = openBase(paths, step.base());
        try {
            Relocation relocation = relocation(step.blockSize(), readers, layers, base);
            try {
                files.begin(relocation);
                return new CompactionStart(paths, Optional.of(relocation), base);
            } catch (Throwable failure) {
                Failures.closeAfter(failure, relocation);
                throw failure;
            }
        } catch (Throwable failure) {
            base.ifPresent(opened -> Failures.closeAfter(failure, opened));
            throw failure;
        }
    }

    private static Optional<Snapshot> openBase(StorePaths paths, Optional<UUID> base)
            throws SnapshotException {
        return base.isPresent()
                ? Optional.of(new SnapshotOpener(paths).open(base.get().toString()))
                : Optional.empty();
    }

    private static Relocation relocation(
            PageSize blockSize,
            List<StoredSnapshot> readers,
            Set<UUID> layers,
            Optional<Snapshot> base)
            throws SnapshotException {
        SortedMap<UUID, LayerRef> refs = new TreeMap<>();
        for (StoredSnapshot reader : readers) {
            look(
                    reader,
                    index ->
                            index.layers().stream()
                                    .filter(ref -> layers.contains(ref.id()))
                                    .forEach(ref -> refs.put(ref.id(), ref)));
        }
        UUID newLayer = Ids.next(Instant.now());
        try (RelocationBuilder builder =
                new RelocationBuilder(newLayer, blockSize, List.copyOf(refs.values()))) {
            if (base.isPresent()) {
                builder.takeBase(taken(base.get().manifest()), base.get().source());
            }
            for (StoredSnapshot reader : readers) {
                look(reader, builder::add);
            }
            return builder.build();
        }
    }

    /// What is done with an index.
    @FunctionalInterface
    private interface Look {
        void at(LayerIndex index) throws SnapshotException;
    }

    /// Looks at an index, unless its snapshot has gone or changed meanwhile.
    private static void look(StoredSnapshot reader, Look look) throws SnapshotException {
        try (LayerIndex index = LayerPart.index(reader)) {
            look.at(index);
        } catch (SnapshotException failure) {
            if (reader.isUnchanged()) {
                throw failure;
            }
        }
    }

    private static Relocation.Base taken(Manifest image) {
        return new Relocation.Base(
                new Origin(image.id(), image.generation(), image.createdAt()),
                image.memory().byteCount());
    }

    /// The snapshots that read what a relocation replaces, the newest first.
    static List<StoredSnapshot> readers(StorePaths paths, Relocation relocation)
            throws SnapshotException {
        Set<UUID> layers = new HashSet<>();
        relocation.layers().forEach(layer -> layers.add(layer.id()));
        return readers(
                paths,
                relocation.blockSize(),
                layers,
                relocation.base().map(base -> base.origin().snapshotId()));
    }

    /// The snapshots whose indices name one of these. What can't be read reads nothing that could
    /// be given another place; it keeps the old ones from being removed.
    private static List<StoredSnapshot> readers(
            StorePaths paths, PageSize blockSize, Set<UUID> layers, Optional<UUID> base)
            throws SnapshotException {
        List<StoredSnapshot> readers = new ArrayList<>();
        for (StoredSnapshot stored : LayerSurvey.newestFirst(Catalogue.of(paths))) {
            Manifest.MemoryPart memory = stored.manifest().memory();
            boolean isOnBase = base.isPresent() && memory.baseId().equals(base);
            boolean isOfSize = memory.pageSize().equals(blockSize);
            if (isOfSize && (isOnBase || names(stored, layers))) {
                readers.add(stored);
            }
        }
        return readers;
    }

    private static boolean names(StoredSnapshot stored, Set<UUID> layers) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            return LayerTable.open(stored.part(StorePaths.INDEX), arena).layers().stream()
                    .anyMatch(layer -> layers.contains(layer.id()));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.SYSCALL || failure.kind() == Kind.OUT_OF_SPACE) {
                throw failure;
            }
            return false;
        }
    }

    /// Whether there is anything to do.
    boolean hasReaders() {
        return relocation.isPresent();
    }

    Relocation relocation() {
        return relocation.orElseThrow();
    }

    /// Copies the blocks, or those that are not copied yet.
    LayerRewriter.Result copy(Path partial, Arena arena, Progress progress)
            throws SnapshotException {
        Optional<PageSource> pages = base.map(Snapshot::source);
        for (int attempt = 1; ; attempt++) {
            StoreLayers layers = new StoreLayers(paths);
            try {
                return LayerRewriter.write(relocation(), layers, pages, partial, arena, progress);
            } catch (SnapshotException failure) {
                if (!hasMoved(layers, failure) || attempt == ATTEMPT_COUNT_MAX) {
                    throw failure;
                }
            }
        }
    }

    /// Whether a layer was not found, or taken from a snapshot that has come to be another one.
    private static boolean hasMoved(StoreLayers layers, SnapshotException failure) {
        return failure.kind() == Kind.MISSING
                || !layers.used().stream().allMatch(SnapshotOpener::isUnchanged);
    }

    @Override
    public void close() {
        relocation.ifPresent(Relocation::close);
        base.ifPresent(Snapshot::close);
    }
}

package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.DraftFile;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.wrenn.WrennFiles;
import io.coldframe.wrenn.WrennHeader;
import io.coldframe.wrenn.WrennPacked;
import io.coldframe.wrenn.WrennPacker;
import io.coldframe.wrenn.WrennParent;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A snapshot and its ancestors as generations of Wrenn's, a directory each.
///
/// Each directory is complete: the compact files of earlier generations are links in it. So each
/// may be taken away alone, and a crash leaves the earlier ones, whole.
///
/// **A build id is that of its bytes.** A generation that came from Wrenn goes back under the id
/// that it had only if its header says what it said then. Otherwise, as after Wrenn has stored
/// blocks that did not change, or a part of the chain is gone, its id is that of its snapshot.
///
/// **Lifetime.** Owns the snapshot and the header of the generation before.
///
/// **Threads.** One at a time.
final class WrennExport implements AutoCloseable {

    private final SnapshotStore store;
    private final Path root;
    private final OnExisting onExisting;
    private final Map<UUID, Path> compactFiles = new HashMap<>();
    private final List<WrennExportReport.Generation> written = new ArrayList<>();
    private boolean isOriginal = true;
    private @Nullable Before before;

    /// The generation before.
    private record Before(Snapshot snapshot, WrennHeader header) implements AutoCloseable {

        WrennParent parent() {
            return new WrennParent(header, snapshot.source());
        }

        @Override
        public void close() {
            header.close();
            snapshot.close();
        }
    }

    private WrennExport(SnapshotStore store, Path root, OnExisting onExisting) {
        this.store = store;
        this.root = root;
        this.onExisting = onExisting;
    }

    static WrennExportReport run(
            SnapshotStore store,
            String reference,
            Path root,
            OnExisting onExisting,
            Progress progress)
            throws SnapshotException {
        try (WrennExport work = new WrennExport(store, root, onExisting)) {
            List<Manifest> line = work.line(reference);
            requireComparable(line);
            AtomicDirectory.createParents(root.resolve(WrennFiles.HEADER));
            ProgressParts parts =
                    new ProgressParts(
                            progress, line.stream().mapToLong(each -> each.memory().byteCount()));
            for (Manifest each : line) {
                work.write(each.id(), parts.next(each.memory().byteCount()));
            }
            return new WrennExportReport(work.written);
        }
    }

    /// The snapshot and its ancestors as far back as none is gone, the oldest first.
    private List<Manifest> line(String reference) throws SnapshotException {
        Map<UUID, Manifest> byId = new HashMap<>();
        for (SnapshotSummary summary : store.list()) {
            summary.manifest().ifPresent(manifest -> byId.put(manifest.id(), manifest));
        }
        List<Manifest> line = new ArrayList<>();
        Optional<Manifest> next = Optional.of(store.manifest(reference));
        while (next.isPresent() && !line.contains(next.get())) {
            line.addFirst(next.get());
            next = next.get().parent().map(parent -> byId.get(parent.id()));
        }
        return line;
    }

    private static void requireComparable(List<Manifest> line) throws SnapshotException {
        Manifest newest = line.getLast();
        if (line.size() > 1 && newest.memory().byteCount() > SnapshotChanges.BYTE_COUNT_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "a chain over memory of %d bytes; the most is %d"
                            .formatted(newest.memory().byteCount(), SnapshotChanges.BYTE_COUNT_MAX),
                    newest.id());
        }
    }

    private void write(UUID id, Progress progress) throws SnapshotException {
        Snapshot snapshot = store.open(id.toString());
        try {
            Optional<WrennLabels> labels = WrennLabels.of(snapshot.manifest());
            Optional<WrennHeader> header = Optional.empty();
            if (isOriginal && labels.isPresent()) {
                header = writeOriginal(snapshot, labels.get(), progress);
            }
            isOriginal = header.isPresent();
            if (header.isEmpty()) {
                header = commit(snapshot, id, Optional.empty(), progress);
            }
            keep(new Before(snapshot, header.orElseThrow()));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, snapshot);
            throw failure;
        }
    }

    private void keep(Before written) {
        close();
        before = written;
    }

    private Optional<WrennHeader> writeOriginal(
            Snapshot snapshot, WrennLabels labels, Progress progress) throws SnapshotException {
        boolean isWhole = labels.generation() == written.size();
        boolean isTaken = compactFiles.containsKey(labels.buildId());
        return isWhole && !isTaken
                ? commit(snapshot, labels.buildId(), Optional.of(labels), progress)
                : Optional.empty();
    }

    /// Writes a generation.
    ///
    /// @param original what its header must say; otherwise nothing is written
    /// @return its header, if it is as it must be
    private Optional<WrennHeader> commit(
            Snapshot snapshot, UUID buildId, Optional<WrennLabels> original, Progress progress)
            throws SnapshotException {
        Path target = root.resolve(snapshot.name());
        String compactName = WrennFiles.compactName(buildId);
        try (AtomicDirectory directory = AtomicDirectory.create(target, onExisting)) {
            WrennPacked packed = pack(snapshot, buildId, directory.newFile(compactName), progress);
            WrennHeader header = packed.header();
            try {
                if (original.isPresent() && !original.get().equals(WrennLabels.of(header))) {
                    header.close();
                    return Optional.empty();
                }
                finish(directory, snapshot, header);
                directory.commit();
            } catch (Throwable failure) {
                Failures.closeAfter(failure, header);
                throw failure;
            }
            compactFiles.put(buildId, target.resolve(compactName));
            written.add(
                    new WrennExportReport.Generation(
                            snapshot.name(), target, packed.report(), original.isPresent()));
            return Optional.of(header);
        }
    }

    private WrennPacked pack(Snapshot snapshot, UUID buildId, DraftFile compact, Progress progress)
            throws SnapshotException {
        LayerOptions options = LayerOptions.DEFAULT.withProgress(progress);
        Before parent = before;
        try (LayerSource source = SnapshotChanges.source(snapshot)) {
            if (parent == null) {
                LayerOptions first = options.withBlockSize(blockSize(snapshot));
                return WrennPacker.of(source, first).write(buildId, compact);
            }
            try (DirtyBitmap dirty = SnapshotChanges.between(parent.snapshot(), snapshot)) {
                return WrennPacker.of(source, options)
                        .over(parent.parent())
                        .onlyDirty(dirty)
                        .write(buildId, compact);
            }
        }
    }

    /// Huge blocks stay huge on their way back; everything else is in the blocks that Wrenn knows.
    private PageSize blockSize(Snapshot snapshot) {
        PageSize stored = snapshot.manifest().memory().pageSize();
        return isOriginal && WrennLabels.of(snapshot.manifest()).isPresent()
                ? stored
                : PageSize.KIB_4;
    }

    private void finish(AtomicDirectory directory, Snapshot snapshot, WrennHeader header)
            throws SnapshotException {
        for (UUID build : header.builds()) {
            Path earlier = compactFiles.get(build);
            if (earlier != null) {
                directory.link(WrennFiles.compactName(build), earlier);
            }
        }
        if (snapshot.manifest().state().format() == StateFormat.OPAQUE
                && snapshot.manifest().state().byteCount() > 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = snapshot.stateBytes(arena);
                directory.write(SnapFile.NAME, state);
            }
        }
        directory.write(WrennFiles.HEADER, header.encoded());
    }

    @Override
    public void close() {
        Before last = before;
        before = null;
        if (last != null) {
            last.close();
        }
    }
}

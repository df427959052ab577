package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryWriter;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.UUID;

/// Saves an image: full, or a diff.
final class SnapshotSaver {

    private final StorePaths paths;
    private final SnapshotRequest request;
    private final SaveTarget target;

    SnapshotSaver(StorePaths paths, SnapshotRequest request) {
        this.paths = paths;
        this.request = request;
        this.target = new SaveTarget(paths, request);
    }

    /// Saves memory of this process.
    SnapshotReport save() throws SnapshotException {
        GuestMemory memory =
                request.memory()
                        .orElseThrow(() -> new IllegalArgumentException("no memory to save"));
        Optional<StoredSnapshot> parent = findParent();
        if (parent.isEmpty()) {
            return commit(parent, (draft, name) -> writeFull(memory, draft, name));
        }
        if (request.dirty().isPresent()) {
            DirtyBitmap dirty = request.dirty().get();
            WriteOptions options = request.writeOptions();
            return commit(parent, diff(memory, dirty, parent.get(), options));
        }
        return saveByContent(memory, parent.get());
    }

    /// Saves memory that a filler brings.
    SnapshotReport adopt(MemoryFiller filler) throws SnapshotException {
        return commit(findParent(), filler);
    }

    /// Compares with the parent first, which is half of the progress.
    private SnapshotReport saveByContent(GuestMemory memory, StoredSnapshot parent)
            throws SnapshotException {
        target.requireStillThere(parent);
        target.check(id(Optional.of(parent)));
        TwoHalves progress = new TwoHalves(request.writeOptions().progress(), memory.byteCount());
        try (Snapshot opened = new SnapshotOpener(paths).open(parent.manifest().id().toString());
                DirtyBitmap dirty = ContentDiff.between(memory, opened, progress.first())) {
            WriteOptions options = request.writeOptions().withProgress(progress.second());
            return commit(Optional.of(parent), diff(memory, dirty, parent, options));
        }
    }

    private Optional<StoredSnapshot> findParent() throws SnapshotException {
        if (request.parentReference().isEmpty()) {
            return Optional.empty();
        }
        StoredSnapshot parent = new SnapshotOpener(paths).resolve(request.parentReference().get());
        Manifest manifest = parent.manifest();
        target.requireLayoutOf(parent);
        if (manifest.kind() == Manifest.Kind.LAYER) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "a diff lies on images, and %s is a layer: capture a layer, or save a full one"
                            .formatted(parent.name()),
                    target.path());
        }
        if (manifest.generation() == Manifest.GENERATION_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "%s is generation %d, the last: save a full snapshot"
                            .formatted(parent.name(), manifest.generation()),
                    target.path());
        }
        requireRestorable(parent);
        return Optional.of(parent);
    }

    private void requireRestorable(StoredSnapshot parent) throws SnapshotException {
        try {
            new ChainCheck(new SnapshotOpener(paths)).requireRestorable(parent);
        } catch (SnapshotException failure) {
            // One that was taken away meanwhile is not damaged.
            target.requireStillThere(parent);
            throw failure;
        }
    }

    private MemoryFiller.Filled writeFull(GuestMemory memory, AtomicDirectory draft, String name)
            throws SnapshotException {
        try (MemoryWriter writer =
                MemoryWriter.in(
                        draft,
                        name,
                        memory.byteCount(),
                        request.pageSize(),
                        request.writeOptions())) {
            if (request.dirty().isPresent()) {
                writer.writeFull(memory, request.dirty().get());
            } else {
                writer.writeFull(memory);
            }
            return filled(writer);
        }
    }

    private static MemoryFiller diff(
            GuestMemory memory, DirtyBitmap dirty, StoredSnapshot parent, WriteOptions options) {
        PageSize pageSize = parent.manifest().memory().pageSize();
        return (draft, name) -> {
            try (MemoryWriter writer =
                    MemoryWriter.in(draft, name, memory.byteCount(), pageSize, options)) {
                writer.writeDiff(memory, dirty);
                return filled(writer);
            }
        };
    }

    private static MemoryFiller.Filled filled(MemoryWriter writer) throws SnapshotException {
        writer.commit();
        return new MemoryFiller.Filled(writer.sums(), writer.report());
    }

    private SnapshotReport commit(Optional<StoredSnapshot> parent, MemoryFiller filler)
            throws SnapshotException {
        SnapshotReport report =
                new SnapshotCommit(request, target.path())
                        .run(
                                parent,
                                () -> {
                                    requireParent(parent);
                                    target.check(id(parent));
                                },
                                (draft, _) -> bring(draft, parent, filler),
                                () -> {
                                    requireParent(parent);
                                    target.checkAtCommit(id(parent));
                                });
        target.afterCommit();
        return report;
    }

    private static Optional<UUID> id(Optional<StoredSnapshot> parent) {
        return parent.map(found -> found.manifest().id());
    }

    private void requireParent(Optional<StoredSnapshot> parent) throws SnapshotException {
        if (parent.isPresent()) {
            target.requireStillThere(parent.get());
        }
    }

    private SnapshotCommit.Brought bring(
            AtomicDirectory draft, Optional<StoredSnapshot> parent, MemoryFiller filler)
            throws SnapshotException {
        MemoryFiller.Filled filled = filler.fill(draft, StorePaths.MEMORY);
        requireFitting(filled.sums(), parent);
        draft.write(StorePaths.SUMS, filled.sums().encoded().toArray(ValueLayout.JAVA_BYTE));
        return new SnapshotCommit.Brought(
                MemoryPart.of(request.layout(), filled.sums()), filled.report(), Optional.empty());
    }

    private void requireFitting(ImageSums sums, Optional<StoredSnapshot> parent) {
        boolean fits =
                sums.byteCount() == request.layout().byteCount()
                        && (sums.kind() == ImageSums.Kind.DIFF) == parent.isPresent()
                        && parent.map(found -> found.manifest().memory().pageSize())
                                .orElse(sums.pageSize())
                                .equals(sums.pageSize());
        if (!fits) {
            throw new IllegalArgumentException(
                    "%s of %d bytes (%s) for memory of %d bytes on %s"
                            .formatted(
                                    sums.kind(),
                                    sums.byteCount(),
                                    sums,
                                    request.layout().byteCount(),
                                    parent));
        }
    }
}

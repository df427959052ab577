package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryWriter;
import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.state.StateEnvelope;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Makes one snapshot of memory, state and manifest, in one commit.
///
/// The order: everything that can be refused is refused before a file is made; memory, sums and
/// state are written into a draft; the manifest, which binds them, comes last; the draft is
/// committed. Just before the rename, under the lock of the store, it is asked once more whether
/// the parent is still there, and nothing needs what would be replaced.
final class SnapshotSaver {

    private final StorePaths paths;
    private final SnapshotRequest request;
    private final Path target;

    SnapshotSaver(StorePaths paths, SnapshotRequest request) {
        this.paths = paths;
        this.request = request;
        this.target = paths.snapshot(request.name());
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
        checkTarget(Optional.of(parent));
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
        if (!manifest.memory().layout().equals(request.layout())) {
            throw new IllegalArgumentException(
                    "memory of %s, and the parent %s has %s: %s and %s"
                            .formatted(
                                    request.layout(),
                                    parent.name(),
                                    manifest.memory().layout(),
                                    request.layout().regions(),
                                    manifest.memory().layout().regions()));
        }
        if (manifest.generation() == Manifest.GENERATION_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "%s is generation %d, the last: save a full snapshot"
                            .formatted(parent.name(), manifest.generation()),
                    target);
        }
        requireRestorable(parent);
        return Optional.of(parent);
    }

    private void requireRestorable(StoredSnapshot parent) throws SnapshotException {
        try {
            new ChainCheck(new SnapshotOpener(paths)).requireRestorable(parent);
        } catch (SnapshotException failure) {
            // One that was taken away meanwhile is not damaged.
            requireStillThere(parent);
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
        Instant createdAt = Instant.now();
        HostDescription host =
                request.host().isPresent() ? request.host().get() : HostDescription.current();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = stateBytes(arena);
            checkTarget(parent);
            try (AtomicDirectory draft = AtomicDirectory.create(target, request.onExisting())) {
                MemoryFiller.Filled filled = filler.fill(draft, StorePaths.MEMORY);
                requireFitting(filled.sums(), parent);
                Manifest manifest = manifest(createdAt, host, parent, state, filled.sums());
                draft.write(
                        StorePaths.SUMS, filled.sums().encoded().toArray(ValueLayout.JAVA_BYTE));
                draft.write(StorePaths.STATE, state);
                draft.write(StorePaths.MANIFEST, manifest.encode());
                draft.commit(() -> checkTarget(parent));
                return new SnapshotReport(
                        request.name(), manifest, filled.sums().writtenPages(), filled.report());
            }
        }
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

    /// A copy off the heap, so that what is summed is what is written.
    private MemorySegment stateBytes(Arena arena) throws SnapshotException {
        MemorySegment source =
                switch (request.state()) {
                    case StateSource.Opaque opaque -> opaque.bytes();
                    case StateSource.Machine machine -> {
                        requireMemoryOf(machine);
                        machine.state().checkCompatible(target);
                        StateEnvelope envelope =
                                new StateEnvelope(machine.state(), Optional.empty());
                        yield MemorySegment.ofArray(
                                envelope.encode(target.resolve(StorePaths.STATE)));
                    }
                };
        MemorySegment copy = arena.allocate(source.byteSize());
        MemorySegment.copy(source, 0, copy, 0, source.byteSize());
        return copy;
    }

    private void requireMemoryOf(StateSource.Machine machine) {
        long stated = machine.state().vmInfo().memoryByteCount();
        if (stated != request.layout().byteCount()) {
            throw new IllegalArgumentException(
                    "memory of %d bytes, and the state says %d"
                            .formatted(request.layout().byteCount(), stated));
        }
    }

    private Manifest manifest(
            Instant createdAt,
            HostDescription host,
            Optional<StoredSnapshot> parent,
            MemorySegment state,
            ImageSums sums) {
        StateFormat format =
                request.state() instanceof StateSource.Opaque
                        ? StateFormat.OPAQUE
                        : StateFormat.COLDFRAME;
        return new Manifest(
                Ids.next(createdAt),
                createdAt,
                request.state().architecture(),
                request.state().vcpuCount(),
                parent.map(found -> new Parent(found.manifest().id(), found.name())),
                parent.map(found -> found.manifest().generation() + 1).orElse(0),
                new StatePart(format, state.byteSize(), Sha256.of(state)),
                MemoryPart.of(request.layout(), sums),
                host,
                request.labels(),
                UnknownFields.NONE);
    }

    /// Refuses if the name is a tag's, the parent is gone, or something needs what is replaced.
    ///
    /// It runs twice: first without the lock, so that nobody writes gigabytes in vain, and then
    /// under it, where it counts.
    private void checkTarget(Optional<StoredSnapshot> parent) throws SnapshotException {
        if (new Tags(paths).exists(request.name())) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.EXISTS, "there is a tag of this name", target);
        }
        if (parent.isPresent()) {
            requireStillThere(parent.get());
        }
        if (StorePaths.isDirectory(target)) {
            checkReplaced(parent);
        }
    }

    private void requireStillThere(StoredSnapshot parent) throws SnapshotException {
        if (!parent.isStillThere()) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.MISMATCH,
                    "its parent %s (%s) was deleted or replaced meanwhile"
                            .formatted(parent.name(), parent.manifest().id()),
                    target);
        }
    }

    private void checkReplaced(Optional<StoredSnapshot> parent) throws SnapshotException {
        if (request.onExisting() == OnExisting.REFUSE) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.EXISTS, "there is a snapshot of this name", target);
        }
        Removal removal = new Removal(paths);
        Optional<StoredSnapshot> replaced = findReplaced(removal);
        if (replaced.isEmpty()) {
            removal.requireUnneeded(target);
            return;
        }
        removal.requireUnneeded(replaced.get());
        if (parent.isPresent()
                && parent.get().manifest().id().equals(replaced.get().manifest().id())) {
            throw new SnapshotException(
                    Kind.CONFLICT, Reason.EXISTS, "a diff can't replace its own parent", target);
        }
    }

    /// What would be replaced; empty if nobody can read it any more.
    private Optional<StoredSnapshot> findReplaced(Removal removal) throws SnapshotException {
        try {
            return removal.find(target);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                throw new SnapshotException(
                        Kind.CONFLICT,
                        Reason.EXISTS,
                        "a directory is in the way that is no snapshot",
                        target,
                        failure);
            }
            throw failure;
        }
    }
}

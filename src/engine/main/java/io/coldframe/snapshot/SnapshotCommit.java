package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.UnknownFields;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.CommitCheck;
import io.coldframe.image.WriteReport;
import io.coldframe.layer.LayerReport;
import io.coldframe.layer.Origin;
import io.coldframe.snapshot.Manifest.MemoryPart;
import io.coldframe.snapshot.Manifest.Parent;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.state.StateEnvelope;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Makes one snapshot of memory, state and manifest, in one commit.
///
/// The order: what can be refused is refused before a file is made; memory and state are written
/// into a draft; the manifest, which binds them, comes last; the draft is committed. Just before
/// the rename, under the lock of the store, everything is checked once more that others may have
/// changed meanwhile.
final class SnapshotCommit {

    private final SnapshotRequest request;
    private final Path target;

    SnapshotCommit(SnapshotRequest request, Path target) {
        this.request = request;
        this.target = target;
    }

    /// Writes the memory of a snapshot into its draft: the part, and what says what is in it.
    @FunctionalInterface
    interface MemoryStep {

        /// Brings it.
        ///
        /// @param draft where
        /// @param origin the snapshot that is to be
        Brought bring(AtomicDirectory draft, Origin origin) throws SnapshotException;
    }

    /// What was written.
    ///
    /// @param part as the manifest describes it
    /// @param report how it was written
    /// @param layer what of it was new, if it is a layer
    record Brought(MemoryPart part, WriteReport report, Optional<LayerReport> layer) {}

    /// Makes the snapshot.
    ///
    /// @param parent what the snapshot comes after
    /// @param first looks before anything is written
    /// @param memory writes the memory
    /// @param last looks under the lock of the store, when everything is written
    SnapshotReport run(
            Optional<StoredSnapshot> parent, CommitCheck first, MemoryStep memory, CommitCheck last)
            throws SnapshotException {
        Instant createdAt = Instant.now();
        HostDescription host =
                request.settings().host().isPresent()
                        ? request.settings().host().get()
                        : HostDescription.current();
        int generation = parent.map(found -> found.manifest().generation() + 1).orElse(0);
        Origin origin = new Origin(Ids.next(createdAt), generation, createdAt);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = stateBytes(arena);
            first.run();
            try (AtomicDirectory draft = AtomicDirectory.create(target, request.onExisting())) {
                Brought brought = memory.bring(draft, origin);
                draft.write(StorePaths.STATE, state);
                Manifest manifest = manifest(origin, host, parent, state, brought.part());
                draft.write(StorePaths.MANIFEST, manifest.encode());
                draft.commit(last);
                return new SnapshotReport(
                        request.name(),
                        manifest,
                        brought.part().writtenPageCount(),
                        brought.report(),
                        brought.layer());
            }
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
            Origin origin,
            HostDescription host,
            Optional<StoredSnapshot> parent,
            MemorySegment state,
            MemoryPart memory) {
        StateFormat format =
                request.state() instanceof StateSource.Opaque
                        ? StateFormat.OPAQUE
                        : StateFormat.COLDFRAME;
        return new Manifest(
                origin.snapshotId(),
                origin.createdAt(),
                request.state().architecture(),
                request.state().vcpuCount(),
                parent.map(found -> new Parent(found.manifest().id(), found.name())),
                origin.generation(),
                new StatePart(format, state.byteSize(), Sha256.of(state)),
                memory,
                host,
                request.settings().labels(),
                UnknownFields.NONE);
    }
}

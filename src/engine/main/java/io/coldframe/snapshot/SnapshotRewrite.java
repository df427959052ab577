package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerSums;
import io.coldframe.layer.Relocation;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.nio.file.Path;
import java.util.Optional;

/// Gives a snapshot the index that reads the new layer, in one step; it stays the same snapshot.
///
/// Its state and the layer beside it, if that stays, are the same files under second names. What
/// goes is put on the shelf first, for those who still read it.
///
/// @param relocation which block went where
/// @param sums of the new layer, which is in `.layers`
record SnapshotRewrite(StorePaths paths, Relocation relocation, LayerSums sums) {

    /// Rewrites it.
    ///
    /// @return why it was left as it is; empty if it is rewritten
    /// @throws SnapshotException if the disk fails or is full
    Optional<String> run(StoredSnapshot stored) throws SnapshotException {
        try (LayerIndex index = LayerPart.index(stored)) {
            Optional<String> foreign = foreignFile(stored);
            if (foreign.isPresent()) {
                return foreign;
            }
            Optional<LayerIndex> rewritten = relocation.rewritten(index, sums);
            if (rewritten.isEmpty()) {
                return Optional.of("reads blocks that nobody read when this began");
            }
            try (LayerIndex next = rewritten.get()) {
                replace(stored, next);
                return Optional.empty();
            }
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.SYSCALL || failure.kind() == Kind.OUT_OF_SPACE) {
                throw failure;
            }
            return Optional.of(String.valueOf(failure.getMessage()));
        }
    }

    /// What the new directory would not hold is not for this to throw away.
    private static Optional<String> foreignFile(StoredSnapshot stored) throws SnapshotException {
        for (Path entry : Catalogue.entries(stored.path())) {
            if (!StorePaths.PARTS.contains(entry.getFileName().toString())) {
                return Optional.of("holds " + entry.getFileName() + ", which is no part of it");
            }
        }
        return Optional.empty();
    }

    private void replace(StoredSnapshot stored, LayerIndex next) throws SnapshotException {
        try (AtomicDirectory draft = AtomicDirectory.create(stored.path(), OnExisting.REPLACE)) {
            draft.link(StorePaths.STATE, stored.part(StorePaths.STATE));
            if (next.layerId().isPresent()) {
                draft.link(StorePaths.LAYER, stored.part(StorePaths.LAYER));
            }
            draft.write(StorePaths.INDEX, next.encoded());
            draft.write(StorePaths.MANIFEST, manifest(stored.manifest(), next).encode());
            draft.commit(() -> check(stored, next));
        }
    }

    private void check(StoredSnapshot stored, LayerIndex next) throws SnapshotException {
        if (!stored.isUnchanged()) {
            throw new SnapshotException(
                    Kind.CONFLICT, "deleted, replaced or compacted meanwhile", stored.path());
        }
        if (next.layerId().isEmpty()) {
            new LayerShelf(paths).retire(stored);
        }
    }

    private static Manifest manifest(Manifest old, LayerIndex next) {
        MemoryPart memory = old.memory();
        return new Manifest(
                old.id(),
                old.createdAt(),
                old.architecture(),
                old.vcpuCount(),
                old.parent(),
                old.generation(),
                old.state(),
                new MemoryPart(
                        memory.kind(),
                        memory.layout(),
                        memory.pageSize(),
                        next.sums().map(LayerSums::storedBlockCount).orElse(0L),
                        next.encoded().byteSize(),
                        next.digest(),
                        next.layerId(),
                        next.base()),
                old.host(),
                old.labels(),
                old.unknown());
    }
}

package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.layer.LayerFiles;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// One snapshot that is committed: its directory, and what its manifest said when it was read.
///
/// @param path its directory
/// @param manifest what it is
record StoredSnapshot(Path path, Manifest manifest) {

    /// Reads the manifest of a directory.
    ///
    /// @throws SnapshotException of kind `MISSING` if there is none, so no snapshot either
    static StoredSnapshot read(Path path) throws SnapshotException {
        Path file = path.resolve(StorePaths.MANIFEST);
        return new StoredSnapshot(
                path, Manifest.decode(PartFile.read(file, Manifest.BYTE_COUNT_MAX), file));
    }

    String name() {
        return path.getFileName().toString();
    }

    /// Whether the directory still holds this snapshot, be it that a compaction has given it
    /// another index meanwhile.
    boolean isStillThere() throws SnapshotException {
        return now().filter(found -> found.manifest().id().equals(manifest.id())).isPresent();
    }

    /// Whether the directory still holds this snapshot as it was read: an id is given once, and a
    /// compaction changes the manifest. So whatever was read there since belongs together.
    boolean isUnchanged() throws SnapshotException {
        return now().filter(found -> found.manifest().equals(manifest)).isPresent();
    }

    /// What the directory holds now, be it another snapshot.
    Optional<StoredSnapshot> now() throws SnapshotException {
        try {
            return Optional.of(read(path));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// Where the layer lies that is stored beside its index.
    LayerFiles layerFiles() {
        return new LayerFiles(part(StorePaths.INDEX), part(StorePaths.LAYER));
    }

    /// The files that it has.
    Set<String> parts() {
        if (manifest.kind() != Manifest.Kind.LAYER) {
            return StorePaths.IMAGE_PARTS;
        }
        return manifest.memory().layerId().isPresent()
                ? StorePaths.LAYER_PARTS
                : StorePaths.INDEX_PARTS;
    }

    Path part(String file) {
        return path.resolve(file);
    }

    @Override
    public String toString() {
        return name() + " (" + manifest.id() + ")";
    }
}

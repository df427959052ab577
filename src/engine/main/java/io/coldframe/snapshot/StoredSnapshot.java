package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.nio.file.Path;

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

    /// Whether the directory still holds this snapshot. An id is given once, so whatever was read
    /// there since the manifest belongs to it if it does.
    boolean isStillThere() throws SnapshotException {
        try {
            return read(path).manifest().id().equals(manifest.id());
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return false;
            }
            throw failure;
        }
    }

    Path part(String file) {
        return path.resolve(file);
    }

    @Override
    public String toString() {
        return name() + " (" + manifest.id() + ")";
    }
}

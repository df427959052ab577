package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.nio.file.Path;

/// A look at what a diff will lie on, before its pages are taken: a diff that nobody can restore
/// must not make them clean.
///
/// It asks for a few attributes of each link and reads no memory. So it finds what is missing or
/// cut, and not a block that has rotted.
record ChainCheck(SnapshotOpener opener) {

    /// Refuses a chain of which a manifest, the memory or its sums are missing or have another
    /// length than was written.
    ///
    /// @throws SnapshotException of kind `CORRUPT` that names the file
    void requireRestorable(StoredSnapshot newest) throws SnapshotException {
        StoredSnapshot link = newest;
        requireParts(link);
        // It ends: every parent has a lesser generation.
        while (link.manifest().parent().isPresent()) {
            StoredSnapshot child = link;
            link =
                    opener.firstWhole(
                            child,
                            parent -> {
                                OpenedLink.requireOn(child, parent.manifest());
                                requireParts(parent);
                                return parent;
                            });
        }
    }

    private static void requireParts(StoredSnapshot link) throws SnapshotException {
        MemoryPart memory = link.manifest().memory();
        requirePart(link.part(StorePaths.MEMORY), memory.byteCount());
        requirePart(link.part(StorePaths.SUMS), memory.sumsByteCount());
    }

    private static void requirePart(Path file, long byteCount) throws SnapshotException {
        try {
            PartFile.requireLength(PartFile.requireRegular(file).size(), byteCount, file);
        } catch (SnapshotException failure) {
            throw OpenedLink.missingIsCorrupt(failure, file);
        }
    }
}

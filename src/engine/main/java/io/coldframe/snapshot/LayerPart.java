package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerSums;
import io.coldframe.os.Failures;
import io.coldframe.snapshot.Manifest.MemoryPart;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// The index of a layer snapshot, bound to its manifest.
final class LayerPart {

    private LayerPart() {}

    /// The index that the manifest names, or a refusal; the caller closes it.
    static LayerIndex index(StoredSnapshot stored) throws SnapshotException {
        requireLayer(stored);
        Path file = stored.part(StorePaths.INDEX);
        LayerIndex index;
        try {
            long found = PartFile.requireRegular(file).size();
            PartFile.requireLength(found, stored.manifest().memory().sumsByteCount(), file);
            index = LayerIndex.open(file, stored.manifest().memory().sumsDigest());
        } catch (SnapshotException failure) {
            throw OpenedLink.missingIsCorrupt(failure, file);
        }
        try {
            requireAgreement(stored.manifest().memory(), index, file);
            return index;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, index);
            throw failure;
        }
    }

    private static void requireLayer(StoredSnapshot stored) throws SnapshotException {
        if (stored.manifest().kind() != Manifest.Kind.LAYER) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "an image, which has no index: " + stored,
                    stored.path());
        }
    }

    private static void requireAgreement(MemoryPart memory, LayerIndex index, Path file)
            throws SnapshotException {
        long storedBlocks = index.sums().map(LayerSums::storedBlockCount).orElse(0L);
        boolean agrees =
                index.byteCount() == memory.byteCount()
                        && index.blockSize().equals(memory.pageSize())
                        && index.layerId().equals(memory.layerId())
                        && index.base().equals(memory.baseId())
                        && storedBlocks == memory.writtenPageCount();
        if (!agrees) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    ("%d bytes in blocks of %s, layer %s of %d blocks, base %s; and the manifest"
                                    + " says %d in %s, %s of %d, %s")
                            .formatted(
                                    index.byteCount(),
                                    index.blockSize(),
                                    text(index.layerId()),
                                    storedBlocks,
                                    text(index.base()),
                                    memory.byteCount(),
                                    memory.pageSize(),
                                    text(memory.layerId()),
                                    memory.writtenPageCount(),
                                    text(memory.baseId())),
                    file);
        }
    }

    /// Refuses a base whose bytes this can't show.
    static void requireOn(StoredSnapshot child, StoredSnapshot base) throws SnapshotException {
        boolean fits =
                base.manifest().kind() != Manifest.Kind.LAYER
                        && base.manifest()
                                .memory()
                                .layout()
                                .equals(child.manifest().memory().layout());
        if (!fits) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "a layer of %s on a base %s that is %s of %s"
                            .formatted(
                                    child.manifest().memory().layout(),
                                    base,
                                    base.manifest().kind(),
                                    base.manifest().memory().layout()),
                    child.part(StorePaths.MANIFEST));
        }
    }

    private static String text(Optional<UUID> id) {
        return id.map(UUID::toString).orElse("none");
    }
}

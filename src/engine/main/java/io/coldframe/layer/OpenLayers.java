package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The layers that an index names, open, by ordinal.
///
/// **Lifetime.** Owns the descriptors and the sums; borrows the sums that the index has itself.
///
/// **Threads.** Any; [#close()] once, by the owner.
final class OpenLayers implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final List<LayerFile> files = new ArrayList<>();

    private OpenLayers() {}

    static OpenLayers open(LayerIndex index, LayerFinder finder) throws SnapshotException {
        FileCalls calls = FileCalls.current();
        OpenLayers opened = new OpenLayers();
        try {
            for (LayerRef ref : index.layers()) {
                opened.files.add(opened.open(calls, index, finder.find(ref), ref));
            }
            return opened;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, opened);
            throw failure;
        }
    }

    private LayerFile open(FileCalls calls, LayerIndex index, LayerFiles lying, LayerRef ref)
            throws SnapshotException {
        try {
            boolean isOwn = index.layerId().equals(Optional.of(ref.id()));
            LayerSums sums =
                    isOwn ? index.sums().orElseThrow() : sums(lying, ref, index.blockSize(), arena);
            return LayerFile.open(calls, lying, sums);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.SYSCALL
                    && ReadFile.isOutOfDescriptors(calls, lying.layer())) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        "it reads %d layers, and this process may not open so many files: compact"
                                        .formatted(index.layers().size())
                                + " the chain, or raise the limit (ulimit -n)",
                        lying.layer(),
                        failure);
            }
            throw failure;
        }
    }

    /// The sums beside a layer, if they are those that an index knows of.
    static LayerSums sums(LayerFiles lying, LayerRef ref, PageSize block, Arena arena)
            throws SnapshotException {
        LayerSums sums = LayerSums.open(lying.index(), ref, arena);
        if (!sums.ref().equals(ref) || !sums.blockSize().equals(block)) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "it has the sums %s of layer %s, %d blocks of %s; wanted are %s of %s, %d of %s"
                            .formatted(
                                    sums.digest(),
                                    sums.layerId(),
                                    sums.storedBlockCount(),
                                    sums.blockSize(),
                                    ref.sumsDigest(),
                                    ref.id(),
                                    ref.storedBlockCount(),
                                    block),
                    lying.index());
        }
        return sums;
    }

    LayerFile get(int layer) {
        return files.get(layer);
    }

    @Override
    public void close() {
        files.forEach(LayerFile::close);
        arena.close();
    }
}

package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.image.RestoreReport;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.VerifyReport.Verified;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The memory of a layer snapshot: all layers that its index names, and the images below them, if
/// it names a base.
///
/// @param stored the snapshot
/// @param chain its layers; closed with this
/// @param base the images below; closed with this
record OpenLayers(StoredSnapshot stored, LayerChain chain, Optional<OpenImages> base)
        implements OpenMemory {

    @Override
    public List<OpenedLink> images() {
        return base.map(OpenImages::images).orElse(List.of());
    }

    @Override
    public PageSource source() {
        return chain;
    }

    /// Reads what the snapshot reads: of the layers of others, and of the images below, no more
    /// than that.
    @Override
    public VerifyReport verify(Progress progress) throws SnapshotException {
        chain.verify(stored.manifest().memory().layout(), progress);
        return new VerifyReport(
                List.of(
                        new Verified(
                                stored.name(),
                                stored.manifest().id(),
                                storedByteCount(chain.index()))));
    }

    /// How much of the address space is stored somewhere: what is not zero.
    private static long storedByteCount(LayerIndex index) {
        ExtentMap map = index.map();
        long byteCount = 0;
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.place(extent) != BlockPlace.ZERO) {
                long end =
                        Math.min(index.byteCount(), index.blockSize().bytes(map.endBlock(extent)));
                byteCount += end - index.blockSize().bytes(map.firstBlock(extent));
            }
        }
        return byteCount;
    }

    @Override
    public RestoreReport materialise(Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        return chain.materialise(target, onExisting, progress);
    }

    @Override
    public RestoreReport materialise(AtomicDirectory directory, String name, Progress progress)
            throws SnapshotException {
        return chain.materialise(directory, name, progress);
    }

    @Override
    public RestoreReport materialise(AtomicPair pair, long sumsMax, Progress progress)
            throws SnapshotException {
        return chain.materialise(pair, sumsMax, progress);
    }

    @Override
    public RestoreReport load(GuestMemory memory, Progress progress) throws SnapshotException {
        return chain.load(memory, progress);
    }

    @Override
    public void close() {
        chain.close();
        base.ifPresent(OpenImages::close);
    }
}

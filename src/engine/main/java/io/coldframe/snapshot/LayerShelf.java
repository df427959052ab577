package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.CommitCheck;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerSums;
import io.coldframe.os.AllocatedBytes;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Where layers lie whose snapshot has gone, while others read them: `.layers`.
///
/// A layer gets here by second names of its files, before its snapshot goes. So it is somewhere at
/// every instant, and whoever looks for it looks into the snapshot first, and then here.
record LayerShelf(StorePaths paths) {

    // One that may be refused, one after the mark, and one for those whom that has refused. What
    // is marked still is for the next one who comes.
    private static final int ROUND_COUNT_MAX = 3;

    /// Puts the layer of a snapshot here, which is about to go. Under the lock of the store.
    ///
    /// It does not ask whether anybody reads it: [#sweep()] does.
    void retire(StoredSnapshot stored) throws SnapshotException {
        Optional<UUID> layer = stored.manifest().memory().layerId();
        if (layer.isPresent()) {
            retire(layer.get(), stored.layerFiles());
        }
    }

    /// The same of a directory whose manifest can't be read: its index says which layer it is.
    void retireBroken(Path directory) throws SnapshotException {
        LayerFiles files =
                new LayerFiles(
                        directory.resolve(StorePaths.INDEX), directory.resolve(StorePaths.LAYER));
        Optional<UUID> layer = layerOf(files.index());
        if (layer.isPresent()) {
            retire(layer.get(), files);
        }
    }

    /// The layer that lies beside an index; empty if the index says none, or nothing.
    static Optional<UUID> layerOf(Path index) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            return Optional.of(LayerSums.open(index, arena).layerId());
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING || failure.kind() == Kind.CORRUPT) {
                // Nobody can read a layer without its sums.
                return Optional.empty();
            }
            throw failure;
        }
    }

    private void retire(UUID layer, LayerFiles files) throws SnapshotException {
        boolean isThere = StorePaths.isDirectory(paths.layer(layer));
        if (isThere || !isFile(files.index()) || !isFile(files.layer())) {
            return;
        }
        AtomicDirectory.createParents(paths.layer(layer));
        try (AtomicDirectory draft =
                AtomicDirectory.create(paths.layer(layer), OnExisting.REFUSE)) {
            draft.link(StorePaths.INDEX, files.index());
            draft.link(StorePaths.LAYER, files.layer());
            draft.commit();
        }
    }

    // What is damaged is not kept from being deleted.
    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /// Removes the layers here that nobody reads. It fails at nothing: what can't be removed, or
    /// not now, stays for the next one, and the result says why.
    ///
    /// Who is refused leaves a mark, and tries once more: so either it is not refused any more, or
    /// whoever refuses it now ends the lease after the mark was made, and looks for it then.
    LayerSweep sweep() {
        if (!StorePaths.isDirectory(paths.layers())) {
            return LayerSweep.NOTHING;
        }
        LayerSweep swept = sweepOnce();
        // The mark may be that of somebody whom this sweep has refused.
        for (int round = 1; round < ROUND_COUNT_MAX && paths.unswept().isThere(); round++) {
            swept = swept.then(sweepOnce());
        }
        return swept;
    }

    /// Sweeps if somebody was refused it; for whoever has ended a lease.
    void sweepIfRefused() {
        if (paths.unswept().isThere()) {
            LayerSweep _ = sweep();
        }
    }

    private LayerSweep sweepOnce() {
        List<UUID> removed = new ArrayList<>();
        long freedBytes = 0;
        String whyLeft = "";
        try {
            Optional<LayerLease> lease = LayerLease.tryAlone(paths);
            if (lease.isEmpty()) {
                return refused();
            }
            try (LayerLease _ = lease.get()) {
                forgetRefusals();
                AtomicDirectory.removeAbandoned(paths.layers());
                // With the lease, what nobody reads stays so: no lock is held while files go.
                for (UUID layer : unneededUnderLock()) {
                    try {
                        freedBytes += remove(layer);
                        removed.add(layer);
                    } catch (SnapshotException failure) {
                        // The others can go all the same.
                        whyLeft = String.valueOf(failure.getMessage());
                    }
                }
            }
        } catch (SnapshotException failure) {
            whyLeft = String.valueOf(failure.getMessage());
        }
        return new LayerSweep(removed, freedBytes, whyLeft);
    }

    private LayerSweep refused() {
        String whyLeft = "a layer is being made on others";
        try {
            paths.unswept().put();
        } catch (SnapshotException failure) {
            whyLeft += ", and that can't be noted: " + failure.getMessage();
        }
        return new LayerSweep(List.of(), 0, whyLeft);
    }

    /// Before anything is looked at: a mark that is made from now on is of somebody whose layers
    /// may not be seen.
    private void forgetRefusals() {
        try {
            paths.unswept().remove();
        } catch (SnapshotException staysThere) {
            // Somebody sweeps once more, and finds nothing.
            return;
        }
    }

    private long remove(UUID layer) throws SnapshotException {
        long byteCount = byteCount(paths.layer(layer));
        AtomicDirectory.remove(paths.layer(layer), CommitCheck.NONE);
        return byteCount;
    }

    private List<UUID> unneededUnderLock() throws SnapshotException {
        try (DirectoryEntries _ = DirectoryEntries.lock(paths.root())) {
            return unneeded(LayerNeeds.of(paths));
        }
    }

    /// The layers here that nobody reads, in order.
    ///
    /// @throws SnapshotException if there is a snapshot of which nobody can tell what it reads
    List<UUID> unneeded(LayerNeeds needs) throws SnapshotException {
        needs.requireAllKnown();
        List<UUID> found = all();
        found.removeIf(needs.layers()::contains);
        // The layer of a compaction has no reader until that is over.
        found.removeIf(layer -> new CompactionFiles(paths).isUnderWay(layer));
        return found;
    }

    /// All layers here.
    List<UUID> all() throws SnapshotException {
        List<UUID> found = new ArrayList<>();
        if (StorePaths.isDirectory(paths.layers())) {
            for (Path entry : Catalogue.entries(paths.layers())) {
                String name = entry.getFileName().toString();
                if (Names.isId(name) && StorePaths.isDirectory(entry)) {
                    found.add(UUID.fromString(name));
                }
            }
        }
        return found;
    }

    /// What the files of a directory take on the disk; 0 if somebody has removed it meanwhile.
    static long byteCount(Path directory) throws SnapshotException {
        long byteCount = 0;
        try {
            for (Path file : Catalogue.entries(directory)) {
                byteCount += AllocatedBytes.of(file);
            }
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
        }
        return byteCount;
    }
}

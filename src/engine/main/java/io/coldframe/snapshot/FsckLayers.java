package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerCheck;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.FsckProblem.Repair;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at the layers that the snapshots of a store read: each layer once, however many read it.
///
/// A layer that is damaged is no problem by itself. A snapshot has one if it reads a block that is:
/// so a generation that has overwritten the block stays whole.
final class FsckLayers {

    private final StoreLayers finder;
    private final boolean readMemory;
    private final ProgressParts progress;
    private final List<FsckProblem> problems = new ArrayList<>();

    /// A layer, as some index names it.
    private record Named(LayerRef ref, PageSize blockSize) {}

    private FsckLayers(StorePaths paths, boolean readMemory, ProgressParts progress) {
        this.finder = new StoreLayers(paths);
        this.readMemory = readMemory;
        this.progress = progress;
    }

    /// What is wrong with what some snapshots read.
    ///
    /// @param snapshots layer snapshots
    /// @param progress hears the bytes of each layer that is found
    static List<FsckProblem> check(
            StorePaths paths,
            List<StoredSnapshot> snapshots,
            boolean readMemory,
            ProgressParts progress)
            throws SnapshotException {
        FsckLayers check = new FsckLayers(paths, readMemory, progress);
        Map<Named, List<StoredSnapshot>> readers = new LinkedHashMap<>();
        for (StoredSnapshot snapshot : snapshots) {
            check.addReads(snapshot, readers);
        }
        for (Map.Entry<Named, List<StoredSnapshot>> layer : readers.entrySet()) {
            check.check(layer.getKey(), layer.getValue());
        }
        check.problems.sort(Comparator.comparing(FsckProblem::path));
        return check.problems;
    }

    private void addReads(StoredSnapshot snapshot, Map<Named, List<StoredSnapshot>> readers) {
        try (LayerIndex index = LayerPart.index(snapshot)) {
            for (LayerRef ref : index.layers()) {
                readers.computeIfAbsent(new Named(ref, index.blockSize()), _ -> new ArrayList<>())
                        .add(snapshot);
            }
        } catch (SnapshotException broken) {
            // The snapshot has a problem of its own, which is reported there.
            return;
        }
    }

    private void check(Named layer, List<StoredSnapshot> readers) throws SnapshotException {
        LayerFiles files;
        try {
            files = finder.find(layer.ref());
        } catch (SnapshotException failure) {
            Repair repair =
                    failure.kind() == Kind.MISSING ? Repair.QUARANTINE_SNAPSHOT : Repair.NONE;
            for (StoredSnapshot reader : readers) {
                add(FsckProblem.Kind.MISSING_LAYER, reader, messageOf(failure), repair);
            }
            return;
        }
        BitSet bad;
        try {
            bad = badBlocks(layer, files);
        } catch (SnapshotException failure) {
            for (StoredSnapshot reader : readers) {
                addUnreadable(reader, layer.ref(), failure);
            }
            return;
        }
        if (!bad.isEmpty()) {
            for (StoredSnapshot reader : readers) {
                addIfItReads(reader, layer, files, bad);
            }
        }
    }

    private BitSet badBlocks(Named layer, LayerFiles files) throws SnapshotException {
        if (!readMemory) {
            LayerCheck.requireWhole(files, layer.ref(), layer.blockSize());
            return new BitSet();
        }
        long byteCount = layer.blockSize().bytes(layer.ref().storedBlockCount());
        return LayerCheck.badBlocks(
                files, layer.ref(), layer.blockSize(), progress.next(byteCount));
    }

    /// What a snapshot lacks of its own layer is reported there already.
    private void addUnreadable(StoredSnapshot reader, LayerRef ref, SnapshotException failure) {
        if (reader.manifest().memory().layerId().filter(ref.id()::equals).isEmpty()) {
            boolean isForGood = failure.kind() == Kind.CORRUPT || failure.kind() == Kind.MISSING;
            add(
                    FsckProblem.Kind.MISSING_LAYER,
                    reader,
                    "layer %s is broken: %s".formatted(ref.id(), messageOf(failure)),
                    isForGood ? Repair.QUARANTINE_SNAPSHOT : Repair.NONE);
        }
    }

    private void addIfItReads(StoredSnapshot reader, Named layer, LayerFiles files, BitSet bad) {
        try (LayerIndex index = LayerPart.index(reader)) {
            Optional<String> what = firstBad(index, layer.ref(), bad);
            what.ifPresent(
                    block ->
                            add(
                                    FsckProblem.Kind.WRONG_SUM,
                                    reader,
                                    "%s of %s is not as it was written"
                                            .formatted(block, files.layer()),
                                    Repair.QUARANTINE_SNAPSHOT));
        } catch (SnapshotException gone) {
            // It was replaced, or broken, since it was looked at.
            return;
        }
    }

    /// The first block of a map that is one of the bad ones, in words.
    private static Optional<String> firstBad(LayerIndex index, LayerRef ref, BitSet bad) {
        int ordinal = index.layers().indexOf(ref);
        ExtentMap map = index.map();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.place(extent) != BlockPlace.DATA || map.layer(extent) != ordinal) {
                continue;
            }
            long first = map.storedBlock(extent);
            long end = first + map.endBlock(extent) - map.firstBlock(extent);
            int found = bad.nextSetBit(Math.toIntExact(first));
            if (found >= 0 && found < end) {
                long block = map.firstBlock(extent) + found - first;
                return Optional.of(
                        "the block at image offset 0x%x, stored block %d at offset %d"
                                .formatted(
                                        index.blockSize().bytes(block),
                                        found,
                                        index.blockSize().bytes(found)));
            }
        }
        return Optional.empty();
    }

    private static String messageOf(SnapshotException failure) {
        return String.valueOf(failure.getMessage());
    }

    private void add(FsckProblem.Kind kind, StoredSnapshot reader, String what, Repair repair) {
        problems.add(FsckProblem.found(kind, reader.part(StorePaths.INDEX), what, repair));
    }
}

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

    // Each look that is not to be believed is lost to a deletion or a compaction.
    private static final int ATTEMPT_COUNT_MAX = 8;

    private final StorePaths paths;
    private StoreLayers finder;
    private final boolean readMemory;
    private final ProgressParts progress;
    private final List<FsckProblem> problems = new ArrayList<>();

    /// A layer, as some index names it.
    private record Named(LayerRef ref, PageSize blockSize) {}

    private FsckLayers(StorePaths paths, boolean readMemory, ProgressParts progress) {
        this.paths = paths;
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

    /// Reports what one look says at which nothing was taken away under it.
    private void check(Named layer, List<StoredSnapshot> readers) throws SnapshotException {
        Look look = look(layer);
        for (int attempt = 1; attempt < ATTEMPT_COUNT_MAX && !look.isToBeBelieved(); attempt++) {
            // What was seen for other layers is old by now.
            finder = new StoreLayers(paths);
            look = look(layer);
        }
        report(layer, readers, look);
    }

    /// What was found of a layer.
    ///
    /// @param files where it lies; empty if it was not found
    /// @param bad the blocks that are not as they were written
    /// @param failure why it could not be found or read
    /// @param isSteady whether all is as it was when the look began
    private record Look(
            Optional<LayerFiles> files,
            BitSet bad,
            Optional<SnapshotException> failure,
            boolean isSteady) {

        boolean isToBeBelieved() {
            return isSteady || (failure.isEmpty() && bad.isEmpty());
        }
    }

    private Look look(Named layer) throws SnapshotException {
        // What is not where others were found may have come there since.
        boolean isNew = finder.isNew();
        Optional<LayerFiles> files = Optional.empty();
        BitSet bad = new BitSet();
        Optional<SnapshotException> failure = Optional.empty();
        try {
            files = Optional.of(finder.find(layer.ref()));
            bad = badBlocks(layer, files.get());
        } catch (SnapshotException found) {
            failure = Optional.of(found);
        }
        boolean isSteady =
                (isNew || files.isPresent())
                        && finder.used().stream().allMatch(SnapshotOpener::isUnchanged);
        return new Look(files, bad, failure, isSteady);
    }

    private void report(Named layer, List<StoredSnapshot> readers, Look look) {
        for (StoredSnapshot reader : readers) {
            if (look.failure().isEmpty() && look.bad().isEmpty()) {
                continue;
            }
            if (look.failure().isEmpty()) {
                look.files().ifPresent(files -> addIfItReads(reader, layer, files, look.bad()));
            } else if (look.files().isPresent()) {
                addUnreadable(reader, layer.ref(), look.failure().get());
            } else {
                addMissing(reader, look.failure().get());
            }
        }
    }

    private void addMissing(StoredSnapshot reader, SnapshotException failure) {
        Repair repair = failure.kind() == Kind.MISSING ? Repair.QUARANTINE_SNAPSHOT : Repair.NONE;
        add(FsckProblem.Kind.MISSING_LAYER, reader, messageOf(failure), repair);
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

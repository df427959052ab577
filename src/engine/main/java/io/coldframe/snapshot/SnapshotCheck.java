package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryImage;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerSums;
import io.coldframe.snapshot.FsckProblem.Repair;
import io.coldframe.snapshot.Manifest.StatePart;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at one directory of a store that has the name of a snapshot, by itself: what it lies on is
/// not looked at.
final class SnapshotCheck {

    private final Path directory;
    private final boolean readMemory;
    private final Progress progress;
    private final List<FsckProblem> problems = new ArrayList<>();

    /// What was found.
    ///
    /// @param stored the snapshot, if its manifest can be read
    /// @param problems what is wrong with it
    record Result(Optional<StoredSnapshot> stored, List<FsckProblem> problems) {

        /// Whether something may lie on it: its memory is there, or will be when its sums are, and
        /// as far as anybody can tell it is not broken for good. Its state nobody else needs.
        boolean isFitToLieOn() {
            return stored.isPresent()
                    && problems.stream()
                            .filter(problem -> !problem.path().endsWith(StorePaths.STATE))
                            .noneMatch(problem -> problem.repair() == Repair.QUARANTINE_SNAPSHOT);
        }

        /// Whether another release, or another day, may find here what is not seen now.
        boolean isUnknown() {
            return stored.isEmpty()
                    && problems.stream().anyMatch(problem -> problem.repair() == Repair.NONE);
        }
    }

    private SnapshotCheck(Path directory, boolean readMemory, Progress progress) {
        this.directory = directory;
        this.readMemory = readMemory;
        this.progress = progress;
    }

    static Result check(Path directory, boolean readMemory, Progress progress)
            throws SnapshotException {
        return new SnapshotCheck(directory, readMemory, progress).check();
    }

    private Result check() throws SnapshotException {
        Optional<StoredSnapshot> stored = checkManifest();
        if (problems.stream().noneMatch(found -> found.kind() == FsckProblem.Kind.MISSING_FILE)) {
            checkExtras(stored.map(StoredSnapshot::parts).orElse(StorePaths.PARTS));
        }
        if (stored.isPresent()) {
            checkState(stored.get());
            if (stored.get().manifest().kind() == Manifest.Kind.LAYER) {
                checkIndex(stored.get());
            } else {
                checkMemory(stored.get());
            }
        }
        return new Result(stored, List.copyOf(problems));
    }

    private void checkExtras(Set<String> parts) throws SnapshotException {
        List<Path> abandoned;
        List<Path> all;
        try {
            abandoned = findAbandoned();
            all = Catalogue.entries(directory);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                throw failure;
            }
            // Its files may be readable all the same.
            problems.add(FsckProblem.unreadable(directory, failure));
            return;
        }
        for (Path path : all) {
            String name = path.getFileName().toString();
            if (abandoned.contains(path)) {
                problems.add(
                        FsckProblem.found(
                                FsckProblem.Kind.STRANDED_DRAFT,
                                path,
                                "nobody writes it any more",
                                Repair.REMOVE));
            } else if (!parts.contains(name) && !DirectoryEntries.isDraft(path)) {
                problems.add(
                        FsckProblem.found(
                                FsckProblem.Kind.EXTRA_FILE,
                                path,
                                "no file of a snapshot",
                                Repair.QUARANTINE_ENTRY));
            }
        }
    }

    private List<Path> findAbandoned() throws SnapshotException {
        try (DirectoryEntries entries = DirectoryEntries.lock(directory)) {
            return entries.findAbandoned();
        }
    }

    private Optional<StoredSnapshot> checkManifest() {
        Path file = directory.resolve(StorePaths.MANIFEST);
        try {
            return Optional.of(StoredSnapshot.read(directory));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                add(FsckProblem.Kind.MISSING_FILE, file, failure, Repair.QUARANTINE_SNAPSHOT);
            } else {
                add(FsckProblem.Kind.BROKEN_MANIFEST, file, failure, ifCorrupt(failure));
            }
            return Optional.empty();
        }
    }

    private void checkState(StoredSnapshot stored) {
        Path file = stored.part(StorePaths.STATE);
        StatePart part = stored.manifest().state();
        if (isMissing(file, Repair.QUARANTINE_SNAPSHOT)) {
            return;
        }
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = PartFile.open(file)) {
            PartFile.requireLength(channel, part.byteCount(), file);
            MemorySegment bytes = arena.allocate(part.byteCount());
            PartFile.readWhole(channel, bytes, file);
            OpenedLink.requireDigest(part.digest(), bytes, file);
        } catch (SnapshotException failure) {
            add(FsckProblem.Kind.WRONG_SUM, file, failure, ifCorrupt(failure));
        } catch (IOException failure) {
            SnapshotException unreadable = PartFile.failure(file, failure);
            add(FsckProblem.Kind.WRONG_SUM, file, unreadable, Repair.NONE);
        }
    }

    /// The index, and that its layer is there. What is in layers is looked at once for all who read
    /// them.
    private void checkIndex(StoredSnapshot stored) {
        Path indexFile = stored.part(StorePaths.INDEX);
        if (isMissing(indexFile, Repair.QUARANTINE_SNAPSHOT)) {
            return;
        }
        try (LayerIndex index = LayerPart.index(stored)) {
            if (index.sums().isPresent()) {
                checkLayer(stored.part(StorePaths.LAYER), index.sums().get());
            }
        } catch (SnapshotException failure) {
            add(FsckProblem.Kind.WRONG_SUM, indexFile, failure, ifCorrupt(failure));
        }
    }

    private void checkLayer(Path file, LayerSums sums) {
        if (isMissing(file, Repair.QUARANTINE_SNAPSHOT)) {
            return;
        }
        try {
            PartFile.requireLength(PartFile.requireRegular(file).size(), sums.layerBytes(), file);
        } catch (SnapshotException failure) {
            add(FsckProblem.Kind.WRONG_SUM, file, failure, ifCorrupt(failure));
        }
    }

    private void checkMemory(StoredSnapshot stored) {
        Path sumsFile = stored.part(StorePaths.SUMS);
        Path memoryFile = stored.part(StorePaths.MEMORY);
        if (isMissing(memoryFile, Repair.QUARANTINE_SNAPSHOT)) {
            return;
        }
        if (isMissing(sumsFile, repairOfSums(stored))) {
            return;
        }
        ImageSums sums;
        try {
            sums = OpenedLink.sums(stored);
        } catch (SnapshotException failure) {
            Repair repair = failure.kind() == Kind.CORRUPT ? repairOfSums(stored) : Repair.NONE;
            add(FsckProblem.Kind.WRONG_SUM, sumsFile, failure, repair);
            return;
        }
        try (MemoryImage image = OpenedLink.image(stored, sums)) {
            if (readMemory) {
                image.verify(stored.manifest().memory().layout(), progress);
            }
        } catch (SnapshotException failure) {
            add(FsckProblem.Kind.WRONG_SUM, memoryFile, failure, ifCorrupt(failure));
        }
    }

    /// The sums of a full image can be made again from its memory, and only the right ones have the
    /// digest that the manifest says. Which pages a diff holds nobody else knows.
    private Repair repairOfSums(StoredSnapshot stored) {
        boolean isProvable = SumsRebuild.isPossible(stored);
        if (!isProvable || !readMemory) {
            return isProvable ? Repair.REBUILD_SUMS : Repair.QUARANTINE_SNAPSHOT;
        }
        try {
            return SumsRebuild.rebuild(stored, progress).isPresent()
                    ? Repair.REBUILD_SUMS
                    : Repair.QUARANTINE_SNAPSHOT;
        } catch (SnapshotException unreadable) {
            return ifCorrupt(unreadable);
        }
    }

    /// What is corrupt stays so. What a later release wrote, or a disk does not give back today, is
    /// left where it is.
    private static Repair ifCorrupt(SnapshotException failure) {
        return failure.kind() == Kind.CORRUPT ? Repair.QUARANTINE_SNAPSHOT : Repair.NONE;
    }

    private boolean isMissing(Path file, Repair repair) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        problems.add(
                FsckProblem.found(
                        FsckProblem.Kind.MISSING_FILE,
                        file,
                        "missing beside its manifest",
                        repair));
        return true;
    }

    private void add(FsckProblem.Kind kind, Path file, SnapshotException failure, Repair repair) {
        problems.add(FsckProblem.found(kind, file, String.valueOf(failure.getMessage()), repair));
    }
}

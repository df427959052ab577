package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.image.ImageSums;
import io.coldframe.snapshot.FsckProblem.Outcome;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;

/// Does what a report lists, after a second look at each of its problems.
///
/// Nothing is deleted but drafts that nobody writes any more. What is broken is moved into the
/// quarantine, under its own name, where a person may look at it and from where it can be moved
/// back.
final class FsckRepair {

    private static final String REPLACED = "replaced since it was looked at: look again";

    private final StorePaths paths;
    private final Set<Path> moved = new HashSet<>();
    private Set<Path> doomed = Set.of();
    private boolean hasRetired;
    private ProgressParts progress = new ProgressParts(Progress.NONE, LongStream.empty());

    FsckRepair(StorePaths paths) {
        this.paths = paths;
    }

    FsckReport repair(FsckReport found, Progress whole) throws SnapshotException {
        doomed = FsckProblem.doomed(found.problems(), paths.root());
        progress = new ProgressParts(whole, found.problems().stream().mapToLong(this::bytesToRead));
        List<FsckProblem> done = new ArrayList<>();
        for (FsckProblem problem : found.problems()) {
            done.add(problem.outcome() == Outcome.FOUND ? repairOne(problem) : problem);
        }
        if (hasRetired) {
            // What is left is found by the next look.
            LayerSweep _ = new LayerShelf(paths).sweep();
        }
        return new FsckReport(found.snapshotCount(), done);
    }

    /// How much memory the second look at a problem reads.
    private long bytesToRead(FsckProblem problem) {
        boolean isRead =
                switch (problem.repair()) {
                    case REBUILD_SUMS -> true;
                    case QUARANTINE_SNAPSHOT -> isOfMemory(problem) || isOfLayer(problem);
                    default -> false;
                };
        return isRead && problem.outcome() == Outcome.FOUND
                ? Fsck.writtenBytes(problem.subject(paths.root()))
                : 0;
    }

    /// Whether the memory of a snapshot can't be read, whatever layer is to blame.
    private boolean isUnreadable(StoredSnapshot stored, Progress part) throws SnapshotException {
        try (Snapshot snapshot =
                new OpeningAttempt(new SnapshotOpener(paths), stored)
                        .open()
                        .orElseThrow(
                                () ->
                                        new SnapshotException(
                                                Kind.CONFLICT,
                                                Reason.BUSY,
                                                REPLACED,
                                                stored.path()))) {
            snapshot.memory().verify(part);
            return false;
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.CORRUPT) {
                return true;
            }
            throw failure;
        }
    }

    private static boolean isOfLayer(FsckProblem problem) {
        return problem.path().endsWith(StorePaths.INDEX);
    }

    private static boolean isOfMemory(FsckProblem problem) {
        return problem.path().endsWith(StorePaths.MEMORY);
    }

    private FsckProblem repairOne(FsckProblem problem) {
        try {
            Path subject = problem.subject(paths.root());
            if (moved.contains(subject)) {
                return problem.with(Outcome.REPAIRED);
            }
            if (!Files.exists(subject, LinkOption.NOFOLLOW_LINKS)) {
                return problem.with(Outcome.GONE);
            }
            return switch (problem.repair()) {
                case NONE -> problem.with(Outcome.NOT_REPAIRED);
                case REMOVE -> removeDraft(problem);
                case QUARANTINE_ENTRY -> quarantineEntry(problem);
                case QUARANTINE_SNAPSHOT -> quarantineSnapshot(problem, subject);
                case REBUILD_SUMS -> rebuildSums(problem, subject);
                case SWEEP -> sweep(problem);
            };
        } catch (SnapshotException failure) {
            return problem.failed(String.valueOf(failure.getMessage()));
        }
    }

    private static FsckProblem removeDraft(FsckProblem problem) throws SnapshotException {
        Path directory = problem.path().getParent();
        if (directory == null) {
            throw new IllegalArgumentException("not in a directory: " + problem.path());
        }
        AtomicDirectory.removeAbandoned(directory);
        return Files.exists(problem.path(), LinkOption.NOFOLLOW_LINKS)
                ? problem.failed("somebody writes it again")
                : problem.with(Outcome.REPAIRED);
    }

    private FsckProblem sweep(FsckProblem problem) {
        LayerSweep swept = new LayerShelf(paths).sweep();
        if (!Files.exists(problem.path(), LinkOption.NOFOLLOW_LINKS)) {
            return problem.with(Outcome.REPAIRED);
        }
        return swept.whyLeft().isEmpty()
                ? problem.with(Outcome.GONE)
                : problem.failed(swept.whyLeft());
    }

    private FsckProblem quarantineEntry(FsckProblem problem) throws SnapshotException {
        Path entry = problem.path();
        Path directory = entry.getParent();
        if (directory == null) {
            throw new IllegalArgumentException("not in a directory: " + entry);
        }
        StoreDirectories.ensure(paths.quarantine());
        try (DirectoryEntries entries = DirectoryEntries.lock(directory)) {
            return isStillFound(problem)
                    ? problem.movedTo(move(entries, entry))
                    : problem.with(Outcome.GONE);
        }
    }

    /// Whether an entry is still what it was. Under the lock of its directory.
    private boolean isStillFound(FsckProblem problem) throws SnapshotException {
        return switch (problem.kind()) {
            case BAD_TAG -> isBadTag(problem.path());
            // Somebody may have cleared it away and saved a snapshot under its name.
            case FOREIGN_ENTRY ->
                    paths.root().equals(problem.path().getParent())
                            ? Fsck.isForeign(problem.path())
                            : FsckShelf.isForeign(paths, problem.path());
            default -> true;
        };
    }

    private boolean isBadTag(Path tag) throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        catalogue.requireAllKnown();
        Set<UUID> ids = new HashSet<>();
        catalogue.readable().values().forEach(stored -> ids.add(stored.manifest().id()));
        return FsckTags.problem(paths, tag, ids).isPresent();
    }

    private FsckProblem quarantineSnapshot(FsckProblem problem, Path directory)
            throws SnapshotException {
        SnapshotCheck.Result now =
                SnapshotCheck.check(
                        directory, isOfMemory(problem), progress.next(bytesToRead(problem)));
        if (!isStillFound(problem, now)) {
            return problem.with(Outcome.GONE);
        }
        StoreDirectories.ensure(paths.quarantine());
        try (DirectoryEntries entries = DirectoryEntries.lock(paths.root())) {
            Optional<String> reason =
                    now.stored().isPresent()
                            ? reasonToStay(now.stored().get())
                            : reasonToStay(directory);
            if (reason.isPresent()) {
                return problem.failed(reason.get());
            }
            keepLayer(now, directory);
            return problem.movedTo(move(entries, directory));
        }
    }

    /// Others may read the layer of a snapshot that is moved away. Under the lock of the store.
    private void keepLayer(SnapshotCheck.Result now, Path directory) throws SnapshotException {
        LayerShelf shelf = new LayerShelf(paths);
        hasRetired = true;
        if (now.stored().isPresent()) {
            shelf.retire(now.stored().get());
        } else {
            shelf.retireBroken(directory);
        }
    }

    private boolean isStillFound(FsckProblem problem, SnapshotCheck.Result now)
            throws SnapshotException {
        if (problem.kind() == FsckProblem.Kind.DANGLING_PARENT) {
            return now.stored().isPresent() && isDangling(now.stored().get());
        }
        boolean isFoundAgain =
                now.problems().stream()
                        .anyMatch(
                                other ->
                                        other.kind() == problem.kind()
                                                && other.path().equals(problem.path())
                                                && other.repair() != FsckProblem.Repair.NONE);
        if (isFoundAgain || !isOfLayer(problem) || now.stored().isEmpty()) {
            return isFoundAgain;
        }
        return isUnreadable(now.stored().get(), progress.next(bytesToRead(problem)));
    }

    /// Broken parents come first in a report, so they are moved by now.
    private boolean isDangling(StoredSnapshot stored) throws SnapshotException {
        try {
            Fsck.requireOn(stored, new SnapshotOpener(paths).belowOf(stored));
            return false;
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.CORRUPT) {
                return true;
            }
            throw failure;
        }
    }

    /// Why a snapshot that is broken is not moved all the same. Under the lock of the store.
    private Optional<String> reasonToStay(StoredSnapshot stored) throws SnapshotException {
        if (!stored.isUnchanged()) {
            return Optional.of(REPLACED);
        }
        List<String> others =
                Removal.usersOf(Catalogue.of(paths), stored.manifest().id()).stream()
                        .filter(child -> !doomed.contains(child.path()))
                        .map(StoredSnapshot::name)
                        .toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("snapshots that are whole lie on it: " + others);
    }

    /// The same of a directory whose manifest could not be read. Under the lock of the store.
    private Optional<String> reasonToStay(Path directory) throws SnapshotException {
        try {
            return new Removal(paths).find(directory).map(_ -> REPLACED);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// Moves an entry into the quarantine, under a name that is free there.
    private Path move(DirectoryEntries entries, Path entry) throws SnapshotException {
        String name = paths.root().relativize(entry).toString().replace('/', '~');
        for (int copy = 0; ; copy++) {
            Path target = paths.quarantine().resolve(copy == 0 ? name : name + "~" + copy);
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                entries.moveOut(entry, target);
                moved.add(entry);
                return target;
            }
        }
    }

    private FsckProblem rebuildSums(FsckProblem problem, Path directory) throws SnapshotException {
        StoredSnapshot stored = StoredSnapshot.read(directory);
        Optional<ImageSums> sums = SumsRebuild.rebuild(stored, progress.next(bytesToRead(problem)));
        if (sums.isEmpty()) {
            return problem.failed("the memory is not what the manifest says, either");
        }
        // Reading the memory took its time: the sums must not get into a snapshot that has come
        // to the name since.
        try (DirectoryEntries _ = DirectoryEntries.lock(paths.root())) {
            if (!stored.isUnchanged()) {
                return problem.failed(REPLACED);
            }
            SumsRebuild.put(stored, sums.get());
            return problem.with(Outcome.REPAIRED);
        }
    }
}

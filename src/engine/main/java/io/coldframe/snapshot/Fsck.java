package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.snapshot.FsckProblem.Repair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;

/// Looks for everything that is wrong with a store, and changes nothing.
///
/// Others may go on using the store. What they change while it is looked at may be reported or not;
/// a snapshot that was replaced or deleted meanwhile is not.
final class Fsck {

    private final StorePaths paths;
    private final FsckOptions options;
    private final List<FsckProblem> problems = new ArrayList<>();
    private final List<SnapshotCheck.Result> results = new ArrayList<>();
    private final List<Path> snapshots = new ArrayList<>();

    Fsck(StorePaths paths, FsckOptions options) {
        this.paths = paths;
        this.options = options;
    }

    FsckReport find() throws SnapshotException {
        checkRoot();
        ProgressParts progress = progress();
        checkSnapshots(progress);
        checkChains();
        checkLayers(progress);
        checkIds();
        checkTags();
        return new FsckReport(snapshots.size(), problems);
    }

    private void checkRoot() throws SnapshotException {
        problems.addAll(strandedDrafts(paths.root()));
        for (Path path : Catalogue.entries(paths.root())) {
            if (isForeign(path)) {
                problems.add(
                        FsckProblem.found(
                                FsckProblem.Kind.FOREIGN_ENTRY,
                                path,
                                "nothing that belongs in a store",
                                Repair.QUARANTINE_ENTRY));
            } else if (Names.isName(path.getFileName().toString())) {
                snapshots.add(path);
            }
        }
    }

    /// Whether something in the store's directory is none of the store's.
    static boolean isForeign(Path path) {
        String name = path.getFileName().toString();
        return switch (name) {
            case StorePaths.MARKER -> false;
            case StorePaths.TAGS, StorePaths.QUARANTINE, StorePaths.LAYERS, StorePaths.COMPACTION ->
                    !StorePaths.isDirectory(path);
            default ->
                    !(StorePaths.isDirectory(path) && Names.isName(name))
                            && !DirectoryEntries.isDraft(path);
        };
    }

    /// The drafts in a directory that nobody writes any more.
    static List<FsckProblem> strandedDrafts(Path directory) throws SnapshotException {
        List<FsckProblem> found = new ArrayList<>();
        try (DirectoryEntries entries = DirectoryEntries.lock(directory)) {
            for (Path draft : entries.findAbandoned()) {
                found.add(
                        FsckProblem.found(
                                FsckProblem.Kind.STRANDED_DRAFT,
                                draft,
                                "nobody writes it any more",
                                Repair.REMOVE));
            }
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                throw failure;
            }
            found.add(FsckProblem.unreadable(directory, failure));
        }
        return found;
    }

    /// All memory that is read: images with their snapshots, and each layer once.
    private ProgressParts progress() throws SnapshotException {
        LongStream snapshotBytes = snapshots.stream().mapToLong(Fsck::writtenBytes);
        LongStream.Builder shelfBytes = LongStream.builder();
        for (UUID layer : new LayerShelf(paths).all()) {
            shelfBytes.add(byteCount(paths.layerFiles(layer).layer()));
        }
        return new ProgressParts(
                options.progress(), LongStream.concat(snapshotBytes, shelfBytes.build()));
    }

    private static long byteCount(Path file) {
        try {
            return PartFile.requireRegular(file).size();
        } catch (SnapshotException missing) {
            return 0;
        }
    }

    private void checkSnapshots(ProgressParts progress) throws SnapshotException {
        for (Path path : snapshots) {
            checkUnlessGone(path, progress).ifPresent(results::add);
        }
        results.sort(Comparator.comparingInt(Fsck::generation));
        results.forEach(result -> problems.addAll(result.problems()));
    }

    /// What is wrong with a snapshot; empty if it is not the one any more that was looked at.
    private Optional<SnapshotCheck.Result> checkUnlessGone(Path path, ProgressParts progress)
            throws SnapshotException {
        SnapshotCheck.Result result;
        try {
            Progress part = isLayer(path) ? Progress.NONE : progress.next(writtenBytes(path));
            result = SnapshotCheck.check(path, options.readMemory(), part);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw failure;
        }
        boolean isGone = !StorePaths.isDirectory(path);
        boolean isOther =
                result.stored().isPresent() && !SnapshotOpener.isUnchanged(result.stored().get());
        return isGone || isOther ? Optional.empty() : Optional.of(result);
    }

    private static boolean isLayer(Path path) {
        try {
            return StoredSnapshot.read(path).manifest().kind() == Manifest.Kind.LAYER;
        } catch (SnapshotException unreadable) {
            return false;
        }
    }

    /// How much memory the check of a snapshot reads.
    static long writtenBytes(Path path) {
        try {
            return StoredSnapshot.read(path).manifest().memory().writtenByteCount();
        } catch (SnapshotException unreadable) {
            return 0;
        }
    }

    /// Those that can't be read come first: whoever lies on them has lost its parent.
    private static int generation(SnapshotCheck.Result result) {
        return result.stored().map(stored -> stored.manifest().generation()).orElse(-1);
    }

    /// From the base up, so that what lies on something broken is seen to be broken, too.
    private void checkChains() {
        boolean isAllKnown = isAllKnown();
        Map<UUID, StoredSnapshot> whole = new HashMap<>();
        for (SnapshotCheck.Result result : results) {
            if (result.stored().isEmpty()) {
                continue;
            }
            StoredSnapshot stored = result.stored().get();
            Optional<String> problem = problemOfParent(stored, whole);
            problem.ifPresent(
                    what ->
                            problems.add(
                                    FsckProblem.found(
                                            FsckProblem.Kind.DANGLING_PARENT,
                                            stored.part(StorePaths.MANIFEST),
                                            what,
                                            isAllKnown
                                                    ? Repair.QUARANTINE_SNAPSHOT
                                                    : Repair.NONE)));
            if (problem.isEmpty() && result.isFitToLieOn()) {
                whole.put(stored.manifest().id(), stored);
            }
        }
    }

    /// What the layer snapshots read, and what of it nobody reads. A snapshot that was compacted or
    /// deleted meanwhile is not looked at.
    private void checkLayers(ProgressParts progress) throws SnapshotException {
        List<StoredSnapshot> layers =
                results.stream()
                        .flatMap(result -> result.stored().stream())
                        .filter(stored -> stored.manifest().kind() == Manifest.Kind.LAYER)
                        .toList();
        FsckLayers.check(paths, layers, options.readMemory(), progress).stream()
                .filter(problem -> layers.stream().anyMatch(reader -> isOf(problem, reader)))
                .forEach(problems::add);
        problems.addAll(FsckShelf.check(paths));
    }

    private static boolean isOf(FsckProblem problem, StoredSnapshot reader) {
        return problem.path().startsWith(reader.path()) && SnapshotOpener.isUnchanged(reader);
    }

    /// Whether nothing here is such that only another release, or another day, knows what it is.
    private boolean isAllKnown() {
        return results.stream().noneMatch(SnapshotCheck.Result::isUnknown);
    }

    /// What is wrong with the image that a snapshot lies on. Layers lie on none but their base: the
    /// parent may have gone.
    private static Optional<String> problemOfParent(
            StoredSnapshot stored, Map<UUID, StoredSnapshot> whole) {
        boolean isLayer = stored.manifest().kind() == Manifest.Kind.LAYER;
        Optional<UUID> needed =
                isLayer
                        ? stored.manifest().memory().baseId()
                        : stored.manifest().parent().map(Manifest.Parent::id);
        if (needed.isEmpty()) {
            return Optional.empty();
        }
        String name = stored.manifest().parent().map(Manifest.Parent::name).orElse("");
        StoredSnapshot found = whole.get(needed.get());
        if (found == null) {
            return Optional.of(
                    isLayer
                            ? "its base %s is not in the store, or is broken"
                                    .formatted(needed.get())
                            : "its parent %s (%s) is not in the store, or is broken"
                                    .formatted(name, needed.get()));
        }
        try {
            requireOn(stored, found);
            return Optional.empty();
        } catch (SnapshotException mismatch) {
            return Optional.of(String.valueOf(mismatch.getMessage()));
        }
    }

    /// Refuses an image below that a snapshot can't lie on.
    static void requireOn(StoredSnapshot stored, StoredSnapshot below) throws SnapshotException {
        if (stored.manifest().kind() == Manifest.Kind.LAYER) {
            LayerPart.requireOn(stored, below);
        } else {
            OpenedLink.requireOn(stored, below.manifest());
        }
    }

    private void checkIds() {
        Map<UUID, StoredSnapshot> seen = new HashMap<>();
        for (SnapshotCheck.Result result : results) {
            result.stored()
                    .ifPresent(
                            stored -> {
                                StoredSnapshot other =
                                        seen.putIfAbsent(stored.manifest().id(), stored);
                                if (other != null) {
                                    addDuplicate(stored, other);
                                }
                            });
        }
    }

    private void addDuplicate(StoredSnapshot stored, StoredSnapshot other) {
        problems.add(
                FsckProblem.found(
                        FsckProblem.Kind.DUPLICATE_ID,
                        stored.part(StorePaths.MANIFEST),
                        "a copy of %s: both have the id %s"
                                .formatted(other.name(), other.manifest().id()),
                        Repair.NONE));
    }

    private void checkTags() throws SnapshotException {
        if (StorePaths.isDirectory(paths.tags())) {
            problems.addAll(strandedDrafts(paths.tags()));
            problems.addAll(FsckTags.check(paths, idsThatStay(), isAllKnown()));
        }
    }

    /// The ids of what repair leaves where it is.
    private Set<UUID> idsThatStay() {
        Set<Path> doomed = FsckProblem.doomed(problems, paths.root());
        Set<UUID> ids = new HashSet<>();
        results.stream()
                .flatMap(result -> result.stored().stream())
                .filter(stored -> !doomed.contains(stored.path()))
                .forEach(stored -> ids.add(stored.manifest().id()));
        return ids;
    }
}

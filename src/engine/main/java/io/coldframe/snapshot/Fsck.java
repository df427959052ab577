package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.snapshot.FsckProblem.Repair;

import java.nio.file.Files;
import java.nio.file.LinkOption;
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
        checkSnapshots();
        checkChains();
        checkIds();
        checkTags();
        return new FsckReport(snapshots.size(), problems);
    }

    private void checkRoot() throws SnapshotException {
        checkDrafts(paths.root());
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
            case StorePaths.TAGS, StorePaths.QUARANTINE -> !StorePaths.isDirectory(path);
            default ->
                    !(StorePaths.isDirectory(path) && Names.isName(name))
                            && !DirectoryEntries.isDraft(path);
        };
    }

    private void checkDrafts(Path directory) throws SnapshotException {
        try (DirectoryEntries entries = DirectoryEntries.lock(directory)) {
            for (Path draft : entries.findAbandoned()) {
                problems.add(
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
            problems.add(FsckProblem.unreadable(directory, failure));
        }
    }

    private void checkSnapshots() throws SnapshotException {
        ProgressParts parts =
                new ProgressParts(
                        options.progress(), snapshots.stream().mapToLong(Fsck::writtenBytes));
        for (Path path : snapshots) {
            checkUnlessGone(path, parts.next(writtenBytes(path))).ifPresent(results::add);
        }
        results.sort(Comparator.comparingInt(Fsck::generation));
        results.forEach(result -> problems.addAll(result.problems()));
    }

    /// What is wrong with a snapshot; empty if it is not the one any more that was looked at.
    private Optional<SnapshotCheck.Result> checkUnlessGone(Path path, Progress progress)
            throws SnapshotException {
        SnapshotCheck.Result result;
        try {
            result = SnapshotCheck.check(path, options.readMemory(), progress);
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw failure;
        }
        boolean isGone = !StorePaths.isDirectory(path);
        boolean isOther = result.stored().isPresent() && !isStillThere(result.stored().get());
        return isGone || isOther ? Optional.empty() : Optional.of(result);
    }

    private static boolean isStillThere(StoredSnapshot stored) {
        try {
            return stored.isStillThere();
        } catch (SnapshotException broken) {
            return true;
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

    /// Whether nothing here is such that only another release, or another day, knows what it is.
    private boolean isAllKnown() {
        return results.stream().noneMatch(SnapshotCheck.Result::isUnknown);
    }

    private static Optional<String> problemOfParent(
            StoredSnapshot stored, Map<UUID, StoredSnapshot> whole) {
        Optional<Manifest.Parent> parent = stored.manifest().parent();
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        StoredSnapshot found = whole.get(parent.get().id());
        if (found == null) {
            return Optional.of(
                    "its parent %s (%s) is not in the store, or is broken"
                            .formatted(parent.get().name(), parent.get().id()));
        }
        try {
            OpenedLink.requireOn(stored, found.manifest());
            return Optional.empty();
        } catch (SnapshotException mismatch) {
            return Optional.of(String.valueOf(mismatch.getMessage()));
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
        if (!StorePaths.isDirectory(paths.tags())) {
            return;
        }
        checkDrafts(paths.tags());
        Set<UUID> ids = idsThatStay();
        Repair repair = isAllKnown() ? Repair.QUARANTINE_ENTRY : Repair.NONE;
        for (Path file : new Tags(paths).files()) {
            if (!DirectoryEntries.isDraft(file)) {
                TagCheck.problem(paths, file, ids)
                        .ifPresent(
                                what ->
                                        problems.add(
                                                FsckProblem.found(
                                                        FsckProblem.Kind.BAD_TAG,
                                                        file,
                                                        what,
                                                        repair)));
            }
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

    /// What can be wrong with a tag.
    static final class TagCheck {
        private TagCheck() {}

        /// What is wrong with it, or nothing.
        static Optional<String> problem(StorePaths paths, Path file, Set<UUID> ids) {
            String tag = file.getFileName().toString();
            if (!Names.isName(tag)) {
                return Optional.of("not the name of a tag");
            }
            if (Files.exists(paths.snapshot(tag), LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of("a snapshot has this name, so nobody reaches the tag");
            }
            try {
                UUID id = Tags.read(file);
                return ids.contains(id)
                        ? Optional.empty()
                        : Optional.of(
                                "it is of %s, which is not there, or is broken".formatted(id));
            } catch (SnapshotException failure) {
                return failure.kind() == Kind.MISSING
                        ? Optional.empty()
                        : Optional.of(String.valueOf(failure.getMessage()));
            }
        }
    }
}

package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.snapshot.FsckProblem.Repair;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Looks at what a store keeps beside its snapshots: layers that others read, and what a compaction
/// is at.
final class FsckShelf {

    private static final Set<String> LAYER_PARTS = Set.of(StorePaths.INDEX, StorePaths.LAYER);

    private final StorePaths paths;
    private final List<FsckProblem> problems = new ArrayList<>();

    private FsckShelf(StorePaths paths) {
        this.paths = paths;
    }

    static List<FsckProblem> check(StorePaths paths) throws SnapshotException {
        FsckShelf check = new FsckShelf(paths);
        for (Path directory : List.of(paths.layers(), paths.compaction())) {
            if (StorePaths.isDirectory(directory)) {
                check.checkEntries(directory);
            }
        }
        check.checkNeeded();
        return check.problems;
    }

    private void checkEntries(Path directory) throws SnapshotException {
        problems.addAll(Fsck.strandedDrafts(directory));
        for (Path entry : Catalogue.entries(directory)) {
            if (isForeign(paths, entry)) {
                problems.add(
                        FsckProblem.found(
                                FsckProblem.Kind.FOREIGN_ENTRY,
                                entry,
                                "nothing that belongs here",
                                Repair.QUARANTINE_ENTRY));
            } else if (directory.equals(paths.layers()) && StorePaths.isDirectory(entry)) {
                checkParts(entry);
            }
        }
    }

    /// Whether something beside the snapshots is none of the store's.
    static boolean isForeign(StorePaths paths, Path entry) {
        String name = entry.getFileName().toString();
        if (DirectoryEntries.isDraft(entry)) {
            return false;
        }
        if (paths.compaction().equals(entry.getParent())) {
            return !CompactionFiles.isName(name);
        }
        boolean isLayer = Names.isId(name) && StorePaths.isDirectory(entry);
        boolean isMark =
                name.equals(StorePaths.UNSWEPT)
                        && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
        return !isLayer && !isMark && !name.equals(LayerLease.FILE);
    }

    private void checkParts(Path layer) throws SnapshotException {
        List<Path> entries;
        try {
            entries = Catalogue.entries(layer);
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.MISSING) {
                problems.add(FsckProblem.unreadable(layer, failure));
            }
            return;
        }
        for (Path entry : entries) {
            if (!LAYER_PARTS.contains(entry.getFileName().toString())) {
                problems.add(
                        FsckProblem.found(
                                FsckProblem.Kind.EXTRA_FILE,
                                entry,
                                "no file of a layer",
                                Repair.QUARANTINE_ENTRY));
            }
        }
    }

    private void checkNeeded() throws SnapshotException {
        LayerShelf shelf = new LayerShelf(paths);
        if (shelf.all().isEmpty()) {
            return;
        }
        LayerNeeds needs = LayerNeeds.of(paths);
        if (!needs.unknown().isEmpty()) {
            // Nobody can tell here what is needed: nothing is in the way of anybody.
            return;
        }
        for (UUID layer : shelf.unneeded(needs)) {
            problems.add(
                    FsckProblem.found(
                            FsckProblem.Kind.UNNEEDED_LAYER,
                            paths.layer(layer),
                            "no snapshot reads it",
                            Repair.SWEEP));
        }
    }
}

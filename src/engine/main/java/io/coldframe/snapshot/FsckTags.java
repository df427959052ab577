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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Looks at the tags of a store.
final class FsckTags {

    private FsckTags() {}

    /// What is wrong with the tags.
    ///
    /// @param ids of what repair leaves where it is
    /// @param isAllKnown whether nobody can find here what this release can't read
    static List<FsckProblem> check(StorePaths paths, Set<UUID> ids, boolean isAllKnown)
            throws SnapshotException {
        Repair repair = isAllKnown ? Repair.QUARANTINE_ENTRY : Repair.NONE;
        List<FsckProblem> problems = new ArrayList<>();
        for (Path file : new Tags(paths).files()) {
            if (!DirectoryEntries.isDraft(file)) {
                problem(paths, file, ids)
                        .map(
                                what ->
                                        FsckProblem.found(
                                                FsckProblem.Kind.BAD_TAG, file, what, repair))
                        .ifPresent(problems::add);
            }
        }
        return problems;
    }

    /// What is wrong with a tag, or nothing.
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
                    : Optional.of("it is of %s, which is not there, or is broken".formatted(id));
        } catch (SnapshotException failure) {
            return failure.kind() == Kind.MISSING
                    ? Optional.empty()
                    : Optional.of(String.valueOf(failure.getMessage()));
        }
    }
}

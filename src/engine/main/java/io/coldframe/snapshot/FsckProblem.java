package io.coldframe.snapshot;

import io.coldframe.SnapshotException;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// Something in a store that is not as it should be.
///
/// @param kind what sort of thing it is
/// @param path the file or directory that has it
/// @param what what is wrong with it, with the values
/// @param action what repair does about it, in words
/// @param repair what repair does about it
/// @param outcome what became of it
public record FsckProblem(
        Kind kind, Path path, String what, String action, Repair repair, Outcome outcome) {

    /// What sort of problem it is.
    public enum Kind {
        /// A draft whose owner is dead.
        STRANDED_DRAFT,
        /// A file of a snapshot is not there.
        MISSING_FILE,
        /// A snapshot's directory holds what is none of its files.
        EXTRA_FILE,
        /// A file is not as the manifest says, or a block is not as its sum says.
        WRONG_SUM,
        /// A manifest can't be read.
        BROKEN_MANIFEST,
        /// A diff's parent, or the image below a layer, is not there or is broken itself.
        DANGLING_PARENT,
        /// A layer that a snapshot reads is nowhere, or is not the one that it read.
        MISSING_LAYER,
        /// A layer that no snapshot reads.
        UNNEEDED_LAYER,
        /// Two snapshots have one id: a copy.
        DUPLICATE_ID,
        /// A tag names nothing, or is no tag.
        BAD_TAG,
        /// Something in the store's directory that is none of the store's.
        FOREIGN_ENTRY,
        /// A directory can't be read or locked now, so part of it was not looked at.
        UNREADABLE
    }

    /// What repair does. Nothing is ever removed but a draft that nobody writes any more, and a
    /// layer that nobody reads.
    public enum Repair {
        /// Nothing: only a person, or another release, knows.
        NONE("nothing: this needs a person"),
        /// The draft is removed.
        REMOVE("removes it"),
        /// The file or directory itself is moved into the quarantine.
        QUARANTINE_ENTRY("moves it into " + StorePaths.QUARANTINE),
        /// The whole snapshot is moved into the quarantine.
        QUARANTINE_SNAPSHOT("moves the snapshot into " + StorePaths.QUARANTINE),
        /// The file of sums is made again from the memory, if the manifest proves it right.
        REBUILD_SUMS("makes the sums again from the memory"),
        /// The layers that no snapshot reads are removed, unless one is just being made on them.
        SWEEP("removes the layers that no snapshot reads");

        private final String text;

        Repair(String text) {
            this.text = text;
        }

        /// Whether the snapshot can't be restored as it is.
        boolean isOfSnapshot() {
            return this != REMOVE && this != QUARANTINE_ENTRY && this != SWEEP;
        }
    }

    /// What became of a problem.
    public enum Outcome {
        /// Nothing was done yet.
        FOUND,
        /// Done.
        REPAIRED,
        /// Not done; the problem's action says why.
        NOT_REPAIRED,
        /// It was not there any more.
        GONE
    }

    static FsckProblem found(Kind kind, Path path, String what, Repair repair) {
        return new FsckProblem(kind, path, what, repair.text, repair, Outcome.FOUND);
    }

    static FsckProblem unreadable(Path directory, SnapshotException failure) {
        return found(Kind.UNREADABLE, directory, String.valueOf(failure.getMessage()), Repair.NONE);
    }

    /// The directories of snapshots that repair moves into the quarantine.
    static Set<Path> doomed(Collection<FsckProblem> problems, Path root) {
        return problems.stream()
                .filter(problem -> problem.repair == Repair.QUARANTINE_SNAPSHOT)
                .map(problem -> problem.subject(root))
                .collect(Collectors.toSet());
    }

    /// What repair does something about: the entry itself, or the directory of its snapshot.
    Path subject(Path root) {
        return repair.isOfSnapshot() ? root.resolve(root.relativize(path).getName(0)) : path;
    }

    FsckProblem with(Outcome found) {
        return new FsckProblem(kind, path, what, action, repair, found);
    }

    FsckProblem movedTo(Path target) {
        return new FsckProblem(kind, path, what, "moved to " + target, repair, Outcome.REPAIRED);
    }

    FsckProblem failed(String why) {
        return new FsckProblem(kind, path, what, why, repair, Outcome.NOT_REPAIRED);
    }
}

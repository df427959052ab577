package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The name under which a draft is to appear, and the one place where it does.
///
/// **Lifetime.** Owns the directory that it opened, and no draft.
///
/// **Threads.** One at a time.
final class CommitTarget implements AutoCloseable {
    // What a file system says that cannot rename without replacing, or exchange.
    private static final Set<Integer> NO_SUCH_RENAME =
            Set.of(-Errno.EINVAL, -Errno.ENOSYS, -Errno.EOPNOTSUPP);

    // Somebody who does not know the lock creates and removes the target in turn with us.
    private static final int ATTEMPT_COUNT = 8;

    private final FileCalls calls;
    private final ParentDirectory parent;
    private final Path path;
    private final DraftName draftName;
    private final OnExisting onExisting;
    private final boolean isDirectory;
    private boolean isInDoubt;

    /// How a draft got its place, which says how to undo it.
    enum Placed {
        /// There was nothing before.
        NEW,
        /// There was nothing before, and the draft has its own name still: both names are one file.
        LINKED,
        /// What was there has the draft's name now.
        EXCHANGED,
        /// What was there is gone.
        OVERWRITTEN
    }

    private CommitTarget(
            ParentDirectory parent, Path path, OnExisting onExisting, boolean isDirectory) {
        this.calls = parent.calls();
        this.parent = parent;
        this.path = path;
        this.draftName = DraftName.of(path.getFileName().toString());
        this.onExisting = onExisting;
        this.isDirectory = isDirectory;
    }

    static CommitTarget file(Path path, OnExisting onExisting) throws SnapshotException {
        return open(path, onExisting, false);
    }

    static CommitTarget directory(Path path, OnExisting onExisting) throws SnapshotException {
        return open(path, onExisting, true);
    }

    private static CommitTarget open(Path path, OnExisting onExisting, boolean isDirectory)
            throws SnapshotException {
        Path absolute = path.toAbsolutePath();
        Path directory = absolute.getParent();
        String name = absolute.getFileName() == null ? "" : absolute.getFileName().toString();
        if (directory == null || name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not a name in a directory: " + path);
        }
        if (DraftName.isPassing(name)) {
            throw new IllegalArgumentException(
                    "the name of a draft, which the next writer there removes: " + path);
        }
        ParentDirectory parent = ParentDirectory.open(FileCalls.current(), directory);
        return new CommitTarget(parent, absolute, onExisting, isDirectory);
    }

    Path path() {
        return path;
    }

    ParentDirectory parent() {
        return parent;
    }

    FileCalls calls() {
        return calls;
    }

    /// A path for a draft that nobody can foresee.
    Path newDraft() {
        return path.resolveSibling(draftName.random());
    }

    /// Clears away what dead writers left, and refuses if a living one is at this target or the
    /// target is in the way. Under the lock.
    void prepare() throws SnapshotException {
        requireReplaceable();
        new Drafts(parent).removeAbandonedBefore(draftName, path);
    }

    /// Whether there is a target, which then may be replaced. Under the lock.
    ///
    /// @throws SnapshotException of kind `CONFLICT` if something is there that may not be replaced
    boolean requireReplaceable() throws SnapshotException {
        Optional<FileIdentity> found = FileIdentity.named(calls, path);
        if (found.isEmpty()) {
            return false;
        }
        FileIdentity identity = found.get();
        if (onExisting == OnExisting.REFUSE) {
            throw inTheWay("exists already, " + identity.typeText());
        }
        if (isDirectory ? !identity.isDirectory() : !identity.isRegular()) {
            throw inTheWay(identity.typeText() + " is in the way, which is not replaced");
        }
        if (isDirectory) {
            requireFlat(path);
        }
        return true;
    }

    /// Refuses a directory that holds more than files: it is no snapshot, and is not removed.
    void requireFlat(Path directory) throws SnapshotException {
        for (Path entry : Drafts.list(directory)) {
            Optional<FileIdentity> found = FileIdentity.named(calls, entry);
            if (found.isPresent() && !found.get().isRegular()) {
                throw inTheWay(
                        "holds %s, %s, and is not removed"
                                .formatted(found.get().typeText(), entry.getFileName()));
            }
        }
    }

    private SnapshotException inTheWay(String what) {
        return new SnapshotException(Kind.CONFLICT, Reason.EXISTS, what, path);
    }

    /// Refuses if the draft's name does not lead to the draft any more.
    void requireOurs(Path draft, FileIdentity identity) throws SnapshotException {
        if (!FileIdentity.named(calls, draft).equals(Optional.of(identity))) {
            throw new SnapshotException(
                    Kind.MISSING, "the draft is gone, or its directory is: " + draft, path);
        }
    }

    /// Gives the draft the target's name, durably. On failure everything is as before, but for what
    /// was [Placed#OVERWRITTEN]. Under the lock.
    Placed place(Path draft) throws SnapshotException {
        Placed placed = rename(draft);
        int result = parent.sync();
        if (result != 0) {
            SnapshotException failure = commitFailure(result, "fsync of the directory");
            Failures.closeAfter(failure, () -> undo(draft, placed));
            throw failure;
        }
        return placed;
    }

    /// Gives the target, a directory, the name of a draft, durably; on failure everything is as
    /// before. Under the lock.
    void displace(Path draft) throws SnapshotException {
        if (!requireReplaceable()) {
            throw new SnapshotException(Kind.MISSING, "there is nothing to remove", path);
        }
        int renamed = calls.rename(path, draft, 0);
        if (renamed != 0) {
            throw commitFailure(renamed, "rename to " + draft.getFileName());
        }
        int result = parent.sync();
        if (result != 0) {
            SnapshotException failure = commitFailure(result, "fsync of the directory");
            Failures.closeAfter(failure, () -> calls.rename(draft, path, 0));
            throw failure;
        }
    }

    private Placed rename(Path draft) throws SnapshotException {
        int result = 0;
        for (int attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
            boolean exists = requireReplaceable();
            int flags = exists ? Abi.RENAME_EXCHANGE : Abi.RENAME_NOREPLACE;
            result = calls.rename(draft, path, flags);
            if (result == 0) {
                return exists ? Placed.EXCHANGED : Placed.NEW;
            }
            if (NO_SUCH_RENAME.contains(result)) {
                return renameWithoutFlags(draft, exists);
            }
            if (result != (exists ? -Errno.ENOENT : -Errno.EEXIST)) {
                break;
            }
        }
        throw commitFailure(result, "rename from " + draft.getFileName());
    }

    /// The same on a file system that lacks the flags, as far as it can be done in one step.
    private Placed renameWithoutFlags(Path draft, boolean exists) throws SnapshotException {
        if (exists && isDirectory) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.COMMIT,
                    "the file system cannot exchange two directories: commit to a new name",
                    path);
        }
        if (exists || isDirectory) {
            // A file replaces a file, as was asked for. A directory replaces at most an empty one.
            int result = calls.rename(draft, path, 0);
            if (result != 0) {
                throw commitFailure(result, "rename from " + draft.getFileName());
            }
            return exists ? Placed.OVERWRITTEN : Placed.NEW;
        }
        // A link never replaces.
        int result = calls.link(draft, path);
        if (result != 0) {
            throw commitFailure(result, "link from " + draft.getFileName());
        }
        return calls.unlink(draft) == 0 ? Placed.NEW : Placed.LINKED;
    }

    /// Gives the draft its own name back, and the target what it had before.
    void undo(Path draft, Placed placed) throws SnapshotException {
        switch (placed) {
            // Plainly, on every file system: nothing has the draft's name.
            case NEW -> undo(draft, 0);
            case EXCHANGED -> undo(draft, Abi.RENAME_EXCHANGE);
            // A rename of one name of a file onto the other does nothing, and says that it did.
            case LINKED -> undone(calls.unlink(path), "unlink");
            case OVERWRITTEN -> {}
        }
    }

    private void undo(Path draft, int flags) throws SnapshotException {
        undone(calls.rename(path, draft, flags), "rename back to " + draft.getFileName());
    }

    private void undone(int result, String call) throws SnapshotException {
        isInDoubt = true;
        if (result != 0) {
            throw commitFailure(result, call);
        }
        int synced = parent.sync();
        if (synced != 0) {
            throw commitFailure(synced, "fsync of the directory after the " + call);
        }
        isInDoubt = false;
    }

    /// Whether a rename was undone in vain, or nobody knows: a power cut may yet bring back either
    /// of the two files, so that neither is removed.
    boolean isInDoubt() {
        return isInDoubt;
    }

    private SnapshotException commitFailure(int result, String call) {
        SnapshotException failure = Syscalls.failure(result, call, path);
        Reason reason = failure.reason() == Reason.UNSPECIFIED ? Reason.COMMIT : failure.reason();
        return new SnapshotException(
                failure.kind(), reason, call + ": " + Errno.text(-result), path);
    }

    /// Removes whatever has the draft's name, the draft or what it replaced; unless it is in doubt
    /// which of them the target is.
    void discard(Path draft, FileIdentity identity) {
        if (isInDoubt) {
            return;
        }
        try {
            new Drafts(parent).remove(draft, identity);
        } catch (SnapshotException left) {
            // It is a draft without an owner now, and goes with the next one who comes.
            assert left.kind() != Kind.CORRUPT : left;
        }
    }

    /// Removes what was replaced, which has the draft's name now.
    void discardReplaced(Path draft) {
        try {
            Optional<FileIdentity> replaced = FileIdentity.named(calls, draft);
            if (replaced.isPresent()) {
                discard(draft, replaced.get());
            }
        } catch (SnapshotException left) {
            assert left.kind() != Kind.CORRUPT : left;
        }
    }

    /// What lies beside the target under a name that [DraftName#isKept] knows.
    List<Path> kept() throws SnapshotException {
        return Drafts.list(parent.path()).stream()
                .filter(entry -> draftName.isKept(entry.getFileName().toString()))
                .toList();
    }

    @Override
    public void close() {
        parent.close();
    }
}

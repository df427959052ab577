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

/// The names in a directory, held under its lock: what is seen of them stays so until this is
/// closed, if whoever changes them does so under the same lock, as [AtomicFile] and
/// [AtomicDirectory] do.
///
/// Each change is durable when its method returns.
///
/// **Lifetime.** Holds the lock until it is closed, so everybody else who commits in the directory
/// waits. Whoever holds it commits nothing there by another object: that would wait for itself.
///
/// **Threads.** One at a time.
public final class DirectoryEntries implements AutoCloseable {

    private final ParentDirectory directory;

    private DirectoryEntries(ParentDirectory directory) {
        this.directory = directory;
    }

    /// Waits for the lock of a directory.
    ///
    /// @param directory the directory
    /// @return its names
    /// @throws SnapshotException of kind `MISSING` if it is not there, of kind `CONFLICT` if
    ///     somebody has held the lock for longer than any commit takes
    @SuppressWarnings("MustBeClosedChecker")
    public static DirectoryEntries lock(Path directory) throws SnapshotException {
        ParentDirectory opened =
                ParentDirectory.open(FileCalls.current(), directory.toAbsolutePath());
        try {
            // Closing the directory ends its lock.
            opened.lock();
            return new DirectoryEntries(opened);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, opened);
            throw failure;
        }
    }

    /// {@return whether a path has the name of a draft}
    ///
    /// @param path in any directory
    public static boolean isDraft(Path path) {
        return DraftName.parse(path.getFileName().toString()).isPresent();
    }

    /// {@return the drafts here that nobody writes any more}
    ///
    /// @throws SnapshotException if the directory can't be read
    public List<Path> findAbandoned() throws SnapshotException {
        return new Drafts(directory).findAbandoned();
    }

    /// Removes the name of a file.
    ///
    /// @param file in this directory
    /// @return whether it was there
    /// @throws SnapshotException if it is there still
    public boolean remove(Path file) throws SnapshotException {
        requireHere(file);
        int result = directory.calls().unlink(file);
        if (result == -Errno.ENOENT) {
            return false;
        }
        Syscalls.check(result, "unlink", file);
        Syscalls.check(directory.sync(), "fsync", directory.path());
        return true;
    }

    /// Moves whatever has a name here to another directory, where it replaces nothing.
    ///
    /// It is made durable there first: after a power cut it may have both names, and never none.
    ///
    /// @param entry in this directory
    /// @param target its new path, in another directory of the same file system
    /// @throws SnapshotException of kind `MISSING` if it is not there, `CONFLICT` if the target is
    public void moveOut(Path entry, Path target) throws SnapshotException {
        requireHere(entry);
        FileCalls calls = directory.calls();
        Path targetDirectory = target.toAbsolutePath().getParent();
        if (targetDirectory == null || targetDirectory.equals(directory.path())) {
            throw new IllegalArgumentException("not in another directory: " + target);
        }
        try (ParentDirectory other = ParentDirectory.open(calls, targetDirectory)) {
            int renamed = calls.rename(entry, target, Abi.RENAME_NOREPLACE);
            if (renamed == -Errno.EEXIST) {
                throw new SnapshotException(Kind.CONFLICT, Reason.EXISTS, "exists already", target);
            }
            Syscalls.check(renamed, "rename to " + target, entry);
            Syscalls.check(other.sync(), "fsync", targetDirectory);
            Syscalls.check(directory.sync(), "fsync", directory.path());
        }
    }

    private void requireHere(Path entry) {
        if (!directory.path().equals(entry.toAbsolutePath().getParent())) {
            throw new IllegalArgumentException(entry + " is not in " + directory.path());
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}

package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which drafts a directory holds, and whether anybody still writes them.
///
/// A draft is locked (`flock`) by whoever writes it. The kernel lets go when that process is gone,
/// however it went, so a draft without a lock has no owner and is removed by the next one who
/// comes. Nothing else ever is.
///
/// **Threads.** Under the lock of the directory.
final class Drafts {
    private static final int FLAGS = Abi.O_RDONLY | Abi.O_NOFOLLOW | Abi.O_NONBLOCK | Abi.O_CLOEXEC;

    private final FileCalls calls;
    private final Path directory;

    Drafts(ParentDirectory parent) {
        this.calls = parent.calls();
        this.directory = parent.path();
    }

    /// Removes the drafts that nobody writes any more.
    ///
    /// @return what was removed
    List<Path> removeAbandoned() throws SnapshotException {
        return abandoned(true);
    }

    /// The drafts that nobody writes any more. They stay.
    List<Path> findAbandoned() throws SnapshotException {
        return abandoned(false);
    }

    private List<Path> abandoned(boolean removing) throws SnapshotException {
        List<Path> found = new ArrayList<>();
        for (Path draft : all()) {
            if (lookAt(draft, removing) == Owner.DEAD) {
                found.add(draft);
            }
        }
        return found;
    }

    /// As [#removeAbandoned()], and refuses if somebody writes a draft of this name.
    void removeAbandonedBefore(DraftName mine, Path target) throws SnapshotException {
        for (Path draft : all()) {
            boolean sameTarget =
                    DraftName.parse(draft.getFileName().toString()).equals(Optional.of(mine));
            if (lookAt(draft, true) == Owner.ALIVE && sameTarget) {
                throw new SnapshotException(
                        Kind.CONFLICT,
                        Reason.BUSY,
                        LockHolder.of(calls, draft) + " is writing it, as " + draft.getFileName(),
                        target);
            }
        }
    }

    private enum Owner {
        ALIVE,
        DEAD,
        // It is gone, or it is not for us to say.
        UNKNOWN
    }

    /// Who writes a draft. If it is nobody, it may be removed at once, while it is locked.
    private Owner lookAt(Path draft, boolean removing) throws SnapshotException {
        int fd = Syscalls.retried(() -> calls.open(draft, FLAGS, 0));
        if (fd < 0) {
            return Owner.UNKNOWN;
        }
        try {
            FileIdentity identity = FileIdentity.of(calls, fd, draft);
            if (!identity.isRegular() && !identity.isDirectory()) {
                return Owner.UNKNOWN;
            }
            int locked = Syscalls.retried(() -> calls.flock(fd, Abi.LOCK_EX | Abi.LOCK_NB));
            if (locked != 0) {
                return locked == -Errno.EAGAIN ? Owner.ALIVE : Owner.UNKNOWN;
            }
            return !removing || remove(draft, identity) ? Owner.DEAD : Owner.UNKNOWN;
        } finally {
            calls.close(fd);
        }
    }

    /// Removes a draft, if the name is still that of this file. What cannot be removed stays for
    /// the next one who tries.
    boolean remove(Path draft, FileIdentity identity) throws SnapshotException {
        if (!FileIdentity.named(calls, draft).equals(Optional.of(identity))) {
            return false;
        }
        if (identity.isDirectory()) {
            for (Path file : listIfThere(draft)) {
                calls.unlink(file);
            }
            return calls.rmdir(draft) == 0;
        }
        return calls.unlink(draft) == 0;
    }

    /// Nothing, if somebody else has removed the directory: what a commit replaced nobody locks, so
    /// its committer and the next one who comes may both be at it.
    private static List<Path> listIfThere(Path directory) throws SnapshotException {
        try {
            return list(directory);
        } catch (SnapshotException failure) {
            if (failure.getCause() instanceof NoSuchFileException) {
                return List.of();
            }
            throw failure;
        }
    }

    private List<Path> all() throws SnapshotException {
        return list(directory).stream()
                .filter(path -> DraftName.parse(path.getFileName().toString()).isPresent())
                .toList();
    }

    /// What a directory holds.
    static List<Path> list(Path directory) throws SnapshotException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            names.forEach(found::add);
        } catch (IOException | DirectoryIteratorException failure) {
            throw new SnapshotException(
                    Kind.SYSCALL, "reading the directory: " + failure, directory, failure);
        }
        return found;
    }
}

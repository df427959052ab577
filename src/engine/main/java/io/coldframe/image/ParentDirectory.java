package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The directory in which a target and its drafts have their names, open for as long as there is a
/// draft.
///
/// Its lock (`flock`) makes one step of what takes several calls: to create a draft and lock it, to
/// tell that a draft's owner is dead and remove it, to look at a target and rename. It is held for
/// these alone, never while contents are written.
///
/// **Lifetime.** Owns the descriptor.
///
/// **Threads.** One at a time; another one that opens the same directory is another writer.
final class ParentDirectory implements AutoCloseable {
    private static final int FLAGS = Abi.O_RDONLY | Abi.O_DIRECTORY | Abi.O_CLOEXEC;

    // Whoever holds the lock is in a rename and one fsync of the directory. On a disk with
    // gigabytes in its queue an fsync takes seconds; half a minute is a holder that hangs.
    private static final long LOCK_WAIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOCK_STEP_MS_MAX = 16;

    private final FileCalls calls;
    private final Path path;
    private final int fd;
    private boolean closed;

    private ParentDirectory(FileCalls calls, Path path, int fd) {
        this.calls = calls;
        this.path = path;
        this.fd = fd;
    }

    /// Opens a directory, which may be named by a symbolic link.
    static ParentDirectory open(FileCalls calls, Path path) throws SnapshotException {
        int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0));
        Syscalls.check(fd, "open", path);
        return new ParentDirectory(calls, path, fd);
    }

    Path path() {
        return path;
    }

    FileCalls calls() {
        return calls;
    }

    /// Ends a lock.
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for the lock. It does not wait for ever, because nothing here holds it for long.
    Lock lock() throws SnapshotException {
        lock(fd, path, LOCK_WAIT_NS);
        return () -> {
            // What else there is to say about it, closing the descriptor says again.
            int unlocked = Syscalls.retried(() -> calls.flock(fd, Abi.LOCK_UN));
            assert unlocked <= 0 : unlocked;
        };
    }

    private void lock(int descriptor, Path name, long waitNs) throws SnapshotException {
        long startNs = System.nanoTime();
        boolean interrupted = false;
        for (long stepMs = 1; ; stepMs = Math.min(2 * stepMs, LOCK_STEP_MS_MAX)) {
            int result = calls.flock(descriptor, Abi.LOCK_EX | Abi.LOCK_NB);
            if (result == 0) {
                break;
            }
            if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
                throw lockFailure(result, name);
            }
            if (System.nanoTime() - startNs > waitNs) {
                String what = "another process holds the lock of the directory";
                throw new SnapshotException(Kind.CONFLICT, Reason.BUSY, what, name);
            }
            try {
                Thread.sleep(stepMs);
            } catch (InterruptedException early) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static SnapshotException lockFailure(int result, Path name) {
        // NFS locks a directory for reading only.
        return result == -Errno.EBADF
                ? Syscalls.failure(Kind.UNSUPPORTED, result, "flock of a directory", name)
                : Syscalls.failure(result, "flock", name);
    }

    /// Makes the names in the directory durable.
    ///
    /// @return 0, or the negated errno, after which nobody knows which of them are
    int sync() {
        return calls.fsync(fd);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Ends a lock, too.
            calls.close(fd);
        }
    }
}

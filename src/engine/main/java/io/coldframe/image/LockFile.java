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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A lock (`flock`) on a file that has no other use: many share it, or one holds it alone.
///
/// The kernel lets go of it when the process is gone, however it went. The file stays: whoever
/// removed it would let the next one lock another file of this name.
///
/// **Lifetime.** Holds the lock until it is closed.
///
/// **Threads.** One at a time; another one that opens the same file is another holder.
public final class LockFile implements AutoCloseable {
    private static final int FLAGS = Abi.O_RDWR | Abi.O_CREAT | Abi.O_NOFOLLOW | Abi.O_CLOEXEC;

    // Whoever holds it alone looks at a store and unlinks files; half a minute is one that hangs.
    private static final long SHARED_WAIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final FileCalls calls;
    private final int fd;
    private boolean closed;

    private LockFile(FileCalls calls, int fd) {
        this.calls = calls;
        this.fd = fd;
    }

    /// Waits for a share of the lock.
    ///
    /// @param file made if it is not there, in a directory that is
    /// @return the share
    /// @throws SnapshotException of kind `CONFLICT` if somebody has held it alone for longer than
    ///     is right
    public static LockFile shared(Path file) throws SnapshotException {
        long startNs = System.nanoTime();
        LockFile lock = open(file);
        try {
            while (!lock.tryLock(Abi.LOCK_SH, file)) {
                if (System.nanoTime() - startNs > SHARED_WAIT_NS) {
                    throw new SnapshotException(
                            Kind.CONFLICT, Reason.BUSY, "another process holds the lock", file);
                }
                LockSupport.parkNanos(STEP_NS);
            }
            return lock;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, lock);
            throw failure;
        }
    }

    /// Takes the lock alone, if nobody has it or a share of it now.
    ///
    /// @param file made if it is not there, in a directory that is
    /// @return the lock; empty if somebody else has it
    /// @throws SnapshotException if the file can't be opened or locked
    public static Optional<LockFile> tryAlone(Path file) throws SnapshotException {
        LockFile lock = open(file);
        try {
            if (lock.tryLock(Abi.LOCK_EX, file)) {
                return Optional.of(lock);
            }
            lock.close();
            return Optional.empty();
        } catch (Throwable failure) {
            Failures.closeAfter(failure, lock);
            throw failure;
        }
    }

    private static LockFile open(Path file) throws SnapshotException {
        FileCalls calls = FileCalls.current();
        int fd = Syscalls.retried(() -> calls.open(file, FLAGS, 0600));
        Syscalls.check(fd, "open", file);
        return new LockFile(calls, fd);
    }

    private boolean tryLock(int operation, Path file) throws SnapshotException {
        int result = Syscalls.retried(() -> calls.flock(fd, operation | Abi.LOCK_NB));
        if (result == -Errno.EAGAIN) {
            return false;
        }
        Syscalls.check(result, "flock", file);
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Ends the lock, too.
            calls.close(fd);
        }
    }
}

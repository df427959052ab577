package io.coldframe.os;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;

import java.util.Set;

/// The one place where the negative result of a native call becomes an exception.
///
/// **Threads.** Any.
public final class Syscalls {
    private static final Set<Integer> OUT_OF_SPACE =
            Set.of(Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG);

    // ENOMEM is not here: the host has the facility, and says so when there is memory again.
    private static final Set<Integer> UNSUPPORTED =
            Set.of(Errno.ENOSYS, Errno.EOPNOTSUPP, Errno.ENODEV, Errno.ENOTTY, Errno.EXDEV);

    private Syscalls() {}

    /// A call that a signal may interrupt before it has done anything.
    @FunctionalInterface
    public interface Call {
        /// {@return the result, or the negated errno}
        int make();
    }

    /// The result of a call, made again for as long as signals interrupt it. Never for `fsync`,
    /// which may have dropped what it could not write, nor for `close`.
    public static int retried(Call call) {
        int result;
        do {
            result = call.make();
        } while (result == -Errno.EINTR);
        return result;
    }

    /// The result, which is not negative.
    ///
    /// @param result what the call returned: a value, or the negated errno
    /// @param call its name, as in `ftruncate`
    /// @param resource the file, region or descriptor that it was for
    /// @throws SnapshotException if the result is negative, with the kind that the errno means
    public static int check(int result, String call, Object resource) throws SnapshotException {
        check((long) result, call, resource);
        return result;
    }

    /// As [#check(int, String, Object)], for a result of 64 bits.
    public static long check(long result, String call, Object resource) throws SnapshotException {
        if (result < 0) {
            throw failure(result, call, resource);
        }
        return result;
    }

    /// The exception for a negative result, with the kind and the reason that the errno means.
    public static SnapshotException failure(long result, String call, Object resource) {
        int errno = errno(result);
        return new SnapshotException(
                kind(errno), reason(errno), call + ": " + Errno.text(errno), resource);
    }

    /// The exception for a negative result whose kind the caller knows better than the errno says:
    /// `EINVAL` from a kernel that does not know a flag is [Kind#UNSUPPORTED], for one.
    public static SnapshotException failure(Kind kind, long result, String call, Object resource) {
        return new SnapshotException(kind, call + ": " + Errno.text(errno(result)), resource);
    }

    private static int errno(long result) {
        assert result < 0 : result;
        return Math.toIntExact(-result);
    }

    private static Kind kind(int errno) {
        if (OUT_OF_SPACE.contains(errno)) {
            return Kind.OUT_OF_SPACE;
        }
        if (errno == Errno.ENOENT) {
            return Kind.MISSING;
        }
        if (errno == Errno.EEXIST) {
            return Kind.CONFLICT;
        }
        return UNSUPPORTED.contains(errno) ? Kind.UNSUPPORTED : Kind.SYSCALL;
    }

    private static Reason reason(int errno) {
        if (errno == Errno.EEXIST) {
            return Reason.EXISTS;
        }
        return errno == Errno.EXDEV ? Reason.OTHER_FILE_SYSTEM : Reason.UNSPECIFIED;
    }
}

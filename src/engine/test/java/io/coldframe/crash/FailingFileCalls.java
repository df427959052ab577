package io.coldframe.crash;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.os.FileCalls;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Lets one call on files fail, or every one from there on.
///
/// **Threads.** Any; which call is the n-th is then a matter of luck.
public final class FailingFileCalls extends ForwardingFileCalls {
    private final long failing;
    private final int errno;
    private final boolean everSince;
    private long callCount;
    private Optional<Call> failed = Optional.empty();

    private FailingFileCalls(FileCalls behind, long failing, int errno, boolean everSince) {
        super(behind);
        this.failing = failing;
        this.errno = errno;
        this.everSince = everSince;
    }

    /// The call number `index`, from 0, fails; the rest is the kernel's.
    public static FailingFileCalls once(long index, int errno) {
        return new FailingFileCalls(FileCalls.current(), index, errno, false);
    }

    /// The call number `index`, from 0, fails, and every change after it, as on a disk that is full
    /// or gone. Closing, unlocking and looking go on.
    public static FailingFileCalls from(long index, int errno) {
        return new FailingFileCalls(FileCalls.current(), index, errno, true);
    }

    /// Whether every change fails from the first failure on.
    public boolean isEverSince() {
        return everSince;
    }

    /// What the failures say.
    public int errno() {
        return errno;
    }

    /// What failed first; empty if the work had fewer calls.
    public synchronized Optional<Call> failed() {
        return failed;
    }

    @Override
    protected synchronized long around(Call call, LongSupplier make) {
        long index = callCount++;
        if (index != failing && !(everSince && index > failing && call.isChange())) {
            return make.getAsLong();
        }
        if (failed.isEmpty()) {
            failed = Optional.of(call);
        }
        if (call.is("close") || call.is("unmap") || isUnlock(call)) {
            // It says that it failed, and is done all the same.
            long unseen = make.getAsLong();
            assert unseen <= 0 : unseen;
        }
        return -errno;
    }

    private static boolean isUnlock(Call call) {
        return call.is("flock") && call.flags() == Abi.LOCK_UN;
    }

    /// Work that is tried with a failure in it, from a fresh start, and judged.
    @FunctionalInterface
    public interface Attempt {
        /// Works, with `calls` in use, and fails if what comes of it is not as it should be.
        void run(FailingFileCalls calls) throws Exception;
    }

    /// What a disk or a kernel may say.
    public static List<Integer> errors() {
        return List.of(Errno.EIO, Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG, Errno.EINTR);
    }

    /// Lets every single call of some work fail with every error: once, and from there on.
    ///
    /// @return how many attempts there were
    public static int everywhere(Attempt attempt) throws Exception {
        int attemptCount = 0;
        for (int errno : errors()) {
            for (boolean everSince : new boolean[] {false, true}) {
                if (everSince && errno == Errno.EINTR) {
                    // Signals do not come for ever.
                    continue;
                }
                Optional<Call> failed = Optional.empty();
                long index = 0;
                do {
                    FailingFileCalls calls =
                            new FailingFileCalls(FileCalls.current(), index, errno, everSince);
                    attempt(attempt, calls, Errno.name(errno) + " at call " + index);
                    failed = calls.failed();
                    index++;
                    attemptCount++;
                } while (failed.isPresent());
            }
        }
        return attemptCount;
    }

    private static void attempt(Attempt attempt, FailingFileCalls calls, String what)
            throws Exception {
        try {
            attempt.run(calls);
        } catch (AssertionError failure) {
            throw new AssertionError(
                    what + (calls.everSince ? " and ever since: " : ": ") + calls.failed(),
                    failure);
        }
    }
}

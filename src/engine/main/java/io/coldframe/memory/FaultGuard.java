package io.coldframe.memory;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Libc;

import java.util.Optional;

/// Turns a fault on mapped memory into a [SnapshotException].
///
/// The JVM answers a fault in Java code by skipping the load or store: the code goes on with
/// garbage, and an [InternalError] is thrown later, where the thread next polls for a safepoint or
/// comes back from a native call. So nothing that was computed meanwhile is worth anything until
/// a native call has returned in peace. `docs/jvm-facts.md` has the experiments.
///
/// **Threads.** Any; an error surfaces in the thread that touched the memory, so each thread has to
/// run its own accesses guarded.
final class FaultGuard {

    /// Knows what became of the memory.
    @FunctionalInterface
    interface Witness {
        /// What is wrong with the memory, if anything is.
        ///
        /// @param what what was being done
        /// @param faulted whether an access has faulted
        Optional<SnapshotException> damage(String what, boolean faulted) throws SnapshotException;
    }

    private final Witness witness;

    private FaultGuard(Witness witness) {
        this.witness = witness;
        // Links the call now: an error that came up while it is being linked would break the class
        // that links it for good.
        surface();
    }

    /// Over the mapping of a file that must have `byteCount` bytes.
    static FaultGuard over(BackingFile file, long byteCount) {
        return new FaultGuard((what, faulted) -> damage(file, byteCount, what, faulted));
    }

    /// Over memory that does not fault.
    static FaultGuard overNothing() {
        return new FaultGuard((what, faulted) -> Optional.empty());
    }

    /// Over mappings whose files nobody told us.
    static FaultGuard overLent() {
        return new FaultGuard(FaultGuard::damageOfLent);
    }

    private static Optional<SnapshotException> damage(
            BackingFile file, long expected, String what, boolean faulted)
            throws SnapshotException {
        long found = file.byteCount();
        if (found < expected) {
            return Optional.of(
                    new SnapshotException(
                            Kind.CORRUPT,
                            "%s: the file was cut: it has %d bytes, not %d"
                                    .formatted(what, found, expected),
                            file));
        }
        return faulted
                ? Optional.of(
                        new SnapshotException(
                                Kind.SYSCALL,
                                what
                                        + ": a page could not be read or written: the device"
                                        + " failed, or is full behind a hole of the file",
                                file))
                : Optional.empty();
    }

    private static Optional<SnapshotException> damageOfLent(String what, boolean faulted) {
        return faulted
                ? Optional.of(
                        new SnapshotException(
                                Kind.CORRUPT,
                                what + ": a page is gone: the file behind it was cut or failed",
                                "lent mapped memory"))
                : Optional.empty();
    }

    /// The result of `access`, with the certainty that none of its loads and stores was skipped.
    <T, X extends Exception> T run(String what, GuardedAccess<T, X> access)
            throws X, SnapshotException {
        T result;
        try {
            result = runAndSurface(access);
        } catch (Throwable failure) {
            // Not only the fault: the access may have failed over the garbage that it read.
            Optional<SnapshotException> damage = witness.damage(what, isFault(failure));
            if (damage.isPresent()) {
                damage.get().initCause(failure);
                throw damage.get();
            }
            throw failure;
        }
        requireWhole(what);
        return result;
    }

    /// Throws what is wrong with the memory though no access has faulted.
    void requireWhole(String what) throws SnapshotException {
        Optional<SnapshotException> damage = witness.damage(what, false);
        if (damage.isPresent()) {
            throw damage.get();
        }
    }

    /// What is wrong, for a caller whose native call was answered `EFAULT`.
    Optional<SnapshotException> faulted(String what) throws SnapshotException {
        return witness.damage(what, true);
    }

    private static <T, X extends Exception> T runAndSurface(GuardedAccess<T, X> access) throws X {
        T result;
        try {
            result = access.run();
        } catch (Throwable failure) {
            surface();
            throw failure;
        }
        surface();
        return result;
    }

    /// Throws the error that this thread has pending: any native call does, when it returns.
    private static void surface() {
        Libc.getpid();
    }

    private static boolean isFault(Throwable failure) {
        // The class is shared with other breakages of the JVM, but only that one has no cause and
        // no subclass. Whatever it was, it stays the cause of what is thrown.
        return failure.getClass() == InternalError.class && failure.getCause() == null;
    }
}

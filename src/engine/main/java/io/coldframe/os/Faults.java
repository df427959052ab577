package io.coldframe.os;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Libc;

/// Brings up the error of a load or store of mapped memory that faulted, which the JVM may throw
/// long after: see `docs/jvm-facts.md`.
///
/// **Threads.** Any, each for its own loads and stores.
public final class Faults {
    private Faults() {}

    /// Code that stores into the mapping of a file.
    @FunctionalInterface
    public interface Action {
        void run() throws SnapshotException;
    }

    /// Runs code that stores into the mapping of a file of ours.
    ///
    /// @throws SnapshotException of kind `SYSCALL` if a page was not there
    public static void surfaced(String what, Object resource, Action action)
            throws SnapshotException {
        try {
            try {
                action.run();
            } finally {
                // Any native call throws the error that this thread has pending.
                Libc.getpid();
            }
        } catch (InternalError fault) {
            throw new SnapshotException(
                    Kind.SYSCALL,
                    what + ": a page could not be written: the device failed, or the file was cut",
                    resource,
                    fault);
        }
    }
}

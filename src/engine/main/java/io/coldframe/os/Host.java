package io.coldframe.os;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.Platform;

/// What the engine wants to know of the machine that it runs on.
///
/// **Threads.** Any.
public final class Host {
    private Host() {}

    /// The bytes of a page of the host's memory.
    ///
    /// @throws SnapshotException if the system does not tell
    public static long pageByteCount() throws SnapshotException {
        return Syscalls.check(NativeMemory.pageByteCount(), "sysconf(_SC_PAGESIZE)", "this host");
    }

    /// Whether this is Linux.
    public static boolean isLinux() {
        return Platform.current().isLinux();
    }

    /// Whether this is macOS.
    public static boolean isMacos() {
        return Platform.current().isMacos();
    }
}

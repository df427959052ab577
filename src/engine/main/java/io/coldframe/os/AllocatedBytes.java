package io.coldframe.os;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.FileStatus;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// What a file takes on its device, its holes left out.
public final class AllocatedBytes {
    private AllocatedBytes() {}

    /// Of what has this name, a symbolic link not followed.
    ///
    /// @throws SnapshotException of kind `MISSING` if nothing has
    public static long of(Path file) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Syscalls.check(FileCalls.current().lstat(file, status), "lstat", file);
            return status.allocatedByteCount();
        }
    }
}

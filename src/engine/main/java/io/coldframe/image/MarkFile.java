package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// An empty file that says something by being there, to whoever looks next.
///
/// It is no promise: a power cut may take it back, or bring it back. So it may stand only for work
/// that does no harm when it is done in vain, or later.
///
/// **Threads.** Immutable.
///
/// @param path where it is, in a directory that is there
public record MarkFile(Path path) {
    private static final int FLAGS = Abi.O_RDWR | Abi.O_CREAT | Abi.O_NOFOLLOW | Abi.O_CLOEXEC;

    /// {@return whether it is there}
    public boolean isThere() {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /// Makes it, unless it is there.
    ///
    /// @throws SnapshotException if it can't be made
    public void put() throws SnapshotException {
        FileCalls calls = FileCalls.current();
        int fd = Syscalls.retried(() -> calls.open(path, FLAGS, 0600));
        Syscalls.check(fd, "open", path);
        calls.close(fd);
    }

    /// Removes it, if it is there.
    ///
    /// @throws SnapshotException if it is there still
    public void remove() throws SnapshotException {
        if (isThere()) {
            FileCalls calls = FileCalls.current();
            int result = calls.unlink(path);
            if (result != -Errno.ENOENT) {
                Syscalls.check(result, "unlink", path);
            }
        }
    }
}

package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.FileStatus;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// Which file it is, whatever it is called, and what sort of file.
///
/// @param type one `S_IF…` of [Abi]
record FileIdentity(long device, long inode, int type) {

    /// Of an open file.
    static FileIdentity of(FileCalls calls, int fd, Path path) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            Syscalls.check(calls.fstat(fd, status), "fstat", path);
            return of(status);
        }
    }

    /// Of what has this name, a symbolic link not followed; empty if nothing has.
    static Optional<FileIdentity> named(FileCalls calls, Path path) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            int result = calls.lstat(path, status);
            if (result == -Errno.ENOENT) {
                return Optional.empty();
            }
            Syscalls.check(result, "lstat", path);
            return Optional.of(of(status));
        }
    }

    private static FileIdentity of(FileStatus status) {
        return new FileIdentity(status.device(), status.inode(), status.mode() & Abi.S_IFMT);
    }

    boolean isRegular() {
        return type == Abi.S_IFREG;
    }

    boolean isDirectory() {
        return type == Abi.S_IFDIR;
    }

    /// As in `a symbolic link`.
    String typeText() {
        if (isRegular()) {
            return "a file";
        }
        if (isDirectory()) {
            return "a directory";
        }
        if (type == Abi.S_IFLNK) {
            return "a symbolic link";
        }
        return type == Abi.S_IFSOCK ? "a socket" : "a device or a pipe";
    }
}

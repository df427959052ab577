package io.coldframe.crash;

import io.coldframe.bindings.FileStatus;
import io.coldframe.os.FileCalls;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// Calls on files that pass through one method.
public abstract class ForwardingFileCalls implements FileCalls {
    private final FileCalls behind;

    /// @param behind makes the calls
    protected ForwardingFileCalls(FileCalls behind) {
        this.behind = behind;
    }

    /// Every call comes by here.
    ///
    /// @param make makes it, at most once
    /// @return what the caller gets to see
    protected abstract long around(Call call, LongSupplier make);

    private int intAround(Call call, LongSupplier make) {
        return Math.toIntExact(around(call, make));
    }

    @Override
    public int open(Path path, int flags, int mode) {
        return intAround(Call.on("open", flags, path), () -> behind.open(path, flags, mode));
    }

    @Override
    public int close(int fd) {
        return intAround(Call.on("close", fd, 0, 0, 0), () -> behind.close(fd));
    }

    @Override
    public long pread(int fd, MemorySegment into, long fileOffset) {
        return around(
                Call.on("pread", fd, 0, fileOffset, into.byteSize()),
                () -> behind.pread(fd, into, fileOffset));
    }

    @Override
    public long pwrite(int fd, MemorySegment from, long fileOffset) {
        return around(
                Call.on("pwrite", fd, 0, fileOffset, from.byteSize()).with(from),
                () -> behind.pwrite(fd, from, fileOffset));
    }

    @Override
    public int fsync(int fd) {
        return intAround(Call.on("fsync", fd, 0, 0, 0), () -> behind.fsync(fd));
    }

    @Override
    public int fdatasync(int fd) {
        return intAround(Call.on("fdatasync", fd, 0, 0, 0), () -> behind.fdatasync(fd));
    }

    @Override
    public int ftruncate(int fd, long byteCount) {
        return intAround(
                Call.on("ftruncate", fd, 0, 0, byteCount), () -> behind.ftruncate(fd, byteCount));
    }

    @Override
    public int fallocate(int fd, int flags, long fileOffset, long byteCount) {
        return intAround(
                Call.on("fallocate", fd, flags, fileOffset, byteCount),
                () -> behind.fallocate(fd, flags, fileOffset, byteCount));
    }

    @Override
    public long lseek(int fd, long fileOffset, int whence) {
        return around(
                Call.on("lseek", fd, whence, fileOffset, 0),
                () -> behind.lseek(fd, fileOffset, whence));
    }

    @Override
    public int fstat(int fd, FileStatus into) {
        return intAround(Call.on("fstat", fd, 0, 0, 0), () -> behind.fstat(fd, into));
    }

    @Override
    public int lstat(Path path, FileStatus into) {
        return intAround(Call.on("lstat", 0, path), () -> behind.lstat(path, into));
    }

    @Override
    public int fchmod(int fd, int mode) {
        return intAround(Call.on("fchmod", fd, mode, 0, 0), () -> behind.fchmod(fd, mode));
    }

    @Override
    public int flock(int fd, int operation) {
        return intAround(Call.on("flock", fd, operation, 0, 0), () -> behind.flock(fd, operation));
    }

    @Override
    public int rename(Path from, Path to, int flags) {
        return intAround(Call.on("rename", flags, from, to), () -> behind.rename(from, to, flags));
    }

    @Override
    public int link(Path existing, Path name) {
        return intAround(Call.on("link", 0, existing, name), () -> behind.link(existing, name));
    }

    @Override
    public int unlink(Path path) {
        return intAround(Call.on("unlink", 0, path), () -> behind.unlink(path));
    }

    @Override
    public int mkdir(Path path, int mode) {
        return intAround(Call.on("mkdir", mode, path), () -> behind.mkdir(path, mode));
    }

    @Override
    public int rmdir(Path path) {
        return intAround(Call.on("rmdir", 0, path), () -> behind.rmdir(path));
    }

    @Override
    public int ficlone(int to, int from) {
        // The other descriptor rides in the flags.
        return intAround(Call.on("ficlone", to, from, 0, 0), () -> behind.ficlone(to, from));
    }

    @Override
    public long map(int fd, long fileOffset, long byteCount, int protection) {
        return around(
                Call.on("map", fd, protection, fileOffset, byteCount),
                () -> behind.map(fd, fileOffset, byteCount, protection));
    }

    @Override
    public int msync(MemorySegment range, int flags) {
        return intAround(
                Call.on("msync", -1, flags, 0, range.byteSize()).with(range),
                () -> behind.msync(range, flags));
    }

    @Override
    public int unmap(long address, long byteCount) {
        return intAround(
                Call.on("unmap", -1, 0, address, byteCount),
                () -> behind.unmap(address, byteCount));
    }
}

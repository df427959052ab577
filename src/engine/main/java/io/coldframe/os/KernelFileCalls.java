package io.coldframe.os;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.FileStatus;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The kernel's own calls.
final class KernelFileCalls implements FileCalls {

    @Override
    public int open(Path path, int flags, int mode) {
        return Libc.open(path, flags, mode);
    }

    @Override
    public int close(int fd) {
        return Libc.close(fd);
    }

    @Override
    public long pread(int fd, MemorySegment into, long fileOffset) {
        return Libc.pread(fd, into, fileOffset);
    }

    @Override
    public long pwrite(int fd, MemorySegment from, long fileOffset) {
        return Libc.pwrite(fd, from, fileOffset);
    }

    @Override
    public int fsync(int fd) {
        return Libc.fsync(fd);
    }

    @Override
    public int fdatasync(int fd) {
        return Libc.fdatasync(fd);
    }

    @Override
    public int ftruncate(int fd, long byteCount) {
        return Libc.ftruncate(fd, byteCount);
    }

    @Override
    public int fallocate(int fd, int flags, long fileOffset, long byteCount) {
        return Libc.fallocate(fd, flags, fileOffset, byteCount);
    }

    @Override
    public long lseek(int fd, long fileOffset, int whence) {
        return Libc.lseek(fd, fileOffset, whence);
    }

    @Override
    public int fstat(int fd, FileStatus into) {
        return Libc.fstat(fd, into);
    }

    @Override
    public int lstat(Path path, FileStatus into) {
        return Libc.lstat(path, into);
    }

    @Override
    public int fchmod(int fd, int mode) {
        return Libc.fchmod(fd, mode);
    }

    @Override
    public int flock(int fd, int operation) {
        return Libc.flock(fd, operation);
    }

    @Override
    public int rename(Path from, Path to, int flags) {
        return Libc.rename(from, to, flags);
    }

    @Override
    public int link(Path existing, Path name) {
        return Libc.link(existing, name);
    }

    @Override
    public int unlink(Path path) {
        return Libc.unlink(path);
    }

    @Override
    public int mkdir(Path path, int mode) {
        return Libc.mkdir(path, mode);
    }

    @Override
    public int rmdir(Path path) {
        return Libc.rmdir(path);
    }

    @Override
    public int ficlone(int to, int from) {
        return Libc.ficlone(to, from);
    }

    @Override
    public long map(int fd, long fileOffset, long byteCount, int protection) {
        return NativeMemory.mmap(0, byteCount, protection, Abi.MAP_SHARED, fd, fileOffset);
    }

    @Override
    public int msync(MemorySegment range, int flags) {
        return NativeMemory.msync(range, flags);
    }

    @Override
    public int unmap(long address, long byteCount) {
        return NativeMemory.munmap(address, byteCount);
    }
}

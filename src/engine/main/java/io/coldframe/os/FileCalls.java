package io.coldframe.os;

import io.coldframe.bindings.FileStatus;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Every call on files that the engine makes when it writes, commits or removes: one door, so that
/// a test can record what went through it, and let any of it fail.
///
/// Each call is the C function of its name. It returns its result or the negated errno, retries
/// nothing, and may write less than it was given. Names, flags and numbers are those of
/// [io.coldframe.bindings.Abi] and [io.coldframe.bindings.Errno].
///
/// **Threads.** Any. Whoever writes asks [#current()] once, when it is created, and hands what it
/// got to its threads.
public interface FileCalls {

    /// The kernel, or what [#use(FileCalls)] has put in its place for this thread.
    static FileCalls current() {
        return CurrentFileCalls.get();
    }

    /// Puts other calls in place for this thread, until the result is closed.
    static Use use(FileCalls calls) {
        return CurrentFileCalls.use(calls);
    }

    /// Ends what [#use(FileCalls)] began; closed by the thread that began it.
    interface Use extends AutoCloseable {
        @Override
        void close();
    }

    /// Opens, and creates if the flags say so. @return the descriptor
    int open(Path path, int flags, int mode);

    /// Closes a descriptor, which is gone even where the result is negative.
    int close(int fd);

    /// Reads at an offset. @return how many bytes, 0 at the end
    long pread(int fd, MemorySegment into, long fileOffset);

    /// Writes at an offset. @return how many bytes, maybe fewer than given
    long pwrite(int fd, MemorySegment from, long fileOffset);

    /// Makes contents and metadata durable; of a directory its names.
    int fsync(int fd);

    /// Makes contents durable, and of the metadata what is needed to read them.
    int fdatasync(int fd);

    /// Sets the length.
    int ftruncate(int fd, long byteCount);

    /// Allocates, or with flags punches or zeroes, a range.
    int fallocate(int fd, int flags, long fileOffset, long byteCount);

    /// Moves the position, or finds data and holes. @return the position
    long lseek(int fd, long fileOffset, int whence);

    /// Says what an open file is.
    int fstat(int fd, FileStatus into);

    /// Says what a name is, of a symbolic link the link itself.
    int lstat(Path path, FileStatus into);

    /// Sets the permissions of an open file.
    int fchmod(int fd, int mode);

    /// Locks or unlocks an open file or directory.
    int flock(int fd, int operation);

    /// Renames as the flags say; 0 replaces.
    int rename(Path from, Path to, int flags);

    /// Gives a file a second name.
    int link(Path existing, Path name);

    /// Removes a name.
    int unlink(Path path);

    /// Makes a directory.
    int mkdir(Path path, int mode);

    /// Removes an empty directory.
    int rmdir(Path path);

    /// Lets the file `to` share all blocks of the file `from`.
    int ficlone(int to, int from);

    /// Maps part of a file, shared with it. @return the address
    long map(int fd, long fileOffset, long byteCount, int protection);

    /// Writes a mapped range back to its file.
    int msync(MemorySegment range, int flags);

    /// Ends a mapping that no segment names any more.
    int unmap(long address, long byteCount);
}

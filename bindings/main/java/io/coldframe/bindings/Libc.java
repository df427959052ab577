package io.coldframe.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.macos.MacLibcH;
import io.coldframe.bindings.internal.Downcall;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The C library's calls on files and descriptors. Mapped memory is [NativeMemory], waiting is
/// [PollSet], sockets are [UnixSockets].
///
/// Every call returns its result or the negated errno, `-ENOSYS` where the system lacks it; names
/// and numbers are in [Errno], flags and commands in [Abi]. Nothing is retried: a signal is
/// `-EINTR`, a short read or write is a smaller count. Names are UTF-8.
///
/// **Lifetime.** A descriptor belongs to whoever opened it. Segments are native and must not be
/// closed during a call; the call holds them.
///
/// **Threads.** Any.
public final class Libc {
    private static final boolean MACOS = Platform.current().isMacos();

    // Variadic in C, so jextract gives no plain descriptor.
    private static final Downcall OPEN =
            Downcall.variadic(
                    "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final Downcall FCNTL =
            Downcall.variadic(
                    "fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final Downcall IOCTL =
            Downcall.variadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final Downcall IOCTL_POINTER =
            Downcall.variadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    // ioctl looks at no more than it asks for. The last argument is for the linker, which keeps
    // open what a call is given and knows nothing of an address inside a structure.
    private static final Downcall IOCTL_HOLDING =
            Downcall.variadic(
                    "ioctl",
                    2,
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS));

    private static final Downcall CLOSE =
            Downcall.libc("close", LibcH::close$descriptor, MacLibcH::close$descriptor);
    private static final Downcall READ =
            Downcall.libc("read", LibcH::read$descriptor, MacLibcH::read$descriptor);
    private static final Downcall WRITE =
            Downcall.libc("write", LibcH::write$descriptor, MacLibcH::write$descriptor);
    private static final Downcall PREAD =
            Downcall.libc("pread", LibcH::pread$descriptor, MacLibcH::pread$descriptor);
    private static final Downcall PWRITE =
            Downcall.libc("pwrite", LibcH::pwrite$descriptor, MacLibcH::pwrite$descriptor);
    private static final Downcall FSYNC =
            Downcall.libc("fsync", LibcH::fsync$descriptor, MacLibcH::fsync$descriptor);
    private static final Downcall FDATASYNC =
            Downcall.linux("fdatasync", LibcH::fdatasync$descriptor);
    private static final Downcall FTRUNCATE =
            Downcall.libc("ftruncate", LibcH::ftruncate$descriptor, MacLibcH::ftruncate$descriptor);
    private static final Downcall FALLOCATE =
            Downcall.linux("fallocate", LibcH::fallocate$descriptor);
    private static final Downcall LSEEK =
            Downcall.libc("lseek", LibcH::lseek$descriptor, MacLibcH::lseek$descriptor);
    private static final Downcall FSTAT =
            Downcall.libc("fstat", LibcH::fstat$descriptor, MacLibcH::fstat$descriptor);
    private static final Downcall FLOCK =
            Downcall.libc("flock", LibcH::flock$descriptor, MacLibcH::flock$descriptor);
    private static final Downcall RENAMEAT2 =
            Downcall.linux("renameat2", LibcH::renameat2$descriptor);
    private static final Downcall RENAMEX =
            Downcall.macos("renamex_np", MacLibcH::renamex_np$descriptor);
    private static final Downcall CLONEFILE =
            Downcall.macos("clonefile", MacLibcH::clonefile$descriptor);
    private static final Downcall LSTAT =
            Downcall.libc("lstat", LibcH::lstat$descriptor, MacLibcH::lstat$descriptor);
    private static final Downcall LINKAT =
            Downcall.libc("linkat", LibcH::linkat$descriptor, MacLibcH::linkat$descriptor);
    private static final Downcall MKDIR =
            Downcall.libc("mkdir", LibcH::mkdir$descriptor, MacLibcH::mkdir$descriptor);
    private static final Downcall RMDIR =
            Downcall.libc("rmdir", LibcH::rmdir$descriptor, MacLibcH::rmdir$descriptor);
    private static final Downcall UNLINK =
            Downcall.libc("unlink", LibcH::unlink$descriptor, MacLibcH::unlink$descriptor);
    private static final Downcall FCHMOD =
            Downcall.libc("fchmod", LibcH::fchmod$descriptor, MacLibcH::fchmod$descriptor);
    private static final Downcall EVENTFD = Downcall.linux("eventfd", LibcH::eventfd$descriptor);
    private static final Downcall GETPID =
            Downcall.libc("getpid", LibcH::getpid$descriptor, MacLibcH::getpid$descriptor);

    private Libc() {}

    /// Opens a file.
    ///
    /// @param flags `O_…` of [Abi]; whoever wants no child to inherit it says [Abi#O_CLOEXEC]
    /// @param mode permissions of a file that is created, as in `0600`
    /// @return the descriptor, or the negated errno
    public static int open(Path path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            return OPEN.callInt((open, state) -> (int) open.invokeExact(state, name, flags, mode));
        }
    }

    /// Closes a descriptor. It is gone even where the result is negative, so never close it again.
    public static int close(int fd) {
        return CLOSE.callInt((close, state) -> (int) close.invokeExact(state, fd));
    }

    /// Reads at the position. @return how many bytes, 0 at the end, or the negated errno
    public static long read(int fd, MemorySegment into) {
        return READ.callLong(
                (read, state) -> (long) read.invokeExact(state, fd, into, into.byteSize()));
    }

    /// As [#read(int, MemorySegment)], for a loop that owns its state.
    public static long read(CallState caught, int fd, MemorySegment into) {
        return READ.callLong(
                caught, (read, state) -> (long) read.invokeExact(state, fd, into, into.byteSize()));
    }

    /// Writes at the position. @return how many bytes, or the negated errno
    public static long write(int fd, MemorySegment from) {
        return WRITE.callLong(
                (write, state) -> (long) write.invokeExact(state, fd, from, from.byteSize()));
    }

    /// Reads at `fileOffset`. @return how many bytes, 0 at the end, or the negated errno
    public static long pread(int fd, MemorySegment into, long fileOffset) {
        return PREAD.callLong(
                (pread, state) ->
                        (long) pread.invokeExact(state, fd, into, into.byteSize(), fileOffset));
    }

    /// Writes at `fileOffset`. @return how many bytes, or the negated errno
    public static long pwrite(int fd, MemorySegment from, long fileOffset) {
        return PWRITE.callLong(
                (pwrite, state) ->
                        (long) pwrite.invokeExact(state, fd, from, from.byteSize(), fileOffset));
    }

    /// Makes contents and metadata durable. On macOS through the cache of the drive too, which its
    /// own `fsync` does not do.
    public static int fsync(int fd) {
        if (MACOS) {
            return fcntl(fd, Abi.F_FULLFSYNC, 0);
        }
        return FSYNC.callInt((fsync, state) -> (int) fsync.invokeExact(state, fd));
    }

    /// Makes contents durable, and of the metadata what is needed to read them. On macOS as
    /// [#fsync(int)].
    public static int fdatasync(int fd) {
        if (MACOS) {
            return fsync(fd);
        }
        return FDATASYNC.callInt((fdatasync, state) -> (int) fdatasync.invokeExact(state, fd));
    }

    /// Sets the length: cuts, or lengthens with a hole.
    public static int ftruncate(int fd, long byteCount) {
        return FTRUNCATE.callInt(
                (ftruncate, state) -> (int) ftruncate.invokeExact(state, fd, byteCount));
    }

    /// Allocates, or with flags punches or zeroes, a range of a file. Linux.
    ///
    /// @param flags `FALLOC_FL_…` of [Abi]
    public static int fallocate(int fd, int flags, long fileOffset, long byteCount) {
        return FALLOCATE.callInt(
                (fallocate, state) ->
                        (int) fallocate.invokeExact(state, fd, flags, fileOffset, byteCount));
    }

    /// Moves the position, or finds data and holes.
    ///
    /// @param whence one `SEEK_…` of [Abi]; [Abi#SEEK_DATA] answers `-ENXIO` after the last data
    /// @return the new position, or the negated errno
    public static long lseek(int fd, long fileOffset, int whence) {
        return LSEEK.callLong(
                (lseek, state) -> (long) lseek.invokeExact(state, fd, fileOffset, whence));
    }

    /// Fills `into` with what the system knows about the open file.
    public static int fstat(int fd, FileStatus into) {
        MemorySegment stat = into.segment();
        return FSTAT.callInt((fstat, state) -> (int) fstat.invokeExact(state, fd, stat));
    }

    /// Fills `into` with what the system knows about a name. Of a symbolic link it is the link
    /// itself.
    public static int lstat(Path path, FileStatus into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            MemorySegment stat = into.segment();
            return LSTAT.callInt((lstat, state) -> (int) lstat.invokeExact(state, name, stat));
        }
    }

    /// Reads or sets something about a descriptor.
    ///
    /// @param command one `F_…` of [Abi]
    /// @param argument what the command takes; 0 where it takes nothing
    public static int fcntl(int fd, int command, long argument) {
        return FCNTL.callInt(
                (fcntl, state) -> (int) fcntl.invokeExact(state, fd, command, argument));
    }

    /// Locks or unlocks the open file against other openings of it.
    ///
    /// @param operation `LOCK_…` of [Abi]; with [Abi#LOCK_NB] a held lock is `-EAGAIN`
    public static int flock(int fd, int operation) {
        return FLOCK.callInt((flock, state) -> (int) flock.invokeExact(state, fd, operation));
    }

    /// Renames without replacing, or exchanges, in one step that no crash can halve.
    ///
    /// @param flags [Abi#RENAME_NOREPLACE] or [Abi#RENAME_EXCHANGE]; 0 replaces
    /// @return 0, or the negated errno: `-EINVAL` from a file system that cannot do it
    public static int rename(Path from, Path to, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = cString(arena, from);
            MemorySegment target = cString(arena, to);
            if (MACOS) {
                return RENAMEX.callInt(
                        (renamex, state) ->
                                (int) renamex.invokeExact(state, source, target, flags));
            }
            int here = LibcH.AT_FDCWD();
            return RENAMEAT2.callInt(
                    (renameat2, state) ->
                            (int) renameat2.invokeExact(state, here, source, here, target, flags));
        }
    }

    /// Gives a file one more name, which must not be there. A symbolic link is not followed: it
    /// gets the name itself.
    ///
    /// @return 0, or the negated errno: `-EXDEV` across file systems, `-EPERM` for a directory and
    ///     where the file system has no such links
    public static int link(Path existing, Path name) {
        int here = MACOS ? MacLibcH.AT_FDCWD() : LibcH.AT_FDCWD();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = cString(arena, existing);
            MemorySegment target = cString(arena, name);
            return LINKAT.callInt(
                    (linkat, state) ->
                            (int) linkat.invokeExact(state, here, source, here, target, 0));
        }
    }

    /// Makes a directory, which must not be there.
    ///
    /// @param mode permissions, as in `0700`
    public static int mkdir(Path path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            // mode_t is an unsigned int to Linux and an unsigned short to macOS.
            return MACOS
                    ? MKDIR.callInt(
                            (mkdir, state) -> (int) mkdir.invokeExact(state, name, (short) mode))
                    : MKDIR.callInt((mkdir, state) -> (int) mkdir.invokeExact(state, name, mode));
        }
    }

    /// Removes a directory, which must be empty.
    public static int rmdir(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            return RMDIR.callInt((rmdir, state) -> (int) rmdir.invokeExact(state, name));
        }
    }

    /// Removes a name.
    public static int unlink(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = cString(arena, path);
            return UNLINK.callInt((unlink, state) -> (int) unlink.invokeExact(state, name));
        }
    }

    /// Sets the permissions of an open file; of a socket on Linux, those that `bind` will give its
    /// name.
    public static int fchmod(int fd, int mode) {
        // mode_t is an unsigned int to Linux and an unsigned short to macOS.
        return MACOS
                ? FCHMOD.callInt(
                        (fchmod, state) -> (int) fchmod.invokeExact(state, fd, (short) mode))
                : FCHMOD.callInt((fchmod, state) -> (int) fchmod.invokeExact(state, fd, mode));
    }

    /// Lets the file `to` share all blocks of the file `from`. Linux, on btrfs, XFS and their like.
    ///
    /// @return 0, or the negated errno: `-EOPNOTSUPP`, `-EXDEV` or `-EINVAL` where the file system
    ///     cannot share
    public static int ficlone(int to, int from) {
        return Platform.current().isLinux() ? ioctl(to, LibcH.FICLONE(), from) : -Errno.ENOSYS;
    }

    /// Makes the file `to`, which shares all blocks of the file `from`. macOS, on APFS.
    public static int clonefile(Path from, Path to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = cString(arena, from);
            MemorySegment target = cString(arena, to);
            return CLONEFILE.callInt(
                    (clonefile, state) -> (int) clonefile.invokeExact(state, source, target, 0));
        }
    }

    /// Asks a device with a number as the argument. An `int` widens: the kernel takes 64 bits.
    public static int ioctl(int fd, long request, long argument) {
        return IOCTL.callInt(
                (ioctl, state) -> (int) ioctl.invokeExact(state, fd, request, argument));
    }

    /// Asks a device with a structure as the argument.
    public static int ioctl(int fd, long request, MemorySegment argument) {
        return IOCTL_POINTER.callInt(
                (ioctl, state) -> (int) ioctl.invokeExact(state, fd, request, argument));
    }

    /// As [#ioctl(int, long, long)], for a loop that owns its state.
    public static int ioctl(CallState caught, int fd, long request, long argument) {
        return IOCTL.callInt(
                caught, (ioctl, state) -> (int) ioctl.invokeExact(state, fd, request, argument));
    }

    /// As [#ioctl(int, long, MemorySegment)], for a loop that owns its state.
    public static int ioctl(CallState caught, int fd, long request, MemorySegment argument) {
        return IOCTL_POINTER.callInt(
                caught, (ioctl, state) -> (int) ioctl.invokeExact(state, fd, request, argument));
    }

    /// Asks a device with a structure as the argument, which names other memory by its address.
    ///
    /// @param named that memory, native: the call fails if it is closed, and holds it meanwhile
    public static int ioctl(int fd, long request, MemorySegment argument, MemorySegment named) {
        return IOCTL_HOLDING.callInt(
                (ioctl, state) -> (int) ioctl.invokeExact(state, fd, request, argument, named));
    }

    /// As [#ioctl(int, long, MemorySegment, MemorySegment)], for a loop that owns its state.
    public static int ioctl(
            CallState caught, int fd, long request, MemorySegment argument, MemorySegment named) {
        return IOCTL_HOLDING.callInt(
                caught,
                (ioctl, state) -> (int) ioctl.invokeExact(state, fd, request, argument, named));
    }

    /// A new counter that [PollSet] can wait for. Linux.
    ///
    /// @param flags `EFD_…` of [Abi]
    /// @return the descriptor, or the negated errno
    public static int eventfd(int start, int flags) {
        return EVENTFD.callInt((eventfd, state) -> (int) eventfd.invokeExact(state, start, flags));
    }

    /// This process, as the kernel numbers it.
    public static int getpid() {
        return GETPID.callInt((getpid, state) -> (int) getpid.invokeExact(state));
    }

    static MemorySegment cString(Arena arena, Path path) {
        return arena.allocateFrom(path.toString());
    }
}

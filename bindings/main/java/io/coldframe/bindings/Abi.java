package io.coldframe.bindings;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.linux.arm64.LibcArm64H;
import io.coldframe.bindings.generated.linux.x64.LibcX64H;
import io.coldframe.bindings.generated.macos.MacLibcH;

/// The numbers that the calls of this module take, as the system that this process runs on has
/// them.
///
/// They differ between Linux and macOS, a few between x86-64 and arm64. Named as in C. A *flag*
/// that the system lacks is 0, so that it changes nothing; a *command* or an *advice* that it lacks
/// is [#ABSENT], which the system refuses with `EINVAL`.
public final class Abi {
    /// A command or an advice that this system lacks.
    public static final int ABSENT = -1;

    private static final Platform PLATFORM = Platform.current();
    private static final boolean MACOS = PLATFORM.isMacos();
    private static final boolean ARM64 = PLATFORM == Platform.LINUX_ARM64;

    // ---- open ----

    /// Read only.
    public static final int O_RDONLY = MACOS ? MacLibcH.O_RDONLY() : LibcH.O_RDONLY();

    /// Write only.
    public static final int O_WRONLY = MACOS ? MacLibcH.O_WRONLY() : LibcH.O_WRONLY();

    /// Read and write.
    public static final int O_RDWR = MACOS ? MacLibcH.O_RDWR() : LibcH.O_RDWR();

    /// Create the file if it is not there.
    public static final int O_CREAT = MACOS ? MacLibcH.O_CREAT() : LibcH.O_CREAT();

    /// With [#O_CREAT]: fail if it is there.
    public static final int O_EXCL = MACOS ? MacLibcH.O_EXCL() : LibcH.O_EXCL();

    /// Cut the file to nothing.
    public static final int O_TRUNC = MACOS ? MacLibcH.O_TRUNC() : LibcH.O_TRUNC();

    /// Every write goes to the end.
    public static final int O_APPEND = MACOS ? MacLibcH.O_APPEND() : LibcH.O_APPEND();

    /// Never wait.
    public static final int O_NONBLOCK = MACOS ? MacLibcH.O_NONBLOCK() : LibcH.O_NONBLOCK();

    /// Close at exec.
    public static final int O_CLOEXEC = MACOS ? MacLibcH.O_CLOEXEC() : LibcH.O_CLOEXEC();

    /// Every write is durable, with its metadata.
    public static final int O_SYNC = MACOS ? MacLibcH.O_SYNC() : LibcH.O_SYNC();

    /// Every write is durable.
    public static final int O_DSYNC = MACOS ? MacLibcH.O_DSYNC() : LibcH.O_DSYNC();

    /// Past the page cache; 0 on macOS, where [#F_NOCACHE] does it.
    public static final int O_DIRECT =
            MACOS ? 0 : ARM64 ? LibcArm64H.O_DIRECT() : LibcX64H.O_DIRECT();

    /// Fail unless it is a directory.
    public static final int O_DIRECTORY =
            MACOS
                    ? MacLibcH.O_DIRECTORY()
                    : ARM64 ? LibcArm64H.O_DIRECTORY() : LibcX64H.O_DIRECTORY();

    /// Fail if the last name is a symbolic link.
    public static final int O_NOFOLLOW =
            MACOS ? MacLibcH.O_NOFOLLOW() : ARM64 ? LibcArm64H.O_NOFOLLOW() : LibcX64H.O_NOFOLLOW();

    /// A file without a name, in the directory that is opened; 0 on macOS.
    public static final int O_TMPFILE =
            MACOS ? 0 : ARM64 ? LibcArm64H.O_TMPFILE() : LibcX64H.O_TMPFILE();

    // ---- lseek ----

    /// From the start.
    public static final int SEEK_SET = MACOS ? MacLibcH.SEEK_SET() : LibcH.SEEK_SET();

    /// From the position.
    public static final int SEEK_CUR = MACOS ? MacLibcH.SEEK_CUR() : LibcH.SEEK_CUR();

    /// From the end.
    public static final int SEEK_END = MACOS ? MacLibcH.SEEK_END() : LibcH.SEEK_END();

    /// To the next data.
    public static final int SEEK_DATA = MACOS ? MacLibcH.SEEK_DATA() : LibcH.SEEK_DATA();

    /// To the next hole, the end of the file being one.
    public static final int SEEK_HOLE = MACOS ? MacLibcH.SEEK_HOLE() : LibcH.SEEK_HOLE();

    // ---- the mode of a file ----

    /// The bits that say what it is.
    public static final int S_IFMT = MACOS ? MacLibcH.S_IFMT() : LibcH.S_IFMT();

    /// A regular file.
    public static final int S_IFREG = MACOS ? MacLibcH.S_IFREG() : LibcH.S_IFREG();

    /// A directory.
    public static final int S_IFDIR = MACOS ? MacLibcH.S_IFDIR() : LibcH.S_IFDIR();

    /// A symbolic link.
    public static final int S_IFLNK = MACOS ? MacLibcH.S_IFLNK() : LibcH.S_IFLNK();

    /// A socket.
    public static final int S_IFSOCK = MACOS ? MacLibcH.S_IFSOCK() : LibcH.S_IFSOCK();

    /// A block device.
    public static final int S_IFBLK = MACOS ? MacLibcH.S_IFBLK() : LibcH.S_IFBLK();

    /// A character device.
    public static final int S_IFCHR = MACOS ? MacLibcH.S_IFCHR() : LibcH.S_IFCHR();

    // ---- flock ----

    /// Shared.
    public static final int LOCK_SH = MACOS ? MacLibcH.LOCK_SH() : LibcH.LOCK_SH();

    /// Exclusive.
    public static final int LOCK_EX = MACOS ? MacLibcH.LOCK_EX() : LibcH.LOCK_EX();

    /// Do not wait.
    public static final int LOCK_NB = MACOS ? MacLibcH.LOCK_NB() : LibcH.LOCK_NB();

    /// Let go.
    public static final int LOCK_UN = MACOS ? MacLibcH.LOCK_UN() : LibcH.LOCK_UN();

    // ---- fcntl ----

    /// Read the flags of the descriptor.
    public static final int F_GETFD = MACOS ? MacLibcH.F_GETFD() : LibcH.F_GETFD();

    /// Set the flags of the descriptor.
    public static final int F_SETFD = MACOS ? MacLibcH.F_SETFD() : LibcH.F_SETFD();

    /// Read the flags of the open file.
    public static final int F_GETFL = MACOS ? MacLibcH.F_GETFL() : LibcH.F_GETFL();

    /// Set the flags of the open file.
    public static final int F_SETFL = MACOS ? MacLibcH.F_SETFL() : LibcH.F_SETFL();

    /// Duplicate, close at exec.
    public static final int F_DUPFD_CLOEXEC =
            MACOS ? MacLibcH.F_DUPFD_CLOEXEC() : LibcH.F_DUPFD_CLOEXEC();

    /// Close at exec.
    public static final int FD_CLOEXEC = MACOS ? MacLibcH.FD_CLOEXEC() : LibcH.FD_CLOEXEC();

    /// Seal a memfd. Linux.
    public static final int F_ADD_SEALS = MACOS ? ABSENT : LibcH.F_ADD_SEALS();

    /// Read the seals of a memfd. Linux.
    public static final int F_GET_SEALS = MACOS ? ABSENT : LibcH.F_GET_SEALS();

    /// No more seals.
    public static final int F_SEAL_SEAL = MACOS ? 0 : LibcH.F_SEAL_SEAL();

    /// It cannot shrink.
    public static final int F_SEAL_SHRINK = MACOS ? 0 : LibcH.F_SEAL_SHRINK();

    /// It cannot grow.
    public static final int F_SEAL_GROW = MACOS ? 0 : LibcH.F_SEAL_GROW();

    /// It cannot be written.
    public static final int F_SEAL_WRITE = MACOS ? 0 : LibcH.F_SEAL_WRITE();

    /// Only mappings that exist can write it.
    public static final int F_SEAL_FUTURE_WRITE = MACOS ? 0 : LibcH.F_SEAL_FUTURE_WRITE();

    /// Past the page cache. macOS.
    public static final int F_NOCACHE = MACOS ? MacLibcH.F_NOCACHE() : ABSENT;

    /// Durable, through the cache of the drive. macOS.
    public static final int F_FULLFSYNC = MACOS ? MacLibcH.F_FULLFSYNC() : ABSENT;

    // ---- fallocate ----

    /// The length stays.
    public static final int FALLOC_FL_KEEP_SIZE = MACOS ? 0 : LibcH.FALLOC_FL_KEEP_SIZE();

    /// Give the blocks back; with [#FALLOC_FL_KEEP_SIZE].
    public static final int FALLOC_FL_PUNCH_HOLE = MACOS ? 0 : LibcH.FALLOC_FL_PUNCH_HOLE();

    /// Zero without writing.
    public static final int FALLOC_FL_ZERO_RANGE = MACOS ? 0 : LibcH.FALLOC_FL_ZERO_RANGE();

    /// Shifts what follows to the right by a hole.
    public static final int FALLOC_FL_INSERT_RANGE = MACOS ? 0 : LibcH.FALLOC_FL_INSERT_RANGE();

    // ---- rename ----

    /// Fail if the target is there.
    public static final int RENAME_NOREPLACE =
            MACOS ? MacLibcH.RENAME_EXCL() : LibcH.RENAME_NOREPLACE();

    /// Swap the two.
    public static final int RENAME_EXCHANGE =
            MACOS ? MacLibcH.RENAME_SWAP() : LibcH.RENAME_EXCHANGE();

    // ---- mmap and mprotect ----

    /// No access: a guard.
    public static final int PROT_NONE = MACOS ? MacLibcH.PROT_NONE() : LibcH.PROT_NONE();

    /// Loads.
    public static final int PROT_READ = MACOS ? MacLibcH.PROT_READ() : LibcH.PROT_READ();

    /// Stores.
    public static final int PROT_WRITE = MACOS ? MacLibcH.PROT_WRITE() : LibcH.PROT_WRITE();

    /// Execution.
    public static final int PROT_EXEC = MACOS ? MacLibcH.PROT_EXEC() : LibcH.PROT_EXEC();

    /// Stores reach the file and the other mappings.
    public static final int MAP_SHARED = MACOS ? MacLibcH.MAP_SHARED() : LibcH.MAP_SHARED();

    /// Stores stay here.
    public static final int MAP_PRIVATE = MACOS ? MacLibcH.MAP_PRIVATE() : LibcH.MAP_PRIVATE();

    /// At exactly this address, over whatever is mapped there.
    public static final int MAP_FIXED = MACOS ? MacLibcH.MAP_FIXED() : LibcH.MAP_FIXED();

    /// At exactly this address, or fail. Linux; 0 on macOS.
    public static final int MAP_FIXED_NOREPLACE = MACOS ? 0 : LibcH.MAP_FIXED_NOREPLACE();

    /// Of no file.
    public static final int MAP_ANONYMOUS = MACOS ? MacLibcH.MAP_ANON() : LibcH.MAP_ANONYMOUS();

    /// Reserve no swap.
    public static final int MAP_NORESERVE =
            MACOS ? MacLibcH.MAP_NORESERVE() : LibcH.MAP_NORESERVE();

    /// Fault it in at once. Linux; 0 on macOS.
    public static final int MAP_POPULATE = MACOS ? 0 : LibcH.MAP_POPULATE();

    /// From the pool of huge pages. Linux; 0 on macOS.
    public static final int MAP_HUGETLB = MACOS ? 0 : LibcH.MAP_HUGETLB();

    /// With [#MAP_HUGETLB]: pages of 2 MiB.
    public static final int MAP_HUGE_2MB = MACOS ? 0 : LibcH.MAP_HUGE_2MB();

    /// With [#MAP_HUGETLB]: pages of 1 GiB.
    public static final int MAP_HUGE_1GB = MACOS ? 0 : LibcH.MAP_HUGE_1GB();

    // ---- madvise ----

    /// No advice.
    public static final int MADV_NORMAL = MACOS ? MacLibcH.MADV_NORMAL() : LibcH.MADV_NORMAL();

    /// Read at random.
    public static final int MADV_RANDOM = MACOS ? MacLibcH.MADV_RANDOM() : LibcH.MADV_RANDOM();

    /// Read in order.
    public static final int MADV_SEQUENTIAL =
            MACOS ? MacLibcH.MADV_SEQUENTIAL() : LibcH.MADV_SEQUENTIAL();

    /// Read soon.
    public static final int MADV_WILLNEED =
            MACOS ? MacLibcH.MADV_WILLNEED() : LibcH.MADV_WILLNEED();

    /// Drop the pages. Private anonymous memory reads as zero afterwards on Linux, not on macOS.
    public static final int MADV_DONTNEED =
            MACOS ? MacLibcH.MADV_DONTNEED() : LibcH.MADV_DONTNEED();

    /// Drop the pages when memory is short.
    public static final int MADV_FREE = MACOS ? MacLibcH.MADV_FREE() : LibcH.MADV_FREE();

    /// Punch a hole in the file behind. Linux.
    public static final int MADV_REMOVE = MACOS ? ABSENT : LibcH.MADV_REMOVE();

    /// Not in a child. Linux.
    public static final int MADV_DONTFORK = MACOS ? ABSENT : LibcH.MADV_DONTFORK();

    /// Huge pages, please. Linux.
    public static final int MADV_HUGEPAGE = MACOS ? ABSENT : LibcH.MADV_HUGEPAGE();

    /// No huge pages. Linux.
    public static final int MADV_NOHUGEPAGE = MACOS ? ABSENT : LibcH.MADV_NOHUGEPAGE();

    /// Not in a core dump. Linux.
    public static final int MADV_DONTDUMP = MACOS ? ABSENT : LibcH.MADV_DONTDUMP();

    /// Not needed soon. Linux.
    public static final int MADV_COLD = MACOS ? ABSENT : LibcH.MADV_COLD();

    /// Reclaim now. Linux.
    public static final int MADV_PAGEOUT = MACOS ? ABSENT : LibcH.MADV_PAGEOUT();

    /// Fault in as a load would. Linux 5.14.
    public static final int MADV_POPULATE_READ = MACOS ? ABSENT : LibcH.MADV_POPULATE_READ();

    /// Fault in as a store would. Linux 5.14.
    public static final int MADV_POPULATE_WRITE = MACOS ? ABSENT : LibcH.MADV_POPULATE_WRITE();

    /// Make huge pages now. Linux 6.1.
    public static final int MADV_COLLAPSE = MACOS ? ABSENT : LibcH.MADV_COLLAPSE();

    // ---- memfd_create ----

    /// Close at exec.
    public static final int MFD_CLOEXEC = MACOS ? 0 : LibcH.MFD_CLOEXEC();

    /// It can be sealed.
    public static final int MFD_ALLOW_SEALING = MACOS ? 0 : LibcH.MFD_ALLOW_SEALING();

    /// From the pool of huge pages.
    public static final int MFD_HUGETLB = MACOS ? 0 : LibcH.MFD_HUGETLB();

    /// It cannot be executed, nor made so. Linux 6.3.
    public static final int MFD_NOEXEC_SEAL = MACOS ? 0 : LibcH.MFD_NOEXEC_SEAL();

    /// With [#MFD_HUGETLB]: pages of 2 MiB.
    public static final int MFD_HUGE_2MB = MACOS ? 0 : LibcH.MFD_HUGE_2MB();

    // ---- msync ----

    /// Start to write.
    public static final int MS_ASYNC = MACOS ? MacLibcH.MS_ASYNC() : LibcH.MS_ASYNC();

    /// Write and wait.
    public static final int MS_SYNC = MACOS ? MacLibcH.MS_SYNC() : LibcH.MS_SYNC();

    /// Drop other cached copies.
    public static final int MS_INVALIDATE =
            MACOS ? MacLibcH.MS_INVALIDATE() : LibcH.MS_INVALIDATE();

    // ---- poll and eventfd ----

    /// There is something to read.
    public static final int POLLIN = MACOS ? MacLibcH.POLLIN() : LibcH.POLLIN();

    /// A write would not wait.
    public static final int POLLOUT = MACOS ? MacLibcH.POLLOUT() : LibcH.POLLOUT();

    /// An error; always reported.
    public static final int POLLERR = MACOS ? MacLibcH.POLLERR() : LibcH.POLLERR();

    /// The other end is gone; always reported.
    public static final int POLLHUP = MACOS ? MacLibcH.POLLHUP() : LibcH.POLLHUP();

    /// Not an open descriptor; always reported.
    public static final int POLLNVAL = MACOS ? MacLibcH.POLLNVAL() : LibcH.POLLNVAL();

    /// A read takes one. Linux.
    public static final int EFD_SEMAPHORE = MACOS ? 0 : LibcH.EFD_SEMAPHORE();

    /// Close at exec. Linux.
    public static final int EFD_CLOEXEC = MACOS ? 0 : LibcH.EFD_CLOEXEC();

    /// Never wait. Linux.
    public static final int EFD_NONBLOCK = MACOS ? 0 : LibcH.EFD_NONBLOCK();

    private Abi() {}
}

/*
 * The C library of Linux (64 bit), as far as Coldframe calls it.
 *
 * Only facts: names, numbers, layouts. Parsed alone, without any system header. What differs
 * between x86-64 and arm64 stands in the two branches at the end and is generated once for each.
 */
#include "types.h"
#include "ioctl.h"

typedef unsigned long size_t;
typedef long ssize_t;
typedef long off_t;
typedef unsigned int mode_t;
typedef unsigned int socklen_t;
typedef unsigned long nfds_t;

/* ---- Files ---- */

#define O_RDONLY 0
#define O_WRONLY 01
#define O_RDWR 02
#define O_CREAT 0100
#define O_EXCL 0200
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_DSYNC 010000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000

#define AT_FDCWD (-100)

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define SEEK_DATA 3
#define SEEK_HOLE 4

#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFLNK 0120000
#define S_IFSOCK 0140000
#define S_IFBLK 0060000
#define S_IFCHR 0020000

#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8

#define F_DUPFD_CLOEXEC 1030
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define FD_CLOEXEC 1
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#define F_SEAL_SEAL 0x1
#define F_SEAL_SHRINK 0x2
#define F_SEAL_GROW 0x4
#define F_SEAL_WRITE 0x8
#define F_SEAL_FUTURE_WRITE 0x10

#define FALLOC_FL_KEEP_SIZE 0x01
#define FALLOC_FL_PUNCH_HOLE 0x02
#define FALLOC_FL_ZERO_RANGE 0x10
#define FALLOC_FL_INSERT_RANGE 0x20

#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2

struct file_clone_range {
    s64 src_fd;
    u64 src_offset;
    u64 src_length;
    u64 dest_offset;
};

#define FICLONE IOCTL_IN(0x94, 9, int)
#define FICLONERANGE IOCTL_IN(0x94, 13, struct file_clone_range)

int open(const char *path, int flags, ...);
int close(int fd);
ssize_t read(int fd, void *into, size_t bytes);
ssize_t write(int fd, const void *from, size_t bytes);
ssize_t pread(int fd, void *into, size_t bytes, off_t offset);
ssize_t pwrite(int fd, const void *from, size_t bytes, off_t offset);
int fsync(int fd);
int fdatasync(int fd);
int ftruncate(int fd, off_t bytes);
int fallocate(int fd, int mode, off_t offset, off_t bytes);
off_t lseek(int fd, off_t offset, int whence);
int fcntl(int fd, int command, ...);
int flock(int fd, int operation);
int renameat2(int from_directory, const char *from, int to_directory, const char *to,
              unsigned int flags);
int linkat(int from_directory, const char *existing, int to_directory, const char *name,
           int flags);
int unlink(const char *path);
int mkdir(const char *path, mode_t mode);
int rmdir(const char *path);
int fchmod(int fd, mode_t mode);
int ioctl(int fd, unsigned long request, ...);

/* ---- Memory ---- */

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_NORESERVE 0x4000
#define MAP_POPULATE 0x8000
#define MAP_HUGETLB 0x40000
#define MAP_FIXED_NOREPLACE 0x100000
#define MAP_HUGE_2MB (21u << 26)
#define MAP_HUGE_1GB (30u << 26)

#define MADV_NORMAL 0
#define MADV_RANDOM 1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED 3
#define MADV_DONTNEED 4
#define MADV_FREE 8
#define MADV_REMOVE 9
#define MADV_DONTFORK 10
#define MADV_HUGEPAGE 14
#define MADV_NOHUGEPAGE 15
#define MADV_DONTDUMP 16
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#define MADV_COLLAPSE 25

#define MFD_CLOEXEC 0x1
#define MFD_ALLOW_SEALING 0x2
#define MFD_HUGETLB 0x4
#define MFD_NOEXEC_SEAL 0x8
#define MFD_HUGE_2MB (21u << 26)

#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4

void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset);
int munmap(void *address, size_t bytes);
int mprotect(void *address, size_t bytes, int protection);
int madvise(void *address, size_t bytes, int advice);
int msync(void *address, size_t bytes, int flags);
int mincore(void *address, size_t bytes, unsigned char *resident);
int memfd_create(const char *name, unsigned int flags);

/* ---- Waiting ---- */

#define POLLIN 0x001
#define POLLOUT 0x004
#define POLLERR 0x008
#define POLLHUP 0x010
#define POLLNVAL 0x020

#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC 02000000
#define EFD_NONBLOCK 04000

struct pollfd {
    int fd;
    short events;
    short revents;
};

int poll(struct pollfd *watched, nfds_t count, int timeout_ms);
int eventfd(unsigned int start, int flags);

/* ---- Sockets ---- */

#define AF_UNIX 1
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC 02000000
#define SOCK_NONBLOCK 04000
#define SOL_SOCKET 1
#define SO_PEERCRED 17
#define SCM_RIGHTS 0x01
#define MSG_PEEK 0x02
#define MSG_CTRUNC 0x08
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

struct sockaddr_un {
    u16 sun_family;
    char sun_path[108];
};

struct iovec {
    void *iov_base;
    size_t iov_len;
};

struct msghdr {
    void *msg_name;
    socklen_t msg_namelen;
    struct iovec *msg_iov;
    size_t msg_iovlen;
    void *msg_control;
    size_t msg_controllen;
    int msg_flags;
};

/* The data follows at the next multiple of 8. */
struct cmsghdr {
    size_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};

struct ucred {
    s32 pid;
    u32 uid;
    u32 gid;
};

struct sockaddr;

int socket(int family, int type, int protocol);
int socketpair(int family, int type, int protocol, int fds[2]);
int bind(int fd, const struct sockaddr *address, socklen_t bytes);
int listen(int fd, int backlog);
int accept4(int fd, struct sockaddr *address, socklen_t *bytes, int flags);
int connect(int fd, const struct sockaddr *address, socklen_t bytes);
ssize_t sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t recvmsg(int fd, struct msghdr *message, int flags);
int shutdown(int fd, int how);
int getsockopt(int fd, int level, int option, void *value, socklen_t *bytes);

/* ---- Process ---- */

#define _SC_PAGESIZE 30

long sysconf(int name);
int getpid(void);

/* ---- errno ---- */

#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define E2BIG 7
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define EXDEV 18
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENFILE 23
#define EMFILE 24
#define ENOTTY 25
#define ETXTBSY 26
#define EFBIG 27
#define ENOSPC 28
#define ESPIPE 29
#define EROFS 30
#define EMLINK 31
#define EPIPE 32
#define ERANGE 34
#define EDEADLK 35
#define ENAMETOOLONG 36
#define ENOSYS 38
#define ENOTEMPTY 39
#define ELOOP 40
#define EOVERFLOW 75
#define ENOTSOCK 88
#define EDESTADDRREQ 89
#define EMSGSIZE 90
#define EPROTOTYPE 91
#define EPROTONOSUPPORT 93
#define EOPNOTSUPP 95
#define EAFNOSUPPORT 97
#define EADDRINUSE 98
#define EADDRNOTAVAIL 99
#define ECONNABORTED 103
#define ECONNRESET 104
#define ENOBUFS 105
#define EISCONN 106
#define ENOTCONN 107
#define ETIMEDOUT 110
#define ECONNREFUSED 111
#define EALREADY 114
#define EINPROGRESS 115
#define ESTALE 116
#define EDQUOT 122
#define ECANCELED 125
#define EHWPOISON 133

/* ---- What differs between the architectures ---- */

struct timespec {
    long tv_sec;
    long tv_nsec;
};

#if defined(__x86_64__)

#define O_DIRECT 040000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_TMPFILE 020200000

struct stat {
    unsigned long st_dev;
    unsigned long st_ino;
    unsigned long st_nlink;
    u32 st_mode;
    u32 st_uid;
    u32 st_gid;
    int : 32;
    unsigned long st_rdev;
    long st_size;
    long st_blksize;
    long st_blocks; /* of 512 bytes, whatever st_blksize says */
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
    long : 64;
    long : 64;
    long : 64;
};

#elif defined(__aarch64__)

#define O_DIRECT 0200000
#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000
#define O_TMPFILE 020040000

struct stat {
    unsigned long st_dev;
    unsigned long st_ino;
    u32 st_mode;
    u32 st_nlink;
    u32 st_uid;
    u32 st_gid;
    unsigned long st_rdev;
    long : 64;
    long st_size;
    int st_blksize;
    int : 32;
    long st_blocks; /* of 512 bytes, whatever st_blksize says */
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
    int : 32;
    int : 32;
};

#else
#error "Coldframe knows Linux on x86-64 and on arm64"
#endif

int fstat(int fd, struct stat *into);
int lstat(const char *path, struct stat *into);

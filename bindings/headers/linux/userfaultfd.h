/*
 * userfaultfd: page faults of this process, answered by this process.
 *
 * A descriptor comes from the system call or from an ioctl on /dev/userfaultfd, is shaken hands
 * with once (UFFDIO_API), and then takes ranges of memory under its watch (UFFDIO_REGISTER). Faults
 * in them are read from the descriptor as messages and resolved by ioctls on it.
 */
#ifndef COLDFRAME_LINUX_USERFAULTFD_H
#define COLDFRAME_LINUX_USERFAULTFD_H

#include "types.h"
#include "ioctl.h"

#if defined(__x86_64__)
#define SYS_userfaultfd 323
#elif defined(__aarch64__)
#define SYS_userfaultfd 282
#endif

/* A flag of the system call, beside O_CLOEXEC and O_NONBLOCK: faults taken inside the kernel (as in
 * read(2) into the memory) fail instead of waiting. What an unprivileged process may ask for. */
#define UFFD_USER_MODE_ONLY 1

/* On /dev/userfaultfd; its argument is the flags of the system call, by value. */
#define USERFAULTFD_IOC_NEW IOCTL_NONE(0xAA, 0x00)

#define UFFD_API 0xAAULL

/* Features: asked for in uffdio_api.features, which answers with all that the kernel knows. */
#define UFFD_FEATURE_PAGEFAULT_FLAG_WP (1ULL << 0)
#define UFFD_FEATURE_EVENT_FORK (1ULL << 1)
#define UFFD_FEATURE_EVENT_REMAP (1ULL << 2)
#define UFFD_FEATURE_EVENT_REMOVE (1ULL << 3)
#define UFFD_FEATURE_MISSING_HUGETLBFS (1ULL << 4)
#define UFFD_FEATURE_MISSING_SHMEM (1ULL << 5)
#define UFFD_FEATURE_EVENT_UNMAP (1ULL << 6)
#define UFFD_FEATURE_SIGBUS (1ULL << 7)
#define UFFD_FEATURE_THREAD_ID (1ULL << 8)
#define UFFD_FEATURE_MINOR_HUGETLBFS (1ULL << 9)
#define UFFD_FEATURE_MINOR_SHMEM (1ULL << 10)
#define UFFD_FEATURE_EXACT_ADDRESS (1ULL << 11)
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM (1ULL << 12)
#define UFFD_FEATURE_WP_UNPOPULATED (1ULL << 13) /* protection also of pages not there yet */
#define UFFD_FEATURE_POISON (1ULL << 14)
#define UFFD_FEATURE_WP_ASYNC (1ULL << 15)       /* the kernel lifts the protection by itself */
#define UFFD_FEATURE_MOVE (1ULL << 16)

struct uffdio_api {
    u64 api;
    u64 features; /* in: wanted; out: known */
    u64 ioctls;   /* out: one bit per command of this descriptor */
};

struct uffdio_range {
    u64 start;
    u64 len;
};

#define UFFDIO_REGISTER_MODE_MISSING (1ULL << 0)
#define UFFDIO_REGISTER_MODE_WP (1ULL << 1)
#define UFFDIO_REGISTER_MODE_MINOR (1ULL << 2)

struct uffdio_register {
    struct uffdio_range range;
    u64 mode;
    u64 ioctls; /* out: one bit per command that this range takes */
};

#define UFFDIO_COPY_MODE_DONTWAKE (1ULL << 0)
#define UFFDIO_COPY_MODE_WP (1ULL << 1)

/* The last field of these is the kernel's: bytes done, or a negated errno that says it again. */
struct uffdio_copy {
    u64 dst;
    u64 src;
    u64 len;
    u64 mode;
    s64 copy;
};

#define UFFDIO_ZEROPAGE_MODE_DONTWAKE (1ULL << 0)

struct uffdio_zeropage {
    struct uffdio_range range;
    u64 mode;
    s64 zeropage;
};

#define UFFDIO_WRITEPROTECT_MODE_WP (1ULL << 0) /* absent: lift the protection */
#define UFFDIO_WRITEPROTECT_MODE_DONTWAKE (1ULL << 1)

struct uffdio_writeprotect {
    struct uffdio_range range;
    u64 mode;
};

#define UFFDIO_CONTINUE_MODE_DONTWAKE (1ULL << 0)
#define UFFDIO_CONTINUE_MODE_WP (1ULL << 1)

struct uffdio_continue {
    struct uffdio_range range;
    u64 mode;
    s64 mapped;
};

#define UFFDIO_POISON_MODE_DONTWAKE (1ULL << 0)

struct uffdio_poison {
    struct uffdio_range range;
    u64 mode;
    s64 updated;
};

#define UFFDIO_MOVE_MODE_DONTWAKE (1ULL << 0)
#define UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES (1ULL << 1)

struct uffdio_move {
    u64 dst;
    u64 src;
    u64 len;
    u64 mode;
    s64 move;
};

/* UNREGISTER and WAKE are declared the wrong way round in the ABI, and stay so. */
#define UFFDIO_REGISTER IOCTL_INOUT(0xAA, 0x00, struct uffdio_register)
#define UFFDIO_UNREGISTER IOCTL_OUT(0xAA, 0x01, struct uffdio_range)
#define UFFDIO_WAKE IOCTL_OUT(0xAA, 0x02, struct uffdio_range)
#define UFFDIO_COPY IOCTL_INOUT(0xAA, 0x03, struct uffdio_copy)
#define UFFDIO_ZEROPAGE IOCTL_INOUT(0xAA, 0x04, struct uffdio_zeropage)
#define UFFDIO_MOVE IOCTL_INOUT(0xAA, 0x05, struct uffdio_move)
#define UFFDIO_WRITEPROTECT IOCTL_INOUT(0xAA, 0x06, struct uffdio_writeprotect)
#define UFFDIO_CONTINUE IOCTL_INOUT(0xAA, 0x07, struct uffdio_continue)
#define UFFDIO_POISON IOCTL_INOUT(0xAA, 0x08, struct uffdio_poison)
#define UFFDIO_API IOCTL_INOUT(0xAA, 0x3F, struct uffdio_api)

/* What read(2) gives, one or more whole messages at a time. */
#define UFFD_EVENT_PAGEFAULT 0x12
#define UFFD_EVENT_FORK 0x13
#define UFFD_EVENT_REMAP 0x14
#define UFFD_EVENT_REMOVE 0x15
#define UFFD_EVENT_UNMAP 0x16

#define UFFD_PAGEFAULT_FLAG_WRITE (1ULL << 0)
#define UFFD_PAGEFAULT_FLAG_WP (1ULL << 1)
#define UFFD_PAGEFAULT_FLAG_MINOR (1ULL << 2)

/* Packed in the ABI; its fields lie on their natural boundaries all the same. */
struct uffd_msg {
    u8 event;
    u8 reserved1;
    u16 reserved2;
    u32 reserved3;
    union {
        struct {
            u64 flags;
            u64 address;
            union {
                u32 ptid; /* with UFFD_FEATURE_THREAD_ID */
            } feat;
        } pagefault;
        struct {
            u32 ufd; /* a new descriptor, for the child's memory */
        } fork;
        struct {
            u64 from;
            u64 to;
            u64 len;
        } remap;
        struct { /* of REMOVE and of UNMAP */
            u64 start;
            u64 end;
        } remove;
        struct {
            u64 reserved1;
            u64 reserved2;
            u64 reserved3;
        } reserved;
    } arg;
};

#endif

/*
 * How an ioctl request is put together, on x86-64 and on arm64 alike:
 *
 *   bits 31..30  direction: 0 none, 1 the kernel reads, 2 the kernel writes, 3 both
 *   bits 29..16  bytes of the argument
 *   bits 15..8   who answers (a letter)
 *   bits  7..0   which call
 */
#ifndef COLDFRAME_LINUX_IOCTL_H
#define COLDFRAME_LINUX_IOCTL_H

#define IOCTL_REQUEST(direction, who, which, bytes) \
    (((direction) << 30) | ((bytes) << 16) | ((who) << 8) | (which))

#define IOCTL_NONE(who, which) IOCTL_REQUEST(0u, who, which, 0)
#define IOCTL_IN(who, which, type) IOCTL_REQUEST(1u, who, which, sizeof(type))
#define IOCTL_OUT(who, which, type) IOCTL_REQUEST(2u, who, which, sizeof(type))
#define IOCTL_INOUT(who, which, type) IOCTL_REQUEST(3u, who, which, sizeof(type))

#endif

package io.coldframe.bindings;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.linux.cmsghdr;
import io.coldframe.bindings.generated.linux.iovec;
import io.coldframe.bindings.generated.linux.msghdr;
import io.coldframe.bindings.generated.macos.MacLibcH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/// One `struct msghdr` with one run of bytes and room for descriptors.
///
/// Control data are records, each a header, its data, and padding to the alignment: 16 bytes and 8
/// on Linux, 12 and 4 on macOS.
///
/// **Lifetime.** The arena's; a message is for one call.
final class SocketMessage {
    private static final boolean MACOS = Platform.current().isMacos();

    private static final long ALIGNMENT = MACOS ? Integer.BYTES : Long.BYTES;
    private static final long HEADER_BYTES =
            MACOS ? io.coldframe.bindings.generated.macos.cmsghdr.sizeof() : cmsghdr.sizeof();
    private static final int SOL_SOCKET = MACOS ? MacLibcH.SOL_SOCKET() : LibcH.SOL_SOCKET();
    private static final int SCM_RIGHTS = MACOS ? MacLibcH.SCM_RIGHTS() : LibcH.SCM_RIGHTS();
    private static final int MSG_TRUNC = MACOS ? MacLibcH.MSG_TRUNC() : LibcH.MSG_TRUNC();
    private static final int MSG_CTRUNC = MACOS ? MacLibcH.MSG_CTRUNC() : LibcH.MSG_CTRUNC();

    private final MemorySegment header;
    private final MemorySegment control;

    private SocketMessage(MemorySegment header, MemorySegment control) {
        this.header = header;
        this.control = control;
    }

    /// A message to send, with the descriptors in one record.
    static SocketMessage sending(Arena arena, MemorySegment bytes, int... descriptors) {
        MemorySegment control = MemorySegment.NULL;
        if (descriptors.length > 0) {
            long recordBytes = HEADER_BYTES + (long) descriptors.length * Integer.BYTES;
            control = arena.allocate(alignUp(recordBytes), ALIGNMENT);
            setRecord(control, recordBytes);
            MemorySegment.copy(
                    descriptors,
                    0,
                    control,
                    ValueLayout.JAVA_INT,
                    HEADER_BYTES,
                    descriptors.length);
        }
        return new SocketMessage(header(arena, bytes, control), control);
    }

    /// A message to receive, with room for exactly `descriptorCount` descriptors.
    static SocketMessage receiving(Arena arena, MemorySegment into, int descriptorCount) {
        // Without the padding at the end: the kernel would put one more descriptor there.
        MemorySegment control =
                descriptorCount == 0
                        ? MemorySegment.NULL
                        : arena.allocate(
                                HEADER_BYTES + (long) descriptorCount * Integer.BYTES, ALIGNMENT);
        return new SocketMessage(header(arena, into, control), control);
    }

    MemorySegment segment() {
        return header;
    }

    /// Puts what the kernel has filled in into `received`.
    void takeInto(ReceivedDescriptors received) {
        int flags =
                MACOS
                        ? io.coldframe.bindings.generated.macos.msghdr.msg_flags(header)
                        : msghdr.msg_flags(header);
        received.truncated((flags & MSG_CTRUNC) != 0, (flags & MSG_TRUNC) != 0);
        long filled = controlByteCount();
        long at = 0;
        while (at + HEADER_BYTES <= filled) {
            MemorySegment entry = control.asSlice(at, filled - at);
            long recordBytes = recordByteCount(entry);
            if (recordBytes < HEADER_BYTES || recordBytes > filled - at) {
                throw new AssertionError(
                        "control record of %d bytes at %d of %d"
                                .formatted(recordBytes, at, filled));
            }
            if (isRights(entry)) {
                for (long next = HEADER_BYTES;
                        next + Integer.BYTES <= recordBytes;
                        next += Integer.BYTES) {
                    received.add(entry.get(ValueLayout.JAVA_INT, next));
                }
            }
            at += alignUp(recordBytes);
        }
    }

    private static MemorySegment header(Arena arena, MemorySegment bytes, MemorySegment control) {
        MemorySegment vector = vector(arena, bytes);
        if (MACOS) {
            MemorySegment header = io.coldframe.bindings.generated.macos.msghdr.allocate(arena);
            io.coldframe.bindings.generated.macos.msghdr.msg_iov(header, vector);
            io.coldframe.bindings.generated.macos.msghdr.msg_iovlen(header, 1);
            io.coldframe.bindings.generated.macos.msghdr.msg_control(header, control);
            io.coldframe.bindings.generated.macos.msghdr.msg_controllen(
                    header, Math.toIntExact(control.byteSize()));
            return header;
        }
        MemorySegment header = msghdr.allocate(arena);
        msghdr.msg_iov(header, vector);
        msghdr.msg_iovlen(header, 1);
        msghdr.msg_control(header, control);
        msghdr.msg_controllen(header, control.byteSize());
        return header;
    }

    /// `struct iovec` is the same on every platform.
    private static MemorySegment vector(SegmentAllocator allocator, MemorySegment bytes) {
        MemorySegment vector = iovec.allocate(allocator);
        iovec.iov_base(vector, bytes);
        iovec.iov_len(vector, bytes.byteSize());
        return vector;
    }

    private long controlByteCount() {
        return MACOS
                ? io.coldframe.bindings.generated.macos.msghdr.msg_controllen(header)
                : msghdr.msg_controllen(header);
    }

    private static void setRecord(MemorySegment entry, long recordBytes) {
        if (MACOS) {
            io.coldframe.bindings.generated.macos.cmsghdr.cmsg_len(
                    entry, Math.toIntExact(recordBytes));
            io.coldframe.bindings.generated.macos.cmsghdr.cmsg_level(entry, SOL_SOCKET);
            io.coldframe.bindings.generated.macos.cmsghdr.cmsg_type(entry, SCM_RIGHTS);
        } else {
            cmsghdr.cmsg_len(entry, recordBytes);
            cmsghdr.cmsg_level(entry, SOL_SOCKET);
            cmsghdr.cmsg_type(entry, SCM_RIGHTS);
        }
    }

    private static long recordByteCount(MemorySegment entry) {
        return MACOS
                ? io.coldframe.bindings.generated.macos.cmsghdr.cmsg_len(entry)
                : cmsghdr.cmsg_len(entry);
    }

    private static boolean isRights(MemorySegment entry) {
        int level =
                MACOS
                        ? io.coldframe.bindings.generated.macos.cmsghdr.cmsg_level(entry)
                        : cmsghdr.cmsg_level(entry);
        int type =
                MACOS
                        ? io.coldframe.bindings.generated.macos.cmsghdr.cmsg_type(entry)
                        : cmsghdr.cmsg_type(entry);
        return level == SOL_SOCKET && type == SCM_RIGHTS;
    }

    private static long alignUp(long byteCount) {
        return (byteCount + ALIGNMENT - 1) & -ALIGNMENT;
    }
}

package io.coldframe.memory;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.Syscalls;

/// Addresses where nothing else can come to lie: room for a region, and a guard on either side.
///
/// ```
///  | guard: no access, a page or more | room | guard: no access, a page or more |
/// ```
///
/// Java code cannot leave a segment. Native code that was handed its address can, and hits a guard
/// instead of whatever the process has mapped next to it.
///
/// **Lifetime.** Closing ends everything from guard to guard, with what was mapped over the room;
/// it is called once.
///
/// @param base where the first guard begins
/// @param byteCount from guard to guard
/// @param room where the room begins
record Reservation(long base, long byteCount, long room) implements AutoCloseable {
    private static final int FLAGS = Abi.MAP_PRIVATE | Abi.MAP_ANONYMOUS | Abi.MAP_NORESERVE;

    /// Room for a region.
    ///
    /// @param alignment the room begins where its address and `alike` leave the same remainder;
    ///     what is left over makes the guards longer
    static Reservation of(GuestRegion region, PageSize alignment, long alike)
            throws SnapshotException {
        long guardBytes = hostPage().bytes();
        long slackBytes = 2 * guardBytes + alignment.bytes();
        // What wraps here is far more than any address space, and the kernel says so.
        long byteCount =
                region.byteCount() > Long.MAX_VALUE - slackBytes
                        ? Long.MAX_VALUE
                        : region.byteCount() + slackBytes;
        long base =
                Syscalls.check(
                        NativeMemory.mmap(0, byteCount, Abi.PROT_NONE, FLAGS, -1, 0),
                        "mmap",
                        region);
        long lowest = base + guardBytes;
        long target = alike & -guardBytes;
        long room = lowest + ((target - lowest) & (alignment.bytes() - 1L));
        return new Reservation(base, byteCount, room);
    }

    /// The host's page: what the kernel maps by.
    static PageSize hostPage() {
        return PageSize.ofBytes(NativeMemory.pageByteCount());
    }

    @Override
    public void close() {
        int result = NativeMemory.munmap(base, byteCount);
        if (result < 0) {
            // Whole mappings of our own are never refused.
            throw new AssertionError(
                    "munmap of %d bytes at 0x%x: %s"
                            .formatted(byteCount, base, Errno.text(-result)));
        }
    }
}

package io.coldframe.memory;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.Syscalls;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Faults memory in by a native call.
final class Presence {
    private static final String CALL = "madvise(MADV_POPULATE_READ)";

    private Presence() {}

    /// Makes all pages present that `part` of a region touches.
    static void ensure(MemorySegment region, RegionPart part, FaultGuard guard)
            throws SnapshotException {
        int result = NativeMemory.madvise(wholePages(region, part), Abi.MADV_POPULATE_READ);
        if (result == -Errno.EFAULT) {
            // What would have been the fault of a load.
            Optional<SnapshotException> damage = guard.faulted("making present " + part);
            if (damage.isPresent()) {
                throw damage.get();
            }
        }
        if (result == -Errno.EINVAL) {
            // A kernel before 5.14, or memory of a device.
            throw Syscalls.failure(Kind.UNSUPPORTED, result, CALL, part);
        }
        Syscalls.check(result, CALL, part);
    }

    /// The kernel takes whole pages. A view of the region, so that the call keeps the region from
    /// being closed; only lent memory may begin and end in the middle of a page.
    private static MemorySegment wholePages(MemorySegment region, RegionPart part) {
        PageSize page = Reservation.hostPage();
        long from = region.address() + part.offset();
        long start = from & -page.bytes();
        long byteCount = page.bytes(page.pageCount(from + part.byteCount() - start));
        long offset = start - region.address();
        return offset >= 0 && byteCount <= region.byteSize() - offset
                ? region.asSlice(offset, byteCount)
                : NativeMemory.borrowed(start, byteCount);
    }
}

package io.coldframe.crash;

import io.coldframe.bindings.Errno;
import io.coldframe.os.FileCalls;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// A kernel that takes and gives few bytes at a time, and lets a signal come before every call that
/// may be made again.
///
/// **Threads.** Any.
public final class ShortFileCalls extends ForwardingFileCalls {
    private final long byteCountMax;
    private boolean interrupted;

    /// @param byteCountMax how many bytes at most
    public ShortFileCalls(long byteCountMax) {
        super(FileCalls.current());
        this.byteCountMax = byteCountMax;
    }

    @Override
    protected synchronized long around(Call call, LongSupplier make) {
        boolean mayBeMadeAgain =
                switch (call.name()) {
                    case "open", "pread", "pwrite", "flock", "fallocate", "ftruncate" -> true;
                    default -> false;
                };
        interrupted = mayBeMadeAgain && !interrupted;
        return interrupted ? -Errno.EINTR : make.getAsLong();
    }

    @Override
    public long pread(int fd, MemorySegment into, long fileOffset) {
        return super.pread(fd, cut(into), fileOffset);
    }

    @Override
    public long pwrite(int fd, MemorySegment from, long fileOffset) {
        return super.pwrite(fd, cut(from), fileOffset);
    }

    private MemorySegment cut(MemorySegment segment) {
        return segment.asSlice(0, Math.min(byteCountMax, segment.byteSize()));
    }
}

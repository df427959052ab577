package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.GuestMemory;

import java.lang.foreign.MemorySegment;

/// Guest memory of this process, read where it lies if that cannot fault.
final class MemorySource implements BlockSource {

    private final GuestMemory memory;
    private volatile boolean canPopulate = true;

    MemorySource(GuestMemory memory) {
        this.memory = memory;
    }

    @Override
    public long byteCount() {
        return memory.byteCount();
    }

    @Override
    public long nextData(long fromOffset) {
        return fromOffset;
    }

    @Override
    public long dataEnd(long fromOffset) {
        return byteCount();
    }

    @Override
    public void prepare(long offset, long byteCount) throws SnapshotException {
        if (!canPopulate) {
            return;
        }
        try {
            memory.ensurePresent(offset, byteCount);
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.UNSUPPORTED) {
                throw failure;
            }
            // A kernel that cannot do it, and where no pager of ours can be relied on either.
            canPopulate = false;
        }
    }

    @Override
    public MemorySegment view(long offset, long byteCount, MemorySegment scratch)
            throws SnapshotException {
        boolean isInOneRegion =
                memory.layout().regionAt(offset).endImageOffset() - offset >= byteCount;
        if (isInOneRegion && !memory.mayFault() && byteCount == scratch.byteSize()) {
            return memory.slice(offset, byteCount);
        }
        copy(offset, byteCount, scratch);
        return scratch;
    }

    @Override
    public void copy(long offset, long byteCount, MemorySegment scratch) throws SnapshotException {
        memory.copyTo(offset, scratch.asSlice(0, byteCount));
        scratch.asSlice(byteCount).fill((byte) 0);
    }

    @Override
    public void close() {}
}

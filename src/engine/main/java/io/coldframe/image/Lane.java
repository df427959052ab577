package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.memory.GuestMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What one thread needs to write and sum: scratch memory, and the part of a sum that is not done.
///
/// **Lifetime.** Owns the scratch memory.
///
/// **Threads.** One.
final class Lane implements AutoCloseable {

    private final Arena arena = Arena.ofConfined();
    private final WritePlan plan;
    private final GuestMemory memory;
    private final SumsBuilder sums;
    private final BlockSummer summer;
    private final Residency residency;
    private @Nullable Staging staging;
    private boolean canPopulate = true;

    Lane(WritePlan plan) {
        this.plan = plan;
        this.memory = plan.memory();
        this.sums = plan.sums();
        this.summer = new BlockSummer(sums.header().blockSize().shift(), arena);
        this.residency = new Residency(memory, arena);
    }

    WritePlan plan() {
        return plan;
    }

    /// Memory to gather in. Asked for again it is the same.
    MemorySegment staging(long byteCount) throws SnapshotException {
        Staging found = staging;
        if (found == null) {
            found = Staging.allocate(byteCount);
            staging = found;
        }
        return found.segment();
    }

    /// Copies guest memory, and sums the copy.
    void gather(long imageOffset, MemorySegment slice, MemorySegment target)
            throws SnapshotException {
        long byteCount = slice.byteSize();
        if (!residency.isThere(imageOffset, byteCount)) {
            ensurePresent(imageOffset, byteCount);
        }
        memory.runGuarded("gathering", () -> MemorySegment.copy(slice, 0, target, 0, byteCount));
        add(imageOffset, target);
    }

    /// Lets the kernel have the pages before Java code touches them: see
    /// [GuestMemory#ensurePresent].
    void ensurePresent(long imageOffset, long byteCount) throws SnapshotException {
        if (!canPopulate) {
            return;
        }
        try {
            memory.ensurePresent(imageOffset, byteCount);
        } catch (SnapshotException failure) {
            if (failure.kind() != Kind.UNSUPPORTED) {
                throw failure;
            }
            // A kernel that cannot do it, and where no pager of ours can be relied on either.
            canPopulate = false;
        }
    }

    /// Sums guest memory where it lies. The pages were touched by the kernel before.
    void sum(long imageOffset, MemorySegment slice) throws SnapshotException {
        memory.runGuarded("summing", () -> add(imageOffset, slice));
    }

    private void add(long imageOffset, MemorySegment slice) {
        summer.add(imageOffset, slice, 0, slice.byteSize(), this::complete);
    }

    /// Nothing more comes of this unit.
    void finishUnit() {
        summer.finish(this::complete);
    }

    private void complete(long block, int sum) {
        sums.setBlock(block, sum);
    }

    @Override
    public void close() {
        if (staging != null) {
            staging.close();
        }
        arena.close();
    }
}

package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.os.Faults;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Copies into a mapping of the file, whose space is there before the first byte: a store into a
/// hole on a full disk would be a fault.
///
/// **Lifetime.** Owns the mapping.
///
/// **Threads.** Any.
final class MappedWriter implements UnitWriter {

    private static final long UNIT_BYTES = 4L << 20;

    // Small enough for the second cache, where it is when it is summed.
    private static final long PIECE_BYTES = 256L << 10;

    private final ImageFile file;
    private final WritePlan plan;
    private final Arena arena;
    private final MemorySegment target;
    private final boolean isAllocated;
    private final String why;
    private final AtomicLong bytesWritten = new AtomicLong();

    private MappedWriter(
            ImageFile file,
            WritePlan plan,
            Arena arena,
            MemorySegment target,
            boolean isAllocated,
            String why) {
        this.file = file;
        this.plan = plan;
        this.arena = arena;
        this.target = target;
        this.isAllocated = isAllocated;
        this.why = why;
    }

    /// The writer, if the file system allocates and maps.
    static Optional<UnitWriter> open(ImageFile file, WritePlan plan, String why)
            throws SnapshotException {
        boolean isDense = plan.isFull() && !plan.options().holes();
        // A trial of one page, where all of it would be too much.
        long allocated = isDense ? plan.byteCount() : NativeMemory.pageByteCount();
        if (!file.allocate(0, allocated)) {
            return Optional.empty();
        }
        if (!isDense) {
            file.setLength(0);
            file.setLength(plan.byteCount());
        }
        FileCalls calls = file.calls();
        long address =
                calls.map(file.descriptor(), 0, plan.byteCount(), Abi.PROT_READ | Abi.PROT_WRITE);
        if (address == -Errno.ENODEV || address == -Errno.EINVAL) {
            return Optional.empty();
        }
        Syscalls.check(address, "mmap of %d bytes".formatted(plan.byteCount()), file);
        Arena arena = Arena.ofShared();
        MemorySegment target =
                NativeMemory.segment(
                        address,
                        plan.byteCount(),
                        arena,
                        () -> calls.unmap(address, plan.byteCount()));
        return Optional.of(new MappedWriter(file, plan, arena, target, isDense, why));
    }

    @Override
    public long unitBytes() {
        return UNIT_BYTES;
    }

    @Override
    public boolean isSummedApart() {
        return false;
    }

    @Override
    public void write(WriteUnit unit, Lane lane) throws SnapshotException {
        Slices.forEach(
                plan,
                unit,
                PIECE_BYTES,
                (imageOffset, slice) -> {
                    lane.ensurePresent(imageOffset, slice.byteSize());
                    HoleFinder.forEachPart(
                            lane,
                            imageOffset,
                            slice,
                            (offset, byteCount) ->
                                    copy(slice.asSlice(offset, byteCount), imageOffset + offset));
                    lane.sum(imageOffset, slice);
                });
        lane.finishUnit();
    }

    private void copy(MemorySegment part, long imageOffset) throws SnapshotException {
        long byteCount = part.byteSize();
        if (!isAllocated && !file.allocate(imageOffset, byteCount)) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    "fallocate of %d bytes at offset %d is refused, and was not in a trial"
                            .formatted(byteCount, imageOffset),
                    file);
        }
        String what = "copying %d bytes to offset %d".formatted(byteCount, imageOffset);
        // Inside, because what the guest's memory may be says more about a fault.
        Faults.surfaced(
                what,
                file,
                () ->
                        plan.memory()
                                .runGuarded(
                                        what,
                                        () ->
                                                MemorySegment.copy(
                                                        part, 0, target, imageOffset, byteCount)));
        bytesWritten.addAndGet(byteCount);
    }

    @Override
    public void finish() throws SnapshotException {
        int result = file.calls().msync(target, Abi.MS_SYNC);
        Syscalls.check(result, "msync of %d bytes".formatted(target.byteSize()), file);
    }

    @Override
    public long bytesWritten() {
        return bytesWritten.get();
    }

    @Override
    public Output output() {
        return Output.MAPPED;
    }

    @Override
    public String why() {
        return why;
    }

    @Override
    public void close() {
        arena.close();
    }
}

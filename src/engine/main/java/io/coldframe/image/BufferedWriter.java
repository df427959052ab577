package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestMemory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Writes through the page cache, which takes any memory, any offset and any length.
///
/// **Threads.** Any.
final class BufferedWriter implements UnitWriter {

    private static final long UNIT_BYTES = 4L << 20;

    // Copied by the kernel, and still in the second cache when it is summed.
    private static final long PIECE_BYTES = 512L << 10;

    private final ImageFile file;
    private final WritePlan plan;
    private final String why;
    private final AtomicLong bytesWritten = new AtomicLong();

    private BufferedWriter(ImageFile file, WritePlan plan, String why) {
        this.file = file;
        this.plan = plan;
        this.why = why;
    }

    static BufferedWriter open(ImageFile file, WritePlan plan, String why)
            throws SnapshotException {
        file.setLength(plan.byteCount());
        return new BufferedWriter(file, plan, why);
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
        GuestMemory memory = plan.memory();
        Slices.forEach(
                plan,
                unit,
                PIECE_BYTES,
                (imageOffset, slice) -> {
                    HoleFinder.forEachPart(
                            lane,
                            imageOffset,
                            slice,
                            (offset, byteCount) -> {
                                MemorySegment part = slice.asSlice(offset, byteCount);
                                long at = imageOffset + offset;
                                file.writeBuffered(part, at, memory, at);
                                bytesWritten.addAndGet(byteCount);
                            });
                    lane.sum(imageOffset, slice);
                });
        lane.finishUnit();
    }

    @Override
    public void finish() {}

    @Override
    public long bytesWritten() {
        return bytesWritten.get();
    }

    @Override
    public Output output() {
        return Output.BUFFERED;
    }

    @Override
    public String why() {
        return why;
    }

    @Override
    public void close() {}
}

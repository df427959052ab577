package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Writes past the page cache, from the guest's own pages.
///
/// What the kernel refuses for its alignment, such as a tail that is shorter than the unit of the
/// device, goes through the page cache; both descriptors are of one file, and the pages differ.
///
/// **Threads.** Any.
final class DirectWriter implements UnitWriter {

    /// A multiple of every unit that a device is known to have, and what guest memory starts at.
    static final PageSize ALIGNMENT = PageSize.KIB_4;

    // Longer ones are not faster (`docs/writing.md`), and shorter ones leave the device idle.
    private static final long UNIT_BYTES = 4L << 20;

    private final ImageFile file;
    private final WritePlan plan;
    private final DirectDescriptor direct;
    private final String why;
    private final AtomicLong bytesWritten = new AtomicLong();

    private DirectWriter(ImageFile file, WritePlan plan, DirectDescriptor direct, String why) {
        this.file = file;
        this.plan = plan;
        this.direct = direct;
        this.why = why;
    }

    /// @param direct the descriptor, which is closed with this
    static DirectWriter open(ImageFile file, WritePlan plan, DirectDescriptor direct, String why)
            throws SnapshotException {
        boolean isDense = plan.isFull() && !plan.options().holes();
        // Writers at the same time want space that is there: a file that grows is locked by each
        // of them. One alone is faster without (`docs/writing.md`).
        boolean isAllocated =
                isDense && plan.writerCount() > 1 && file.allocate(0, plan.byteCount());
        if (!isDense || (plan.writerCount() > 1 && !isAllocated)) {
            file.setLength(plan.byteCount());
        }
        return new DirectWriter(file, plan, direct, why);
    }

    /// Whether all regions begin where a write past the page cache can.
    static boolean isAligned(GuestMemory memory) {
        for (int region = 0; region < memory.regions().size(); region++) {
            if (!ALIGNMENT.isAligned(memory.segment(region).address())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long unitBytes() {
        return UNIT_BYTES;
    }

    @Override
    public boolean isSummedApart() {
        return true;
    }

    @Override
    public void write(WriteUnit unit, Lane lane) throws SnapshotException {
        Slices.forEach(
                plan,
                unit,
                UNIT_BYTES,
                (imageOffset, slice) ->
                        HoleFinder.forEachPart(
                                lane,
                                imageOffset,
                                slice,
                                (offset, byteCount) ->
                                        write(
                                                slice.asSlice(offset, byteCount),
                                                imageOffset + offset)));
    }

    private void write(MemorySegment part, long imageOffset) throws SnapshotException {
        GuestMemory memory = plan.memory();
        if (!file.write(direct.fd(), part, imageOffset, memory, imageOffset)) {
            file.writeBuffered(part, imageOffset, memory, imageOffset);
        }
        bytesWritten.addAndGet(part.byteSize());
    }

    @Override
    public void finish() {}

    @Override
    public long bytesWritten() {
        return bytesWritten.get();
    }

    @Override
    public Output output() {
        return Output.DIRECT;
    }

    @Override
    public String why() {
        return why;
    }

    @Override
    public void close() {
        direct.close();
    }
}

package io.coldframe.image;

import io.coldframe.SnapshotException;

import java.util.concurrent.atomic.AtomicLong;

/// Writes the scattered pages of a diff as one run, and then moves them to their places by
/// inserting holes between them, which moves no byte.
///
/// Written where they belong, single pages cost the device one operation each, and the file system
/// an allocation each. Gathered they cost what a sequential write costs. From left to right every
/// insertion splits one extent and shifts the one that is left, so it takes microseconds however
/// many there are; `docs/writing.md` has the figures.
///
/// **Threads.** Any; [#finish()] after all of them.
final class SpreadWriter implements UnitWriter {

    // Half of the parts that one call takes, in pages of 4 KiB.
    private static final long UNIT_BYTES = 2L << 20;

    private final ImageFile file;
    private final WritePlan plan;
    private final DirectDescriptor direct;
    private final AtomicLong bytesWritten = new AtomicLong();

    private SpreadWriter(ImageFile file, WritePlan plan, DirectDescriptor direct) {
        this.file = file;
        this.plan = plan;
        this.direct = direct;
    }

    /// @param direct the descriptor, which is closed with this
    static SpreadWriter open(ImageFile file, WritePlan plan, DirectDescriptor direct)
            throws SnapshotException {
        if (!file.allocate(0, plan.heldBytes())) {
            file.setLength(plan.heldBytes());
        }
        return new SpreadWriter(file, plan, direct);
    }

    /// Whether the file system inserts holes of this size. The draft is empty before and after.
    static boolean isPossible(ImageFile file, WritePlan plan) throws SnapshotException {
        long pageBytes = plan.pageSize().bytes();
        // An insertion lengthens a file past the limit of the process; this does not.
        file.setLength(plan.byteCount());
        file.setLength(pageBytes);
        boolean possible = file.insertHole(0, pageBytes);
        file.setLength(0);
        return possible;
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
        GatheredParts parts = new GatheredParts(file, plan.memory(), unit.packedOffset());
        Slices.forEach(
                plan,
                unit,
                UNIT_BYTES,
                (imageOffset, slice) -> {
                    if (!parts.hasRoomFor(slice)) {
                        parts.write(direct.fd());
                    }
                    parts.add(imageOffset, slice);
                });
        parts.write(direct.fd());
        bytesWritten.addAndGet(unit.byteCount());
        // The kernel has touched every page by now.
        lane.sum(unit);
    }

    @Override
    public void finish() throws SnapshotException {
        WrittenPages pages = plan.pages();
        long pageCount = pages.pageCount();
        long end = 0;
        for (long at = pages.next(0); at < pageCount; at = pages.next(end)) {
            if (at > end) {
                insert(end, at - end);
            }
            end = pages.nextMissing(at);
        }
        file.setLength(plan.byteCount());
    }

    private void insert(long page, long pageCount) throws SnapshotException {
        long offset = plan.pageSize().bytes(page);
        long byteCount = plan.pageSize().bytes(pageCount);
        if (!file.insertHole(offset, byteCount)) {
            throw new SnapshotException(
                    SnapshotException.Kind.UNSUPPORTED,
                    "fallocate(INSERT_RANGE) of %d bytes at offset %d is refused, and was not in"
                                    .formatted(byteCount, offset)
                            + " a trial",
                    file);
        }
    }

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
        return "gathered, written past the page cache, and spread by inserting holes";
    }

    @Override
    public void close() {
        direct.close();
    }
}

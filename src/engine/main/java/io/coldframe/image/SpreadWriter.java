package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.work.WriteTurns;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Writes the scattered pages of a diff as one run, and then moves them to their places by
/// inserting holes between them, which moves no byte.
///
/// Written where they belong, single pages cost the device one operation each, and the file system
/// an allocation each. Gathered they cost what a sequential write costs; they are copied, because a
/// device takes scattered pages in small pieces, and are summed in the copy. From left to right
/// every insertion splits one extent and shifts the one that is left, so it takes microseconds
/// however many there are. `docs/writing.md` has the figures.
///
/// **Threads.** Any; [#finish()] after all of them.
final class SpreadWriter implements UnitWriter {

    // Each thread gathers about as much, and a device takes long writes faster than short ones.
    private static final PageSize HUGE_PAGE = PageSize.MIB_2;
    private static final long UNIT_BYTES_MAX = 8L << 20;

    private final ImageFile file;
    private final WritePlan plan;
    private final DirectDescriptor direct;
    private final long unitBytes;
    private final WriteTurns turns = new WriteTurns();
    private final AtomicLong bytesWritten = new AtomicLong();

    private SpreadWriter(ImageFile file, WritePlan plan, DirectDescriptor direct) {
        this.file = file;
        this.plan = plan;
        this.direct = direct;
        long share = plan.heldBytes() / plan.options().threadCount();
        this.unitBytes = Math.min(UNIT_BYTES_MAX, HUGE_PAGE.bytes(HUGE_PAGE.page(share) + 1));
    }

    /// @param direct the descriptor, which is closed with this
    static SpreadWriter open(ImageFile file, WritePlan plan, DirectDescriptor direct) {
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
        return unitBytes;
    }

    @Override
    public boolean isSummedApart() {
        return false;
    }

    @Override
    public void write(WriteUnit unit, Lane lane) throws SnapshotException {
        MemorySegment staging = lane.staging(unitBytes);
        // Where the bytes go that are gathered, and how many they are.
        long[] place = {unit.packedOffset(), 0};
        Slices.forEach(
                plan,
                unit,
                unitBytes,
                (imageOffset, slice) -> {
                    if (slice.byteSize() > unitBytes - place[1]) {
                        // Of a block that is larger than a unit.
                        flush(staging, place);
                    }
                    lane.gather(imageOffset, slice, staging.asSlice(place[1], slice.byteSize()));
                    place[1] += slice.byteSize();
                });
        lane.finishUnit();
        flush(staging, place);
    }

    @Override
    public void stop() {
        turns.end();
    }

    /// In order, so that the file grows from its end: that takes its blocks as they come, and
    /// leaves nothing to convert.
    private void flush(MemorySegment staging, long[] place) throws SnapshotException {
        MemorySegment gathered = staging.asSlice(0, place[1]);
        turns.await(place[0]);
        if (!file.write(direct.fd(), gathered, place[0])) {
            file.writeBuffered(gathered, place[0]);
        }
        bytesWritten.addAndGet(place[1]);
        place[0] += place[1];
        place[1] = 0;
        turns.done(place[0]);
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

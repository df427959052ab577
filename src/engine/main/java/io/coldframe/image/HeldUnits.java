package io.coldframe.image;

import io.coldframe.memory.PageSize;

import java.util.Optional;

/// What an image holds, cut into units of whole blocks that are handed out in ascending order.
///
/// **Threads.** Any.
final class HeldUnits {
    private final SumsHeader header;
    private final WrittenPages pages;
    private final long pagesWanted;
    private long nextPage;
    private long packedOffset;
    private boolean stopped;

    /// @param unitBytes about how much a unit holds
    HeldUnits(SumsBuilder sums, long unitBytes) {
        this.header = sums.header();
        this.pages = sums.pages();
        this.pagesWanted = Math.max(1, pageSize().page(unitBytes));
    }

    private PageSize pageSize() {
        return header.pageSize();
    }

    /// Takes a run of bytes of the image.
    @FunctionalInterface
    interface ByteRuns<X extends Exception> {
        void visit(long imageOffset, long byteCount) throws X;
    }

    /// The next unit, if there is one.
    synchronized Optional<WriteUnit> next() {
        long first = pages.next(nextPage);
        if (stopped || first >= pages.pageCount()) {
            return Optional.empty();
        }
        long end = first;
        long found = 0;
        while (found < pagesWanted && end < pages.pageCount()) {
            long run = pages.next(end);
            long runEnd = Math.min(pages.nextMissing(run), run + pagesWanted - found);
            found += runEnd - run;
            end = runEnd;
        }
        // A block is summed by one thread.
        int shift = header.blockShift();
        end = Math.min(pages.pageCount(), (((end - 1) >>> shift) + 1) << shift);
        WriteUnit unit = new WriteUnit(first, end, packedOffset, bytesBetween(first, end));
        nextPage = end;
        packedOffset += unit.byteCount();
        return Optional.of(unit);
    }

    /// There are no more units after this.
    synchronized void stop() {
        stopped = true;
    }

    /// How many bytes are held in all.
    long heldBytes() {
        long whole = pageSize().bytes(pages.count());
        long missing = pageSize().bytes(pages.pageCount()) - header.byteCount();
        return pages.contains(pages.pageCount() - 1) ? whole - missing : whole;
    }

    private long bytesBetween(long first, long end) {
        long[] bytes = new long[1];
        forEachRun(first, end, (offset, byteCount) -> bytes[0] += byteCount);
        return bytes[0];
    }

    /// Visits what a unit holds, in ascending order.
    <X extends Exception> void forEachRun(WriteUnit unit, ByteRuns<X> visitor) throws X {
        forEachRun(unit.firstPage(), unit.endPage(), visitor);
    }

    private <X extends Exception> void forEachRun(long first, long end, ByteRuns<X> visitor)
            throws X {
        for (long at = pages.next(first); at < end; ) {
            long runEnd = Math.min(end, pages.nextMissing(at));
            long offset = pageSize().bytes(at);
            // The last page may be short.
            visitor.visit(offset, Math.min(header.byteCount(), pageSize().bytes(runEnd)) - offset);
            at = pages.next(runEnd);
        }
    }
}

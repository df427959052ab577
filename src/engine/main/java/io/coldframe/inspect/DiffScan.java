package io.coldframe.inspect;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;
import io.coldframe.layer.BlockPlace;
import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.PageRange;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageScan;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Snapshot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;

/// Compares two snapshots: first where their bytes are, then their sums, and what is left by bytes.
///
/// **Lifetime.** Owns two buffers; borrows the snapshots.
///
/// **Threads.** One.
final class DiffScan implements AutoCloseable {

    // Large enough that a read of the disk is worth its call, small enough that both sides stay in
    // a cache for the comparison.
    private static final long PIECE_BYTES = 2 << 20;

    private final PlaceCursor before;
    private final PlaceCursor after;
    private final PageSource beforeSource;
    private final PageSource afterSource;
    private final Progress progress;
    private final long byteCount;
    private final PageSize page;
    private final boolean haveSums;
    private final int zeroSum;
    private final PageRanges inImages;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment beforeBytes;
    private final MemorySegment afterBytes;
    private final PageRanges.Builder changed = new PageRanges.Builder();
    private final PageRanges.Builder filled = new PageRanges.Builder();
    private final PageRanges.Builder zeroed = new PageRanges.Builder();
    private long pendingFrom;
    private long pendingEnd;
    private long bytesRead;
    private long doneBytes;

    DiffScan(Snapshot before, Snapshot after, Progress progress) throws SnapshotException {
        this.byteCount = before.manifest().memory().byteCount();
        if (after.manifest().memory().byteCount() != byteCount) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, %s %d"
                            .formatted(
                                    before.name(),
                                    byteCount,
                                    after.name(),
                                    after.manifest().memory().byteCount()));
        }
        this.before = new PlaceCursor(before);
        this.after = new PlaceCursor(after);
        this.beforeSource = before.source();
        this.afterSource = after.source();
        this.progress = progress;
        this.page = Authors.finer(this.before.block(), this.after.block());
        this.haveSums = this.before.block().equals(this.after.block());
        long pieceBytes = Math.min(byteCount, Math.max(PIECE_BYTES, page.bytes()));
        this.beforeBytes = arena.allocate(pieceBytes, Long.BYTES);
        this.afterBytes = arena.allocate(pieceBytes, Long.BYTES);
        this.zeroSum = zeroSum(page);
        this.inImages = ImageChanges.between(before.images(), after.images(), byteCount, page);
    }

    private static int zeroSum(PageSize page) {
        try (Arena scratch = Arena.ofConfined()) {
            return PageScan.crc32c(scratch.allocate(page.bytes()), 0, page.bytes());
        }
    }

    SnapshotDiff run() throws SnapshotException {
        for (long at = 0; at < byteCount; ) {
            long end = Math.min(before.seek(at), after.seek(at));
            if (!before.isSame(after)) {
                compare(at, end);
            }
            proceed(at);
            at = end;
        }
        compareBytes();
        proceed(byteCount);
        return new SnapshotDiff(
                page, byteCount, changed.build(), filled.build(), zeroed.build(), bytesRead);
    }

    private void proceed(long offset) {
        // What is put off is done later than what comes after it.
        doneBytes = Math.max(doneBytes, offset);
        if (!progress.proceed(doneBytes, byteCount)) {
            throw new CancellationException("cancelled while comparing");
        }
    }

    /// A range in which neither side changes its place.
    private void compare(long from, long end) throws SnapshotException {
        boolean wasImage = before.place() == BlockPlace.PARENT;
        boolean isImage = after.place() == BlockPlace.PARENT;
        if (wasImage && isImage) {
            pendImages(from, end);
            return;
        }
        if (wasImage || isImage || !haveSums) {
            pend(from, end);
            return;
        }
        for (long at = from; at < end; at += page.bytes()) {
            compareSums(at, Math.min(end, at + page.bytes()));
        }
    }

    private void compareSums(long from, long end) throws SnapshotException {
        boolean wasZero = before.place() == BlockPlace.ZERO;
        boolean isZero = after.place() == BlockPlace.ZERO;
        OptionalInt was = wasZero ? OptionalInt.of(zeroSum) : before.sum(from);
        OptionalInt is = isZero ? OptionalInt.of(zeroSum) : after.sum(from);
        if (was.isEmpty() || is.isEmpty() || was.getAsInt() == is.getAsInt()) {
            pend(from, end);
            return;
        }
        // A block may hold zeros that nobody has looked for.
        boolean mayBeZero = !wasZero && was.getAsInt() == zeroSum;
        mayBeZero |= !isZero && is.getAsInt() == zeroSum;
        if (mayBeZero) {
            pend(from, end);
            return;
        }
        compareBytes();
        PageRanges.Builder kind = wasZero ? filled : isZero ? zeroed : changed;
        kind.add(page.page(from), 1);
    }

    private void pendImages(long from, long end) throws SnapshotException {
        PageRange range = PageRange.between(page.page(from), page.pageCount(end));
        for (PageRange held : inImages.intersect(PageRanges.of(range)).asList()) {
            pend(page.bytes(held.firstPage()), Authors.end(page, held.endPage(), byteCount));
        }
    }

    private void pend(long from, long end) throws SnapshotException {
        if (from != pendingEnd) {
            compareBytes();
            pendingFrom = from;
        }
        pendingEnd = end;
        if (pendingEnd - pendingFrom >= PIECE_BYTES) {
            compareBytes();
        }
    }

    /// Compares what has been put off.
    private void compareBytes() throws SnapshotException {
        while (pendingFrom < pendingEnd) {
            long pieceBytes = Math.min(beforeBytes.byteSize(), pendingEnd - pendingFrom);
            comparePiece(pendingFrom, pieceBytes);
            pendingFrom += pieceBytes;
            proceed(pendingFrom);
        }
    }

    private void comparePiece(long from, long pieceBytes) throws SnapshotException {
        MemorySegment was = beforeBytes.asSlice(0, pieceBytes);
        MemorySegment is = afterBytes.asSlice(0, pieceBytes);
        beforeSource.read(from, was);
        afterSource.read(from, is);
        bytesRead += 2 * pieceBytes;
        long firstPage = page.page(from);
        BlockScan.of(is, page)
                .against(was)
                .forEachRun(
                        (state, block, count) -> {
                            if (state == BlockState.ZERO) {
                                zeroed.add(firstPage + block, count);
                            } else if (state == BlockState.DATA) {
                                addData(was, firstPage, block, count);
                            }
                        });
    }

    private void addData(MemorySegment was, long firstPage, long firstBlock, long count) {
        for (long block = firstBlock; block < firstBlock + count; block++) {
            long offset = page.bytes(block);
            long byteCount = Math.min(page.bytes(), was.byteSize() - offset);
            boolean wasZero = PageScan.isZero(was, offset, byteCount);
            (wasZero ? filled : changed).add(firstPage + block, 1);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}

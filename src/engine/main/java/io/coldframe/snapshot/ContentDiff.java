package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.PageSource;
import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;

/// Finds the pages of a memory that are not as a snapshot has them, by looking at both.
///
/// For memory that nobody tracked. A page that the guest has zeroed differs from a page that the
/// parent holds data for, and so it is found like any other.
final class ContentDiff {

    // Large enough that a read of the disk is worth its call, small enough that the copies of both
    // sides stay in a cache for the comparison.
    private static final long PIECE_BYTES = 2 << 20;

    private ContentDiff() {}

    /// A bitmap with the pages that differ; the caller closes it.
    static DirtyBitmap between(GuestMemory memory, Snapshot parent, Progress progress)
            throws SnapshotException {
        PageSize pageSize = parent.manifest().memory().pageSize();
        DirtyBitmap dirty = DirtyBitmap.create(new PageGrid(0, memory.byteCount(), pageSize));
        try {
            mark(memory, parent, pageSize, dirty, progress);
            return dirty;
        } catch (Throwable failure) {
            dirty.close();
            throw failure;
        }
    }

    private static void mark(
            GuestMemory memory,
            Snapshot parent,
            PageSize pageSize,
            DirtyBitmap dirty,
            Progress progress)
            throws SnapshotException {
        PageSource source = parent.source();
        long pieceBytes = Math.max(PIECE_BYTES, pageSize.bytes());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment now = arena.allocate(pieceBytes, Long.BYTES);
            MemorySegment before = arena.allocate(pieceBytes, Long.BYTES);
            long totalBytes = memory.byteCount();
            for (long at = 0; at < totalBytes; at += pieceBytes) {
                long byteCount = Math.min(pieceBytes, totalBytes - at);
                MemorySegment nowPiece = now.asSlice(0, byteCount);
                MemorySegment beforePiece = before.asSlice(0, byteCount);
                memory.copyTo(at, nowPiece);
                source.read(at, beforePiece);
                long firstPage = pageSize.page(at);
                BlockScan.of(nowPiece, pageSize)
                        .against(beforePiece)
                        .forEachRun(
                                (state, block, count) -> {
                                    if (state != BlockState.UNCHANGED) {
                                        dirty.markPages(firstPage + block, count);
                                    }
                                });
                if (!progress.proceed(at + byteCount, totalBytes)) {
                    throw new CancellationException("cancelled while comparing with the parent");
                }
            }
        }
    }
}

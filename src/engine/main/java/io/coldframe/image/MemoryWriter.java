package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.DrainedPages;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.BitSet;

/// Writes one image of guest memory into a file that appears whole or not at all.
///
/// ```java
/// WriteOptions options = WriteOptions.DEFAULT;
/// try (MemoryWriter writer =
///         MemoryWriter.open(target, OnExisting.REFUSE, byteCount, PageSize.KIB_4, options)) {
///     writer.writeDiff(memory, dirty);
///     writer.commit();
/// }
/// ```
///
/// A *full* image is every byte of the memory. A *diff* is as long, holds the dirty pages at their
/// places and is a hole elsewhere; its [#sums()] say which pages it holds, so that a hole and a
/// page of zeros are told apart whatever becomes of the holes. Every page is summed in the same
/// pass. The bytes go straight from the guest's segments to the file, and never through the heap.
///
/// Nobody may write to the memory meanwhile, or the image holds some mixture of old and new that
/// its sums do not fit.
///
/// **Dirty pages.** Whatever bitmap is given is drained when writing begins. The pages become clean
/// when the image is committed; whatever else happens, they are put back, whole.
///
/// **Lifetime.** Closing without a commit, and any failure, leaves nothing behind. Made by
/// [#open] it owns its draft. Made by [#in] it writes a file of a draft that somebody else commits
/// or closes, after this: what becomes of that draft becomes of the dirty pages.
///
/// **Threads.** One at a time; it uses more of its own while it writes.
public final class MemoryWriter implements AutoCloseable {

    private enum Phase {
        OPEN,
        WRITTEN,
        COMMITTED,
        OVER
    }

    private final ImageFile file;
    private final ImageDraft draft;
    private final Path target;
    private final long byteCount;
    private final PageSize pageSize;
    private final WriteOptions options;
    private final DrainedPages drained = new DrainedPages();
    private Phase phase = Phase.OPEN;
    private @Nullable ImageSums sums;
    private @Nullable WriteReport report;

    private MemoryWriter(
            ImageDraft draft,
            FileCalls calls,
            Path target,
            long byteCount,
            PageSize pageSize,
            WriteOptions options) {
        this.file = new ImageFile(calls, draft.file(), target);
        this.draft = draft;
        this.target = target;
        this.byteCount = byteCount;
        this.pageSize = pageSize;
        this.options = options;
    }

    /// {@return a writer of a file of its own}
    ///
    /// @param target the name of the file, in a directory that is there
    /// @param onExisting what to do if there is a file of this name
    /// @param byteCount the length of the image, which is that of the memory
    /// @param pageSize what of a diff is written or not as one; at most [ImageSums#BLOCK_MAX]
    /// @param options how to write it
    /// @throws SnapshotException as [AtomicFile#create]
    public static MemoryWriter open(
            Path target,
            OnExisting onExisting,
            long byteCount,
            PageSize pageSize,
            WriteOptions options)
            throws SnapshotException {
        requireShape(byteCount, pageSize);
        FileCalls calls = FileCalls.current();
        ImageDraft draft = ImageDraft.of(AtomicFile.create(target, onExisting));
        return new MemoryWriter(draft, calls, target, byteCount, pageSize, options);
    }

    /// {@return a writer of a file of a directory that is being made}
    ///
    /// @param directory the directory
    /// @param name of a file that is not there yet
    /// @param byteCount the length of the image, which is that of the memory
    /// @param pageSize what of a diff is written or not as one; at most [ImageSums#BLOCK_MAX]
    /// @param options how to write it
    /// @throws SnapshotException if the file cannot be made
    public static MemoryWriter in(
            AtomicDirectory directory,
            String name,
            long byteCount,
            PageSize pageSize,
            WriteOptions options)
            throws SnapshotException {
        requireShape(byteCount, pageSize);
        FileCalls calls = FileCalls.current();
        ImageDraft draft = ImageDraft.of(directory, name);
        Path target = directory.target().resolve(name);
        MemoryWriter writer = new MemoryWriter(draft, calls, target, byteCount, pageSize, options);
        directory.attach(writer.attachment());
        return writer;
    }

    /// {@return a writer of the memory of a pair that is being made}
    ///
    /// @param pair the pair
    /// @param byteCount the length of the image, which is that of the memory
    /// @param pageSize what of a diff is written or not as one; at most [ImageSums#BLOCK_MAX]
    /// @param options how to write it
    public static MemoryWriter in(
            AtomicPair pair, long byteCount, PageSize pageSize, WriteOptions options) {
        requireShape(byteCount, pageSize);
        FileCalls calls = FileCalls.current();
        ImageDraft draft = ImageDraft.of(pair);
        MemoryWriter writer =
                new MemoryWriter(draft, calls, pair.memoryTarget(), byteCount, pageSize, options);
        pair.attach(writer.attachment());
        return writer;
    }

    private static void requireShape(long byteCount, PageSize pageSize) {
        if (byteCount <= 0) {
            throw new IllegalArgumentException("byteCount is not positive: " + byteCount);
        }
        if (!ImageSums.BLOCK_MAX.isMultipleOf(pageSize)) {
            throw new IllegalArgumentException(
                    "a page of an image has at most %s, not %s"
                            .formatted(ImageSums.BLOCK_MAX, pageSize));
        }
    }

    /// Writes every byte.
    ///
    /// @param memory the guest's, `byteCount` bytes of it
    /// @return how many pages the image has
    /// @throws SnapshotException if a byte could not be read or written
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public long writeFull(GuestMemory memory) throws SnapshotException {
        requireReady(memory);
        return write(memory, WrittenPages.all(pageSize.pageCount(byteCount)));
    }

    /// Writes every byte, which makes every page clean when it is committed.
    ///
    /// @param memory the guest's, `byteCount` bytes of it
    /// @param dirty drained now, and put back if this is not committed
    /// @return how many pages the image has
    /// @throws SnapshotException if a byte could not be read or written
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public long writeFull(GuestMemory memory, DirtyBitmap dirty) throws SnapshotException {
        requireReady(memory);
        requireFitting(dirty);
        drained.take(dirty);
        return write(memory, WrittenPages.all(pageSize.pageCount(byteCount)));
    }

    /// Writes the dirty pages.
    ///
    /// @param memory the guest's, `byteCount` bytes of it
    /// @param dirty one bit for each page or for several, from the first byte of the image to the
    ///     last; drained now, and put back if this is not committed
    /// @return how many pages of this image's size the diff holds
    /// @throws IllegalArgumentException if the bitmap has another length, or smaller pages than the
    ///     image
    /// @throws SnapshotException if a byte could not be read or written
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public long writeDiff(GuestMemory memory, DirtyBitmap dirty) throws SnapshotException {
        requireReady(memory);
        requireFitting(dirty);
        long pageCount = pageSize.pageCount(byteCount);
        WrittenPages.of(new BitSet(), pageCount);
        drained.take(dirty);
        return write(
                memory, WrittenPages.of(WrittenPages.bits(drained.pages(), pageSize), pageCount));
    }

    private void requireReady(GuestMemory memory) {
        if (phase != Phase.OPEN) {
            throw new IllegalStateException("written or closed already: " + target);
        }
        if (memory.byteCount() != byteCount) {
            throw new IllegalArgumentException(
                    "the memory has %d bytes, the image %d"
                            .formatted(memory.byteCount(), byteCount));
        }
    }

    private void requireFitting(DirtyBitmap dirty) {
        if (dirty.grid().byteCount() != byteCount) {
            throw new IllegalArgumentException(
                    "the bitmap covers %d bytes, the image has %d"
                            .formatted(dirty.grid().byteCount(), byteCount));
        }
        if (!dirty.grid().pageSize().isMultipleOf(pageSize)) {
            throw new IllegalArgumentException(
                    "the bitmap's page of %s is not a multiple of the image's of %s"
                            .formatted(dirty.grid().pageSize(), pageSize));
        }
    }

    private long write(GuestMemory memory, WrittenPages pages) throws SnapshotException {
        try {
            PageSize block = SumsBuilder.blockSize(byteCount, pageSize, options.sumsMax());
            SumsBuilder builder = SumsBuilder.of(byteCount, pageSize, block, pages);
            WritePlan plan = new WritePlan(memory, builder, options);
            try (UnitWriter writer = OutputChoice.open(file, plan)) {
                new WriteJob(plan, writer).run();
                report =
                        new WriteReport(
                                writer.output(),
                                writer.why(),
                                pages.count(),
                                plan.heldBytes(),
                                writer.bytesWritten());
            }
            sums = builder.build();
            phase = Phase.WRITTEN;
            return pages.count();
        } catch (Throwable failure) {
            Failures.closeAfter(failure, this::abandon);
            throw failure;
        }
    }

    /// {@return what the image holds and how to check it}
    ///
    /// @throws IllegalStateException if it is not written
    public ImageSums sums() {
        return requireWritten(sums);
    }

    /// {@return how it was written}
    ///
    /// @throws IllegalStateException if it is not written
    public WriteReport report() {
        return requireWritten(report);
    }

    private <T> T requireWritten(@Nullable T result) {
        if (result == null) {
            throw new IllegalStateException("not written: " + target);
        }
        return result;
    }

    /// Makes the file durable. One of [#open] gets its name, and its pages are clean; one of [#in]
    /// is ready for the commit of what it is part of.
    ///
    /// @throws SnapshotException if that fails; the dirty pages are put back
    public void commit() throws SnapshotException {
        if (phase != Phase.WRITTEN) {
            throw new IllegalStateException("not written, or over already: " + target);
        }
        try {
            draft.commit();
            phase = Phase.COMMITTED;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, this::abandon);
            throw failure;
        }
        if (draft.isOwned()) {
            over(true);
        }
    }

    private Attachment attachment() {
        return new Attachment() {
            @Override
            public void seal() {
                if (phase != Phase.COMMITTED) {
                    throw new IllegalStateException("not committed by its writer: " + target);
                }
            }

            @Override
            public void committed() {
                over(true);
            }

            @Override
            public void abandoned() {
                over(false);
            }
        };
    }

    private void abandon() {
        draft.close();
        over(false);
    }

    private void over(boolean committed) {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            if (committed) {
                drained.commit();
            }
            drained.close();
        }
    }

    /// Leaves nothing behind, unless it was committed.
    @Override
    public void close() {
        // What is part of a larger draft waits for what becomes of that.
        if (phase != Phase.COMMITTED) {
            abandon();
        }
    }
}

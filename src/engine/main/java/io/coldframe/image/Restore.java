package io.coldframe.image;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageScan;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;
import io.coldframe.work.ProgressMeter;
import io.coldframe.work.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Brings the memory of a stack back: into a file, or into the memory of a guest.
///
/// **Threads.** One runs it, and it uses more of its own.
final class Restore {

    // The finest hole that any file system of ours has, and the finest page of a guest.
    private static final PageSize GRANULE = PageSize.KIB_4;

    private final ImageStack stack;
    private final SumsBuilder sums;
    private final ProgressMeter meter;
    private final AtomicLong nextSpan = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();

    private Restore(ImageStack stack, Progress progress) {
        PageSize page = stack.granule();
        this.stack = stack;
        this.sums =
                SumsBuilder.of(
                        stack.byteCount(),
                        page,
                        stack.block(),
                        WrittenPages.all(page.pageCount(stack.byteCount())));
        this.meter = new ProgressMeter(progress, stack.byteCount());
    }

    /// Takes bytes that were checked.
    @FunctionalInterface
    private interface Sink {
        /// @return how many of them had to be written
        long accept(long imageOffset, MemorySegment bytes) throws SnapshotException;
    }

    /// Into an empty draft, which somebody else commits.
    static RestoreReport toFile(ImageStack stack, DraftFile draft, Path target, Progress progress)
            throws SnapshotException {
        FileCalls calls = FileCalls.current();
        int result = Syscalls.retried(() -> calls.ftruncate(draft.descriptor(), stack.byteCount()));
        Syscalls.check(result, "ftruncate to %d bytes".formatted(stack.byteCount()), target);
        return new Restore(stack, progress)
                .run((imageOffset, bytes) -> writeData(draft, imageOffset, bytes));
    }

    private static long writeData(DraftFile draft, long imageOffset, MemorySegment bytes)
            throws SnapshotException {
        long[] written = new long[1];
        BlockScan.of(bytes, GRANULE)
                .forEachRun(
                        (state, first, count) -> {
                            if (state != BlockState.ZERO) {
                                long from = GRANULE.bytes(first);
                                long end = Math.min(bytes.byteSize(), GRANULE.bytes(first + count));
                                draft.writeAt(bytes.asSlice(from, end - from), imageOffset + from);
                                written[0] += end - from;
                            }
                        });
        return written[0];
    }

    /// Into memory that has the length of the images.
    static RestoreReport toMemory(ImageStack stack, GuestMemory into, Progress progress)
            throws SnapshotException {
        if (into.byteCount() != stack.byteCount()) {
            throw new IllegalArgumentException(
                    "the memory has %d bytes, the images %d"
                            .formatted(into.byteCount(), stack.byteCount()));
        }
        return new Restore(stack, progress)
                .run((imageOffset, bytes) -> copy(into, imageOffset, bytes));
    }

    /// Zeros are not written where there are zeros: fresh memory stays as small as the guest's was.
    private static long copy(GuestMemory into, long imageOffset, MemorySegment bytes)
            throws SnapshotException {
        long[] written = new long[1];
        BlockScan.of(bytes, GRANULE)
                .forEachRun(
                        (state, first, count) -> {
                            long from = GRANULE.bytes(first);
                            long end = Math.min(bytes.byteSize(), GRANULE.bytes(first + count));
                            MemorySegment run = bytes.asSlice(from, end - from);
                            if (state != BlockState.ZERO
                                    || !isZero(into, imageOffset + from, run)) {
                                into.copyFrom(imageOffset + from, run);
                                written[0] += end - from;
                            }
                        });
        return written[0];
    }

    private static boolean isZero(GuestMemory memory, long imageOffset, MemorySegment run)
            throws SnapshotException {
        return memory.guarded(
                "looking for zeros at image offset 0x%x".formatted(imageOffset),
                () -> {
                    for (MemorySegment slice : memory.slices(imageOffset, run.byteSize())) {
                        if (!PageScan.isZero(slice, 0, slice.byteSize())) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    private RestoreReport run(Sink sink) throws SnapshotException {
        Workers.runReaders(() -> restoreSpans(sink), () -> nextSpan.set(stack.spanCount()));
        meter.add(0);
        return new RestoreReport(
                stack.byteCount(), stack.bytesRead(), bytesWritten.get(), sums.build());
    }

    private void restoreSpans(Sink sink) throws SnapshotException {
        try (ImageStack.Reader reader = stack.new Reader();
                Arena arena = Arena.ofConfined()) {
            BlockSummer summer = new BlockSummer(sums.header().blockSize().shift(), arena);
            for (long span = nextSpan.getAndIncrement();
                    span < stack.spanCount();
                    span = nextSpan.getAndIncrement()) {
                reader.read(span);
                long byteCount = stack.spanByteCount(span);
                MemorySegment bytes = reader.bytes().asSlice(0, byteCount);
                long imageOffset = span * stack.spanBytes();
                summer.add(imageOffset, bytes, 0, byteCount, sums::setBlock);
                summer.finish(sums::setBlock);
                bytesWritten.addAndGet(sink.accept(imageOffset, bytes));
                meter.add(byteCount);
            }
        }
    }
}

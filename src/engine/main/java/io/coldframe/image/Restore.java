package io.coldframe.image;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.memory.BlockScan;
import io.coldframe.memory.BlockState;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;
import io.coldframe.work.SpanWork;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Brings memory back, from wherever it is read: into a file, or into the memory of a guest.
///
/// **Threads.** One runs it, and it uses more of its own.
public final class Restore {

    // The finest hole that any file system of ours has, and the finest page of a guest.
    private static final PageSize GRANULE = PageSize.KIB_4;

    private static final long DEFAULT_SUMS_MAX = WriteOptions.DEFAULT.sumsMax();

    // In place, sums that were stored tell what need not be read: as many as an encoding takes.
    private static final long IN_PLACE_SUMS_MAX = ImageSums.ENCODED_BYTES_MAX / Integer.BYTES / 2;

    /// Memory that is read as a whole, by several threads.
    public interface Source {

        /// {@return the length of the memory}
        long byteCount();

        /// {@return the finest page of the memory}
        PageSize pageSize();

        /// {@return how many bytes are read at once, a power of two}
        long spanBytes();

        /// {@return how many threads reading it is worth}
        int threadCount();

        /// {@return whether its readers tell the sum of every block of this size, so that nobody
        /// else has to}
        ///
        /// @param block a page or larger
        boolean tellsSums(PageSize block);

        /// {@return a reader for one thread}
        ///
        /// @param spanBytes the most that it will read at once, at least [#spanBytes()]
        /// @param block what has a sum
        Reader reader(long spanBytes, PageSize block);

        /// {@return how many bytes its readers have read}
        long bytesRead();
    }

    /// Reads spans, for one thread.
    public interface Reader extends AutoCloseable {

        /// Reads one span, and hands over all of it in ascending order.
        ///
        /// @param imageOffset where it begins, a multiple of the bytes of a span
        /// @param byteCount how many bytes it has
        /// @param sink takes them
        /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit
        void read(long imageOffset, long byteCount, Sink sink) throws SnapshotException;

        @Override
        void close();
    }

    /// Takes what was read.
    public interface Sink {

        /// Bytes that were checked.
        ///
        /// @param imageOffset where they begin
        /// @param bytes whatever they are, also zeros
        /// @throws SnapshotException if they cannot be taken
        void bytes(long imageOffset, MemorySegment bytes) throws SnapshotException;

        /// Zeros that nobody had to read.
        ///
        /// @param imageOffset where they begin
        /// @param byteCount how many
        /// @throws SnapshotException if they cannot be taken
        void zeros(long imageOffset, long byteCount) throws SnapshotException;

        /// The sum of a block, from a reader that tells them.
        ///
        /// @param block its number
        /// @param sum the CRC-32C of its bytes, which are not handed over if the target has them
        void sum(long block, int sum);
    }

    private final Source source;
    private final RestoreTarget target;
    private final SumsBuilder sums;
    private final PageSize block;
    private final AtomicLong bytesWritten = new AtomicLong();

    private Restore(Source source, RestoreTarget target, long sumsMax) {
        PageSize page = source.pageSize();
        this.source = source;
        this.target = target;
        this.block = SumsBuilder.blockSize(source.byteCount(), page, sumsMax);
        this.sums =
                SumsBuilder.of(
                        source.byteCount(),
                        page,
                        block,
                        WrittenPages.all(page.pageCount(source.byteCount())));
    }

    /// Writes memory into a file of its own: a full image, whose zeros are holes.
    ///
    /// @param source the memory
    /// @param target the name of the file
    /// @param onExisting what to do if there is one
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException if a sum does not fit or the file cannot be written; nothing is
    ///     left behind
    public static RestoreReport toFile(
            Source source, Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        try (AtomicFile file = AtomicFile.create(target, onExisting)) {
            RestoreReport report =
                    toDraft(source, file.draft(), target, DEFAULT_SUMS_MAX, progress);
            file.commit();
            return report;
        }
    }

    /// As the other, into a file of a directory that is being made.
    ///
    /// @param source the memory
    /// @param directory the directory
    /// @param name of a file that is not there yet
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException if a sum does not fit or the file cannot be written
    public static RestoreReport toDirectory(
            Source source, AtomicDirectory directory, String name, Progress progress)
            throws SnapshotException {
        DraftFile draft = directory.newFile(name);
        Path target = directory.target().resolve(name);
        return toDraft(source, draft, target, DEFAULT_SUMS_MAX, progress);
    }

    /// As the other, as the memory of a pair that is being made.
    ///
    /// @param source the memory
    /// @param pair the pair
    /// @param sumsMax the most sums that the new image may have
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException if a sum does not fit or the file cannot be written
    public static RestoreReport toPair(
            Source source, AtomicPair pair, long sumsMax, Progress progress)
            throws SnapshotException {
        return toDraft(source, pair.memory(), pair.memoryTarget(), sumsMax, progress);
    }

    /// Into an empty draft, which somebody else commits.
    private static RestoreReport toDraft(
            Source source, DraftFile draft, Path target, long sumsMax, Progress progress)
            throws SnapshotException {
        FileCalls calls = FileCalls.current();
        int result =
                Syscalls.retried(() -> calls.ftruncate(draft.descriptor(), source.byteCount()));
        Syscalls.check(result, "ftruncate to %d bytes".formatted(source.byteCount()), target);
        return new Restore(source, new NewFile(draft), sumsMax).run(progress);
    }

    /// Copies memory into the memory of a guest.
    ///
    /// @param source the memory
    /// @param into as long as it is; whatever it held is overwritten
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException if a sum does not fit; what the memory holds is undefined then
    public static RestoreReport toMemory(Source source, GuestMemory into, Progress progress)
            throws SnapshotException {
        if (into.byteCount() != source.byteCount()) {
            throw new IllegalArgumentException(
                    "the memory has %d bytes, the images %d"
                            .formatted(into.byteCount(), source.byteCount()));
        }
        return new Restore(source, new FilledMemory(into), DEFAULT_SUMS_MAX).run(progress);
    }

    /// Writes over an image, in place: what the source hands over, and nothing else. It is durable
    /// when this returns; if it throws, some of it is written.
    ///
    /// @param source the memory
    /// @param image the file, which nobody else uses
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CONFLICT` if the file has another name or is locked; if a
    ///     sum does not fit, the file has another length, or it cannot be written
    public static RestoreReport over(Source source, Path image, Progress progress)
            throws SnapshotException {
        try (OverwrittenFile file = OverwrittenFile.open(image, source.byteCount())) {
            RestoreReport report = new Restore(source, file, IN_PLACE_SUMS_MAX).run(progress);
            file.sync();
            return report;
        }
    }

    private RestoreReport run(Progress progress) throws SnapshotException {
        long byteCount = source.byteCount();
        long spanBytes = Math.max(source.spanBytes(), block.bytes());
        SpanWork.run(
                byteCount, spanBytes, source.threadCount(), progress, () -> new Lane(spanBytes));
        return new RestoreReport(byteCount, source.bytesRead(), bytesWritten.get(), sums.build());
    }

    /// What one thread needs.
    private final class Lane implements SpanWork.Lane, Sink {
        private final Arena arena = Arena.ofConfined();
        private final Reader reader;
        private final BlockSummer summer;
        private final boolean sumsAreTold;
        private final MemorySegment granule;

        Lane(long spanBytes) {
            try {
                summer = new BlockSummer(block.shift(), arena);
                sumsAreTold = source.tellsSums(block);
                granule = arena.allocate(GRANULE.bytes());
                reader = source.reader(spanBytes, block);
            } catch (Throwable failure) {
                Failures.closeAfter(failure, arena);
                throw failure;
            }
        }

        @Override
        public void accept(long offset, long byteCount) throws SnapshotException {
            reader.read(offset, byteCount, this);
            summer.finish(sums::setBlock);
        }

        @Override
        public void bytes(long imageOffset, MemorySegment bytes) throws SnapshotException {
            if (!sumsAreTold) {
                summer.add(imageOffset, bytes, 0, bytes.byteSize(), sums::setBlock);
            }
            long[] written = new long[1];
            BlockScan.of(bytes, GRANULE)
                    .forEachRun(
                            (state, first, count) -> {
                                long from = GRANULE.bytes(first);
                                long end = Math.min(bytes.byteSize(), GRANULE.bytes(first + count));
                                long at = imageOffset + from;
                                written[0] +=
                                        state == BlockState.ZERO
                                                ? target.zeros(at, end - from)
                                                : write(at, bytes.asSlice(from, end - from));
                            });
            bytesWritten.addAndGet(written[0]);
        }

        private long write(long imageOffset, MemorySegment bytes) throws SnapshotException {
            target.data(imageOffset, bytes);
            return bytes.byteSize();
        }

        @Override
        public void zeros(long imageOffset, long byteCount) throws SnapshotException {
            if (!sumsAreTold) {
                long end = imageOffset + byteCount;
                for (long at = imageOffset; at < end; at += GRANULE.bytes()) {
                    long length = Math.min(GRANULE.bytes(), end - at);
                    summer.add(at, granule, 0, length, sums::setBlock);
                }
            }
            bytesWritten.addAndGet(target.zeros(imageOffset, byteCount));
        }

        @Override
        public void sum(long block, int sum) {
            sums.setBlock(block, sum);
        }

        @Override
        public void close() {
            reader.close();
            arena.close();
        }
    }
}

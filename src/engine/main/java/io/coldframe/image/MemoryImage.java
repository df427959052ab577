package io.coldframe.image;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.FileMapping;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A committed image, read-only, with the sums that say what it holds.
///
/// A *stack* is a list of images, the newest first and a full one last: every page is that of the
/// first one which holds it. Bytes are checked as they are read, block by block; nothing that was
/// not checked is believed.
///
/// **Lifetime.** Owns a descriptor, so the file is the one that was opened, whatever becomes of its
/// name. When it is closed, whatever would read it throws [IllegalStateException].
///
/// **Threads.** Any; [#close()] once, by the owner, when nobody reads any more.
public final class MemoryImage implements AutoCloseable {
    private static final long DEFAULT_SUMS_MAX = WriteOptions.DEFAULT.sumsMax();

    private final FileCalls calls;
    private final ReadFile file;
    private final FileIdentity identity;
    private final ImageSums sums;

    private MemoryImage(FileCalls calls, ReadFile file, FileIdentity identity, ImageSums sums) {
        this.calls = calls;
        this.file = file;
        this.identity = identity;
        this.sums = sums;
    }

    /// {@return the image in a file}
    ///
    /// @param file the file; a final symbolic link is refused
    /// @param sums what it holds
    /// @throws SnapshotException of kind `MISSING` if there is no such file, and `CORRUPT` if its
    ///     length is not that of the image
    public static MemoryImage open(Path file, ImageSums sums) throws SnapshotException {
        return open(FileCalls.current(), file, sums);
    }

    private static MemoryImage open(FileCalls calls, Path file, ImageSums sums)
            throws SnapshotException {
        ReadFile opened = ReadFile.open(calls, file);
        try {
            FileIdentity identity = FileIdentity.of(calls, opened.descriptor(), file);
            opened.requireLength(sums.byteCount(), "image");
            return new MemoryImage(calls, opened, identity, sums);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, opened);
            throw failure;
        }
    }

    /// {@return the sums of what a file really holds in the pages that it should hold}
    ///
    /// @param file the file
    /// @param like which pages it should hold, and what has a sum
    /// @throws SnapshotException if it cannot be read, or has another length
    public static ImageSums sumsOf(Path file, ImageSums like) throws SnapshotException {
        try (MemoryImage image = open(file, like)) {
            return image.sumsFound();
        }
    }

    /// {@return the sums of a full image of which there are none, from what its file holds}
    ///
    /// @param file the file
    /// @param byteCount its length
    /// @param pageSize what is written as one
    /// @param blockSize what has one sum
    /// @param progress hears how far it is, and may cancel
    /// @throws SnapshotException if it cannot be read, or has another length
    public static ImageSums sumsOf(
            Path file, long byteCount, PageSize pageSize, PageSize blockSize, Progress progress)
            throws SnapshotException {
        WrittenPages all = WrittenPages.all(pageSize.pageCount(byteCount));
        ImageSums shape = SumsBuilder.of(byteCount, pageSize, blockSize, all).build();
        try (MemoryImage image = open(file, shape)) {
            return image.sumsFound(progress);
        }
    }

    /// As the other, in blocks as [WriteOptions#DEFAULT] makes them: pages, or larger where there
    /// are many.
    ///
    /// @param file the file
    /// @param byteCount its length
    /// @param pageSize what is written as one
    /// @param progress hears how far it is, and may cancel
    /// @return the sums of a full image
    /// @throws SnapshotException if it cannot be read, or has another length
    public static ImageSums sumsOf(Path file, long byteCount, PageSize pageSize, Progress progress)
            throws SnapshotException {
        PageSize blockSize = SumsBuilder.blockSize(byteCount, pageSize, DEFAULT_SUMS_MAX);
        return sumsOf(file, byteCount, pageSize, blockSize, progress);
    }

    /// {@return the sums of what the file really holds now}
    ///
    /// @throws SnapshotException if it cannot be read
    public ImageSums sumsFound() throws SnapshotException {
        return sumsFound(Progress.NONE);
    }

    private ImageSums sumsFound(Progress progress) throws SnapshotException {
        SumsBuilder found = sums.rebuild();
        new ImageCheck(this, progress).run(found::setBlock);
        return found.build();
    }

    /// {@return what the file should hold}
    public ImageSums sums() {
        return sums;
    }

    /// {@return the file, as it was named when it was opened}
    public Path path() {
        return file.path();
    }

    /// {@return whether the path still leads to the file that is open}
    ///
    /// @throws SnapshotException if that cannot be told
    public boolean isStillNamed() throws SnapshotException {
        return FileIdentity.named(calls, path()).equals(Optional.of(identity));
    }

    /// Reads all that the image holds, and compares every sum.
    ///
    /// @param layout where the image lies in the guest, for the message
    /// @param progress hears how far it is, and may cancel
    /// @throws SnapshotException of kind `CORRUPT` that names the first bad block by file, offset
    ///     and guest page
    public void verify(GuestLayout layout, Progress progress) throws SnapshotException {
        if (layout.byteCount() != sums.byteCount()) {
            throw new IllegalArgumentException(
                    "the layout has %d bytes, the image %d"
                            .formatted(layout.byteCount(), sums.byteCount()));
        }
        new ImageCheck(this, progress).verify(layout);
    }

    /// Copies checked bytes. Where the image holds no page the target stays as it is.
    ///
    /// @param imageOffset where they begin
    /// @param target takes as many as it has room for
    /// @throws IndexOutOfBoundsException if the range is not in the image
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; what the target holds is
    ///     undefined then
    public void copyTo(long imageOffset, MemorySegment target) throws SnapshotException {
        ImageStack.ofAny(List.of(this)).read(imageOffset, target);
    }

    /// {@return the memory of a stack, to read at any offset}
    ///
    /// It borrows the images.
    ///
    /// @param newestFirst the images, the last of them full
    public static PageSource source(List<MemoryImage> newestFirst) {
        return ImageStack.of(newestFirst);
    }

    /// {@return the memory of a full image, mapped so that what is written to it stays in this
    /// process and the file is never changed}
    ///
    /// Nothing is checked by this: see [#verify].
    ///
    /// @param layout where the regions are
    /// @throws SnapshotException of kind `CONFLICT` if the name leads to another file by now
    public GuestMemory map(GuestLayout layout) throws SnapshotException {
        file.requireOpen();
        if (sums.kind() != ImageSums.Kind.FULL) {
            throw new IllegalArgumentException("a diff is not all of the memory: " + path());
        }
        GuestMemory memory = GuestMemory.mapped(path(), layout, FileMapping.PRIVATE);
        try {
            int mapped = memory.descriptor().orElseThrow();
            if (!FileIdentity.of(calls, mapped, path()).equals(identity)) {
                throw new SnapshotException(
                        Kind.CONFLICT, Reason.BUSY, "the file was replaced meanwhile", path());
            }
            return memory;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, memory);
            throw failure;
        }
    }

    /// Writes the memory of a stack into a file of its own: a full image, whose zeros are holes.
    ///
    /// @param newestFirst the images, the last of them full
    /// @param target the name of the file
    /// @param onExisting what to do if there is one
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; nothing is left behind
    public static RestoreReport materialise(
            List<MemoryImage> newestFirst, Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        return Restore.toFile(ImageStack.of(newestFirst), target, onExisting, progress);
    }

    /// As the other, into a file of a directory that is being made.
    ///
    /// @param newestFirst the images, the last of them full
    /// @param directory the directory
    /// @param name of a file that is not there yet
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit
    public static RestoreReport materialise(
            List<MemoryImage> newestFirst,
            AtomicDirectory directory,
            String name,
            Progress progress)
            throws SnapshotException {
        return Restore.toDirectory(ImageStack.of(newestFirst), directory, name, progress);
    }

    /// As the other, as the memory of a pair that is being made.
    ///
    /// @param newestFirst the images, the last of them full
    /// @param pair the pair
    /// @param sumsMax the most sums that the new image may have
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit
    public static RestoreReport materialise(
            List<MemoryImage> newestFirst, AtomicPair pair, long sumsMax, Progress progress)
            throws SnapshotException {
        return Restore.toPair(ImageStack.of(newestFirst), pair, sumsMax, progress);
    }

    /// Copies the memory of a stack into the memory of a guest.
    ///
    /// @param newestFirst the images, the last of them full
    /// @param into as long as they are; whatever it held is overwritten
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; what the memory holds is
    ///     undefined then
    public static RestoreReport load(
            List<MemoryImage> newestFirst, GuestMemory into, Progress progress)
            throws SnapshotException {
        return Restore.toMemory(ImageStack.of(newestFirst), into, progress);
    }

    /// Gives a directory that is being made this image as a file: blocks that both share where the
    /// file system can, and otherwise a copy that keeps the holes. Then the new file is read and
    /// compared with the sums, so this image need not be verified before.
    ///
    /// @param directory the directory
    /// @param name of a file that is not there yet
    /// @param layout where the image lies in the guest, for the message
    /// @param progress hears how far it is, and may cancel
    /// @return how it was done
    /// @throws SnapshotException if not all of it could be copied; of kind `CORRUPT` if a sum does
    ///     not fit, as [#verify] where the fault is this image's
    public CopyMethod copyInto(
            AtomicDirectory directory, String name, GuestLayout layout, Progress progress)
            throws SnapshotException {
        return copyInto(directory.newFile(name), layout, progress);
    }

    /// As the other, as the memory of a pair that is being made.
    ///
    /// @param pair the pair
    /// @param layout where the image lies in the guest, for the message
    /// @param progress hears how far it is, and may cancel
    /// @return how it was done
    /// @throws SnapshotException as the other
    public CopyMethod copyInto(AtomicPair pair, GuestLayout layout, Progress progress)
            throws SnapshotException {
        return copyInto(pair.memory(), layout, progress);
    }

    private CopyMethod copyInto(DraftFile draft, GuestLayout layout, Progress progress)
            throws SnapshotException {
        file.requireOpen();
        // The copy is half of the work, and the reading of it the other.
        long heldBytes = new ImageCheck(this, Progress.NONE).heldBytes();
        long copiedBytes = sums.byteCount();
        CopyMethod method =
                FileCopy.copy(
                        calls,
                        path(),
                        file.descriptor(),
                        draft.descriptor(),
                        draft.path(),
                        (done, total) -> progress.proceed(done, total + heldBytes));
        try (MemoryImage copy = open(calls, draft.path(), sums)) {
            copy.verify(
                    layout,
                    (done, total) -> progress.proceed(copiedBytes + done, copiedBytes + total));
        } catch (SnapshotException bad) {
            if (bad.kind() == Kind.CORRUPT) {
                // Nearly always it was bad before, and then that file is the one to name.
                verify(layout, (_, _) -> progress.proceed(copiedBytes, copiedBytes + heldBytes));
            }
            throw bad;
        }
        return method;
    }

    /// Fills a segment from the file.
    void read(long fileOffset, MemorySegment target) throws SnapshotException {
        file.read(fileOffset, target);
    }

    /// The exception for a block whose bytes are not those that were summed.
    SnapshotException badBlock(long block, int found) {
        return badBlock(block, found, "");
    }

    /// As [#badBlock(long, int)], with where the guest sees it.
    SnapshotException badBlock(long block, int found, String where) {
        return new SnapshotException(
                Kind.CORRUPT,
                Reason.CHECKSUM,
                "block %d at offset %d%s: the CRC-32C is 0x%08x, not 0x%08x"
                        .formatted(
                                block,
                                sums.blockSize().bytes(block),
                                where,
                                found,
                                sums.sum(block)),
                path());
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return "%s: %s".formatted(path(), sums);
    }
}

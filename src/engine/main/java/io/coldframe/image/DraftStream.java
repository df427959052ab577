package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Fills a draft from its beginning to its end, past the page cache where the file system does
/// that: a file that grows takes its blocks as they come, and what is written to be read later need
/// not push out what is read now.
///
/// Long appends, from a [Staging] buffer, are what a device takes fastest.
///
/// **Lifetime.** Borrows the draft; its owner syncs and closes it, after this. Closing this loses
/// nothing that was appended.
///
/// **Threads.** One at a time.
public final class DraftStream implements AutoCloseable {

    private final ImageFile file;
    private final @Nullable DirectDescriptor direct;
    private final String why;
    private long byteCount;
    private long refusedByteCount;

    private DraftStream(ImageFile file, @Nullable DirectDescriptor direct, String why) {
        this.file = file;
        this.direct = direct;
        this.why = why;
    }

    /// {@return a stream into a draft}
    ///
    /// @param draft an empty file
    /// @param wanted how the bytes should get into it; a mapping is no choice, because a stream
    ///     does not know its length
    /// @param unit whole ones are appended, from memory that is aligned to them
    /// @throws SnapshotException if that cannot be tried out on the draft
    public static DraftStream open(DraftFile draft, Output wanted, PageSize unit)
            throws SnapshotException {
        ImageFile file = new ImageFile(draft.calls(), draft, draft.path());
        return switch (wanted) {
            case BUFFERED -> new DraftStream(file, null, "asked for");
            case MAPPED ->
                    new DraftStream(
                            file, null, "not mapped: how long it becomes is known at its end");
            case AUTO, DIRECT -> openDirect(file, wanted, unit);
        };
    }

    private static DraftStream openDirect(ImageFile file, Output wanted, PageSize unit)
            throws SnapshotException {
        if (!unit.isMultipleOf(DirectWriter.ALIGNMENT)) {
            return refuse(
                    file,
                    "units of %s are shorter than the %s that are written past the page cache"
                            .formatted(unit, DirectWriter.ALIGNMENT));
        }
        Optional<DirectDescriptor> opened = DirectDescriptor.open(file);
        if (opened.isEmpty()) {
            return refuse(file, "the file system does not take O_DIRECT");
        }
        DirectDescriptor direct = opened.get();
        try {
            Optional<String> fault = direct.trial();
            if (fault.isPresent()) {
                direct.close();
                return refuse(file, fault.get());
            }
        } catch (Throwable failure) {
            Failures.closeAfter(failure, direct);
            throw failure;
        }
        String why = wanted == Output.AUTO ? "the file system takes O_DIRECT" : "asked for";
        return new DraftStream(file, direct, why);
    }

    private static DraftStream refuse(ImageFile file, String why) {
        return new DraftStream(file, null, "not otherwise: " + why);
    }

    /// Writes after what was written before.
    ///
    /// @param bytes a native segment that cannot fault, whole units
    /// @throws SnapshotException if not all of it could be written
    public void append(MemorySegment bytes) throws SnapshotException {
        DirectDescriptor past = direct;
        // What a device refuses for its alignment goes through the page cache.
        if (past == null || !file.write(past.fd(), bytes, byteCount)) {
            file.writeBuffered(bytes, byteCount);
            refusedByteCount += past == null ? 0 : bytes.byteSize();
        }
        byteCount += bytes.byteSize();
    }

    /// {@return how much was written}
    public long byteCount() {
        return byteCount;
    }

    /// {@return how most bytes got into the file until now: direct or buffered}
    public Output output() {
        return direct == null || refusedByteCount > byteCount / 2 ? Output.BUFFERED : Output.DIRECT;
    }

    /// {@return why that way, in words}
    public String why() {
        return refusedByteCount == 0
                ? why
                : "%s; but the device refuses the alignment of %d of %d bytes"
                        .formatted(why, refusedByteCount, byteCount);
    }

    @Override
    public void close() {
        if (direct != null) {
            direct.close();
        }
    }
}

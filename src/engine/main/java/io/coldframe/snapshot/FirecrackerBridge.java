package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.PageSource;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// Firecracker's memory files into a store, as layers.
final class FirecrackerBridge {

    // Firecracker writes a page at a time.
    private static final PageSize PAGE = PageSize.KIB_4;

    private FirecrackerBridge() {}

    static SnapshotReport importMemory(
            SnapshotStore store, FirecrackerMemory memory, Progress progress)
            throws SnapshotException {
        if (memory.parentReference().isEmpty()) {
            GuestLayout layout = memory.layout().orElseThrow();
            return importOn(store, memory, Optional.empty(), layout, progress);
        }
        Manifest parent = store.manifest(memory.parentReference().get());
        // By the id, because another snapshot may have the name by then.
        Optional<String> id = Optional.of(parent.id().toString());
        return importOn(store, memory, id, parent.memory().layout(), progress);
    }

    private static SnapshotReport importOn(
            SnapshotStore store,
            FirecrackerMemory memory,
            Optional<String> parent,
            GuestLayout layout,
            Progress progress)
            throws SnapshotException {
        try (ReadFile file = ReadFile.open(FileCalls.current(), memory.file())) {
            requireLength(file.byteCount(), layout, file.path());
            if (memory.isFull()) {
                try (LayerSource source = LayerSource.file(memory.file())) {
                    // Another file may have come to the name. It is as good if it is as long.
                    requireLength(source.byteCount(), layout, memory.file());
                    return store.save(request(memory, parent, source, layout, progress));
                }
            }
            return importDiff(store, memory, parent.orElseThrow(), file, progress);
        }
    }

    private static SnapshotReport importDiff(
            SnapshotStore store,
            FirecrackerMemory memory,
            String parent,
            ReadFile file,
            Progress progress)
            throws SnapshotException {
        Manifest.MemoryPart old = store.manifest(parent).memory();
        Optional<String> id = Optional.of(parent);
        try (DirtyBitmap dirty = written(file)) {
            if (old.pageSize().bytes() <= PAGE.bytes()) {
                try (LayerSource source = source(new FilePages(file))) {
                    SnapshotRequest request = request(memory, id, source, old.layout(), progress);
                    return store.save(request.withDirty(dirty));
                }
            }
            // A block of which a page was written is asked for as a whole.
            try (Snapshot below = store.open(parent);
                    DirtyBitmap written = copy(dirty);
                    LayerSource source = source(new DiffPages(file, written, below.source()))) {
                SnapshotRequest request = request(memory, id, source, old.layout(), progress);
                return store.save(request.withDirty(dirty));
            }
        }
    }

    /// Saving empties the one that it gets.
    private static DirtyBitmap copy(DirtyBitmap dirty) {
        DirtyBitmap copy = DirtyBitmap.create(dirty.grid());
        copy.union(dirty);
        return copy;
    }

    private static SnapshotRequest request(
            FirecrackerMemory memory,
            Optional<String> parent,
            LayerSource source,
            GuestLayout layout,
            Progress progress) {
        SnapshotRequest request =
                SnapshotRequest.layer(memory.name(), parent, source, layout, memory.state())
                        .withWriteOptions(WriteOptions.DEFAULT.withProgress(progress));
        for (var label : memory.labels().entrySet()) {
            request = request.withLabel(label.getKey(), label.getValue());
        }
        return request;
    }

    private static LayerSource source(PageSource pages) {
        PageRanges.Builder all = new PageRanges.Builder();
        all.add(0, PAGE.pageCount(pages.byteCount()));
        return LayerSource.of(pages, all.build(), PAGE);
    }

    /// A diff over what it is the diff of: what is a hole is the parent's.
    private record DiffPages(ReadFile file, DirtyBitmap written, PageSource below)
            implements PageSource {

        @Override
        public long byteCount() {
            return file.byteCount();
        }

        @Override
        public void read(long imageOffset, MemorySegment target) throws SnapshotException {
            long end = imageOffset + target.byteSize();
            for (long at = imageOffset; at < end; ) {
                long page = PAGE.page(at);
                boolean isWritten = written.isPageDirty(page);
                long endPage = isWritten ? written.nextClean(page) : written.nextDirty(page);
                long runEnd = Math.min(end, PAGE.bytes(endPage));
                MemorySegment run = target.asSlice(at - imageOffset, runEnd - at);
                if (isWritten) {
                    file.read(at, run);
                } else {
                    below.read(at, run);
                }
                at = runEnd;
            }
        }
    }

    /// The bytes of the file whose holes were told: that of its name may be another one by now, and
    /// the holes of one file say nothing of another.
    private record FilePages(ReadFile file) implements PageSource {

        @Override
        public long byteCount() {
            return file.byteCount();
        }

        @Override
        public void read(long imageOffset, MemorySegment target) throws SnapshotException {
            file.read(imageOffset, target);
        }
    }

    private static void requireLength(long byteCount, GuestLayout layout, Path file)
            throws SnapshotException {
        if (byteCount != layout.byteCount()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.MISMATCH,
                    "%d bytes, and the guest has %d: no memory of this guest, or a part of it"
                            .formatted(byteCount, layout.byteCount()),
                    file);
        }
    }

    /// What is no hole.
    ///
    /// @throws SnapshotException of reason `INCOMPATIBLE` if there is no hole at all
    private static DirtyBitmap written(ReadFile file) throws SnapshotException {
        long byteCount = file.byteCount();
        if (file.nextHole(0) == byteCount) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "no hole in %d bytes: all of a memory, or a diff that has lost its holes"
                                    .formatted(byteCount)
                            + " in a copy, which nobody can tell apart; say that it is full,"
                            + " or bring the diff with its holes",
                    file);
        }
        DirtyBitmap dirty = DirtyBitmap.create(new PageGrid(0, byteCount, PAGE));
        try {
            mark(file, dirty);
            return dirty;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, dirty);
            throw failure;
        }
    }

    private static void mark(ReadFile file, DirtyBitmap dirty) throws SnapshotException {
        long edges = 0;
        for (long at = file.nextData(0); at < file.byteCount(); ) {
            long end = file.nextHole(at);
            dirty.markPages(PAGE.page(at), PAGE.pageCount(end) - PAGE.page(at));
            edges = commonUnit(edges, at);
            edges = end == file.byteCount() ? edges : commonUnit(edges, end);
            at = file.nextData(end);
        }
        requireFine(edges, file.preferredByteCount(), file);
    }

    /// The largest number of bytes of which both are a multiple.
    private static long commonUnit(long one, long other) {
        return other == 0 ? one : commonUnit(other, one % other);
    }

    /// Refuses a file whose holes are not told page by page, as on a tmpfs of huge pages: what lies
    /// beside a written page looks written, and is zero in the file.
    ///
    /// @param edges the unit of which every place is a multiple where data begins or ends; 0 if
    ///     there is none
    /// @param blockBytes the unit of the file system
    static void requireFine(long edges, long blockBytes, Object file) throws SnapshotException {
        if (blockBytes > PAGE.bytes() && edges > 0 && edges % blockBytes == 0) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "the file system keeps blocks of %d bytes, and all data in it begins and ends"
                                    .formatted(blockBytes)
                            + " with one: what lies beside a written page of %s can't be told"
                                    .formatted(PAGE)
                            + " from zeros that were written; let the diff be written where"
                            + " blocks are as small as pages",
                    file);
        }
    }
}

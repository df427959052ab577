package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

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
        requireLength(memory.file(), layout);
        try (LayerSource source = LayerSource.file(memory.file())) {
            SnapshotRequest request =
                    SnapshotRequest.layer(memory.name(), parent, source, layout, memory.state())
                            .withWriteOptions(WriteOptions.DEFAULT.withProgress(progress));
            for (var label : memory.labels().entrySet()) {
                request = request.withLabel(label.getKey(), label.getValue());
            }
            if (memory.isFull()) {
                return store.save(request);
            }
            try (DirtyBitmap dirty = written(memory.file())) {
                return store.save(request.withDirty(dirty));
            }
        }
    }

    private static void requireLength(Path file, GuestLayout layout) throws SnapshotException {
        try (ReadFile opened = ReadFile.open(FileCalls.current(), file)) {
            if (opened.byteCount() != layout.byteCount()) {
                throw new SnapshotException(
                        Kind.UNSUPPORTED,
                        Reason.MISMATCH,
                        "%d bytes, and the guest has %d: no memory of this guest, or a part of it"
                                .formatted(opened.byteCount(), layout.byteCount()),
                        file);
            }
        }
    }

    /// What is no hole.
    ///
    /// @throws SnapshotException of reason `INCOMPATIBLE` if there is no hole at all
    private static DirtyBitmap written(Path file) throws SnapshotException {
        try (ReadFile opened = ReadFile.open(FileCalls.current(), file)) {
            long byteCount = opened.byteCount();
            if (opened.nextHole(0) == byteCount) {
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
                mark(opened, dirty);
                return dirty;
            } catch (Throwable failure) {
                Failures.closeAfter(failure, dirty);
                throw failure;
            }
        }
    }

    private static void mark(ReadFile file, DirtyBitmap dirty) throws SnapshotException {
        for (long at = file.nextData(0); at < file.byteCount(); ) {
            long end = file.nextHole(at);
            dirty.markPages(PAGE.page(at), PAGE.pageCount(end) - PAGE.page(at));
            at = file.nextData(end);
        }
    }
}

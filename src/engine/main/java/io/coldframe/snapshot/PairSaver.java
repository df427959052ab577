package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.image.ImageSums;
import io.coldframe.image.MemoryWriter;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;
import io.coldframe.state.MachineState;

import java.nio.file.Path;
import java.util.Optional;

/// Saves one pair.
///
/// **Threads.** One.
final class PairSaver {
    private final SaveRequest request;
    private final Path statePath;

    private PairSaver(SaveRequest request) {
        this.request = request;
        this.statePath = request.paths().state();
    }

    static SaveReport save(SaveRequest request) throws SnapshotException {
        PairSaver saver = new PairSaver(request);
        saver.requireFitting();
        saver.requireRestorable();
        return saver.write();
    }

    /// The lengths agree, and a diff has what it needs.
    private void requireFitting() {
        long byteCount = request.memory().byteCount();
        long stated = request.state().vmInfo().memoryByteCount();
        if (stated != byteCount) {
            throw new IllegalArgumentException(
                    "the state is of a machine with %d bytes of memory, the memory has %d: %s"
                            .formatted(stated, byteCount, statePath));
        }
        if (request.isDiff() && request.dirty().isEmpty()) {
            throw new IllegalArgumentException(
                    "a diff needs a bitmap of the pages that were written: " + statePath);
        }
        if (!request.isDiff() && request.base().isPresent()) {
            throw new IllegalArgumentException("only a diff lies on another memory: " + statePath);
        }
        if (request.dirty().isPresent()) {
            requireFitting(request.dirty().get(), byteCount);
        }
    }

    private void requireFitting(DirtyBitmap dirty, long byteCount) {
        if (dirty.grid().byteCount() != byteCount) {
            throw new IllegalArgumentException(
                    "the bitmap covers %d bytes, the memory has %d: %s"
                            .formatted(dirty.grid().byteCount(), byteCount, statePath));
        }
        if (!dirty.grid().pageSize().isMultipleOf(request.pageSize())) {
            throw new IllegalArgumentException(
                    "a page of the bitmap, %s, is not made of pages of the file, %s: %s"
                            .formatted(dirty.grid().pageSize(), request.pageSize(), statePath));
        }
    }

    private void requireRestorable() throws SnapshotException {
        MachineState state = request.state();
        if (request.isDiff()) {
            state.checkTracksDirtyPages(statePath);
        }
        state.checkCompatible(statePath);
    }

    private SaveReport write() throws SnapshotException {
        long byteCount = request.memory().byteCount();
        PageSize pageSize = request.pageSize();
        // Known before a file is made.
        long sumsMax =
                PairDraft.sumsMax(
                        request.state(), byteCount, pageSize, request.isDiff(), statePath);
        WriteOptions options = request.options();
        options = options.withSumsMax(Math.min(options.sumsMax(), sumsMax));
        try (PairDraft draft =
                        PairDraft.create(request.paths(), request.state(), request.onExisting());
                MemoryWriter writer =
                        MemoryWriter.in(draft.files(), byteCount, pageSize, options)) {
            writeMemory(writer);
            writer.commit();
            ImageSums sums = writer.sums();
            long stateBytes = draft.commit(sums, request.base());
            return new SaveReport(
                    request.isDiff(),
                    sums.writtenPages(),
                    sums.digest(),
                    stateBytes,
                    writer.report());
        }
    }

    private void writeMemory(MemoryWriter writer) throws SnapshotException {
        Optional<DirtyBitmap> dirty = request.dirty();
        if (request.isDiff()) {
            writer.writeDiff(request.memory(), dirty.orElseThrow());
        } else if (dirty.isPresent()) {
            writer.writeFull(request.memory(), dirty.get());
        } else {
            writer.writeFull(request.memory());
        }
    }
}

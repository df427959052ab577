package io.coldframe.image;

import io.coldframe.SnapshotException;

/// A draft that an image is written to, and who commits it.
///
/// **Threads.** One at a time.
final class ImageDraft implements AutoCloseable {

    @FunctionalInterface
    private interface Step {
        void run() throws SnapshotException;
    }

    private final DraftFile file;
    private final boolean isOwned;
    private final Step commit;
    private final Runnable close;

    private ImageDraft(DraftFile file, boolean isOwned, Step commit, Runnable close) {
        this.file = file;
        this.isOwned = isOwned;
        this.commit = commit;
        this.close = close;
    }

    /// A file of its own.
    static ImageDraft of(AtomicFile file) {
        return new ImageDraft(file.draft(), true, file::commit, file::close);
    }

    /// A file of a directory, which is committed with that.
    static ImageDraft of(AtomicDirectory directory, String name) throws SnapshotException {
        DraftFile file = directory.newFile(name);
        return new ImageDraft(file, false, file::sync, () -> {});
    }

    /// The memory of a pair, which syncs and commits it.
    static ImageDraft of(AtomicPair pair) {
        return new ImageDraft(pair.memory(), false, () -> {}, () -> {});
    }

    DraftFile file() {
        return file;
    }

    /// Whether committing it is all.
    boolean isOwned() {
        return isOwned;
    }

    void commit() throws SnapshotException {
        commit.run();
    }

    @Override
    public void close() {
        close.run();
    }
}

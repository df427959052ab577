package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.bindings.Abi;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file that appears whole or not at all, also after a power cut.
///
/// The bytes go to a draft beside the target, which nobody else can have opened: a new file with a
/// random name, 0600, locked. The order of [#commit()] is the contract: fsync of the draft, rename,
/// fsync of the directory. Without the last the rename itself may be lost.
///
/// **Lifetime.** Closing without a commit, and any failure, removes the draft and leaves the target
/// as it was. A process that dies leaves the draft; it is removed by the next one that writes in
/// the same directory.
///
/// **Threads.** One at a time. Of several writers to one target the first to create wins; the
/// others get a [SnapshotException] of kind `CONFLICT`.
public final class AtomicFile implements AutoCloseable {
    private final CommitTarget target;
    private final DraftFile draft;
    private boolean sealed;
    private boolean done;

    private AtomicFile(CommitTarget target, DraftFile draft) {
        this.target = target;
        this.draft = draft;
    }

    /// Begins a file.
    ///
    /// @param target its name, in a directory that is there; a link there is never followed
    /// @param onExisting what to do if there is a file of this name
    /// @return the file to write to
    /// @throws SnapshotException of kind `CONFLICT` if the target is there and may not be replaced,
    ///     or another writer is at it; `MISSING` if the directory is not there
    public static AtomicFile create(Path target, OnExisting onExisting) throws SnapshotException {
        CommitTarget place = CommitTarget.file(target, onExisting);
        try (var _ = place.parent().lock()) {
            place.prepare();
            return new AtomicFile(place, newDraft(place));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, place);
            throw failure;
        }
    }

    private static DraftFile newDraft(CommitTarget place) throws SnapshotException {
        FileCalls calls = place.calls();
        Path path = place.newDraft();
        DraftFile draft = DraftFile.create(calls, path);
        try {
            int fd = draft.descriptor();
            int result = Syscalls.retried(() -> calls.flock(fd, Abi.LOCK_EX | Abi.LOCK_NB));
            Syscalls.check(result, "flock", path);
        } catch (Throwable failure) {
            place.discard(path, draft.identity());
            draft.close();
            throw failure;
        }
        return draft;
    }

    /// {@return the absolute path of the file to be}
    public Path target() {
        return target.path();
    }

    /// Writes after what was written before.
    ///
    /// @param bytes a native segment
    /// @throws SnapshotException if not all of it could be written; the draft is gone
    public void write(MemorySegment bytes) throws SnapshotException {
        orDiscard(() -> draft.append(bytes));
    }

    /// Writes after what was written before.
    ///
    /// @param bytes on the heap, so not for guest memory
    /// @throws SnapshotException if not all of it could be written; the draft is gone
    public void write(byte[] bytes) throws SnapshotException {
        orDiscard(() -> draft.append(bytes));
    }

    /// Makes the file durable and gives it its name. When this returns it is there after a power
    /// cut, too. When it throws, the target is what it was, and the draft is gone.
    ///
    /// There is one exception: on a file system that cannot exchange two files, what is replaced is
    /// gone with the rename. If the directory cannot be synced then, this throws, and the target is
    /// the new file, whole, of which nobody knows whether it outlives a power cut.
    ///
    /// @throws SnapshotException of kind `CONFLICT` if something came to the target meanwhile
    public void commit() throws SnapshotException {
        if (!sealed) {
            seal();
        }
        orDiscard(
                () -> {
                    CommitTarget.Placed placed;
                    try (var _ = target.parent().lock()) {
                        requireOurs();
                        placed = target.place(draft.path());
                    }
                    finish(placed);
                });
    }

    /// What is left to do when the file has its name. No failure of it matters any more.
    void finish(CommitTarget.Placed placed) {
        done = true;
        switch (placed) {
            case EXCHANGED -> target.discardReplaced(draft.path());
            case LINKED -> target.discard(draft.path(), draft.identity());
            case NEW, OVERWRITTEN -> {}
        }
        draft.close();
        target.close();
    }

    /// Makes the draft durable. Nothing is written after this, and there is no second time.
    void seal() throws SnapshotException {
        orDiscard(
                () -> {
                    if (sealed) {
                        throw new IllegalStateException("sealed already: " + target.path());
                    }
                    draft.sync();
                    sealed = true;
                });
    }

    /// Refuses if the draft's name does not lead to the draft any more.
    void requireOurs() throws SnapshotException {
        target.requireOurs(draft.path(), draft.identity());
    }

    CommitTarget place() {
        return target;
    }

    /// The draft, for whoever writes it by offset. It is closed by this object alone.
    DraftFile draft() {
        return draft;
    }

    private void orDiscard(CommitCheck step) throws SnapshotException {
        if (done) {
            throw new IllegalStateException("committed or closed: " + target.path());
        }
        try {
            step.run();
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            target.discard(draft.path(), draft.identity());
            draft.close();
            target.close();
        }
    }
}

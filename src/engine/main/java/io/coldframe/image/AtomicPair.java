package io.coldframe.image;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Two files, machine state and memory, that change together, also after a power cut.
///
/// Two files cannot be renamed at once. The state is the commit point, and it names its memory by a
/// digest. Memory that is replaced is kept beside the new one, under the name of [#kept], until the
/// state has its name. Who loads takes the memory that the state names:
///
/// 1. read the state, which names digest D;
/// 2. if there is a file `kept(D)`, that is the memory; otherwise open the memory file;
/// 3. look for `kept(D)` again: if it is there now, it is the memory;
/// 4. if the state file is another one by now, or the name of the memory leads to another file than
///    the one that is open, start over.
///
/// **Lifetime.** Closing without a commit, and any failure, removes the drafts and leaves the pair
/// as it was. The drafts of a process that dies are removed by the next one that writes in the same
/// directory, and kept memory by the next commit of the same pair: until then it may be what the
/// state names.
///
/// **Threads.** One at a time. Of several writers to one pair the first to create wins; the others
/// get a [SnapshotException] of kind `CONFLICT`.
public final class AtomicPair implements AutoCloseable {
    private final AtomicFile state;
    private final AtomicFile memory;
    private final List<Attachment> attachments = new ArrayList<>();
    private boolean done;

    private AtomicPair(AtomicFile state, AtomicFile memory) {
        this.state = state;
        this.memory = memory;
    }

    /// Begins a pair.
    ///
    /// @param state the name of the state, in a directory that is there
    /// @param memory the name of the memory, in the same directory
    /// @param onExisting what to do if there is one or the other
    /// @return the pair to write to
    /// @throws SnapshotException of kind `CONFLICT` if a target is there and may not be replaced,
    ///     or another writer is at it; `MISSING` if the directory is not there
    public static AtomicPair create(Path state, Path memory, OnExisting onExisting)
            throws SnapshotException {
        Path stateDirectory = state.toAbsolutePath().getParent();
        Path memoryDirectory = memory.toAbsolutePath().getParent();
        if (!Objects.equals(stateDirectory, memoryDirectory) || state.equals(memory)) {
            throw new IllegalArgumentException(
                    "not two names in one directory: " + state + " and " + memory);
        }
        AtomicFile stateFile = AtomicFile.create(state, onExisting);
        try {
            return new AtomicPair(stateFile, memoryFile(memory, onExisting));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, stateFile);
            throw failure;
        }
    }

    private static AtomicFile memoryFile(Path memory, OnExisting onExisting)
            throws SnapshotException {
        try {
            return AtomicFile.create(memory, onExisting);
        } catch (SnapshotException refusal) {
            if (onExisting == OnExisting.REFUSE && refusal.reason() == Reason.EXISTS) {
                throw new SnapshotException(
                        refusal.kind(),
                        refusal.reason(),
                        "exists already, and no state with it: a first save that a crash ended has"
                                + " left it, or it is somebody else's; replace it or remove it",
                        memory.toAbsolutePath(),
                        refusal);
            }
            throw refusal;
        }
    }

    /// {@return where memory of this digest lies while it is being replaced}
    ///
    /// @param memory the name of the memory
    /// @param digest of the memory, as its state names it
    public static Path kept(Path memory, Sha256 digest) {
        Path absolute = memory.toAbsolutePath();
        return absolute.resolveSibling(
                DraftName.of(absolute.getFileName().toString()).kept(digest));
    }

    /// {@return what lies beside the memory under names that [#kept] gives, for whatever digest}
    ///
    /// @param memory the name of the memory
    /// @throws SnapshotException if its directory cannot be read
    public static List<Path> keptFiles(Path memory) throws SnapshotException {
        Path absolute = memory.toAbsolutePath();
        DraftName name = DraftName.of(absolute.getFileName().toString());
        return Drafts.list(absolute.resolveSibling("")).stream()
                .filter(entry -> name.isKept(entry.getFileName().toString()))
                .toList();
    }

    /// The name of the memory to be.
    Path memoryTarget() {
        return memory.target();
    }

    /// {@return the draft of the memory, to be written piece by piece; this object syncs and closes
    /// it}
    public DraftFile memory() {
        return memory.draft();
    }

    /// Lets something learn what becomes of the drafts.
    void attach(Attachment attachment) {
        requireOpen();
        attachments.add(attachment);
    }

    /// Makes both files durable and gives them their names. When this returns they are there after
    /// a power cut, too. When it throws, the pair is what it was, and the drafts are gone; but see
    /// [AtomicFile#commit] for a file system that cannot exchange two files. There a new memory
    /// that has replaced another stays, and the other is kept for the state that names it.
    ///
    /// @param stateBytes the state, which names the new memory
    /// @param replacedMemory the digest of the memory that the state which is there now names;
    ///     empty if there is none. Read it after [#create]: before that, another writer may still
    ///     replace it
    /// @throws SnapshotException of kind `CONFLICT` if something came to the targets meanwhile
    public void commit(byte[] stateBytes, Optional<Sha256> replacedMemory)
            throws SnapshotException {
        commit(() -> state.write(stateBytes), replacedMemory);
    }

    /// As [#commit(byte\[\], Optional)], for a state that lies outside the heap.
    ///
    /// @param stateBytes the state, a native segment
    /// @param replacedMemory as there
    /// @throws SnapshotException as there
    public void commit(MemorySegment stateBytes, Optional<Sha256> replacedMemory)
            throws SnapshotException {
        commit(() -> state.write(stateBytes), replacedMemory);
    }

    private void commit(CommitCheck writeState, Optional<Sha256> replacedMemory)
            throws SnapshotException {
        requireOpen();
        try {
            for (Attachment attachment : attachments) {
                attachment.seal();
            }
            memory.seal();
            writeState.run();
            state.seal();
            placeBoth(replacedMemory);
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private void placeBoth(Optional<Sha256> replacedMemory) throws SnapshotException {
        CommitTarget.Placed placedMemory;
        CommitTarget.Placed placedState;
        try (var _ = state.place().parent().lock()) {
            state.requireOurs();
            memory.requireOurs();
            state.place().requireReplaceable();
            boolean replaces = memory.place().requireReplaceable();
            Optional<Path> kept =
                    replaces && replacedMemory.isPresent()
                            ? keep(kept(memory.target(), replacedMemory.get()))
                            : Optional.empty();
            try {
                placedMemory = memory.place().place(memory.draft().path());
                placedState = placeState(placedMemory);
            } catch (Throwable failure) {
                Failures.closeAfter(failure, () -> forget(kept));
                throw failure;
            }
            done = true;
            forgetKept();
        }
        attachments.forEach(Attachment::committed);
        memory.finish(placedMemory);
        state.finish(placedState);
    }

    /// Keeps the memory that is about to be replaced.
    ///
    /// @return the name under which it is kept now; empty if it had been kept before, by a commit
    ///     that a crash ended
    private Optional<Path> keep(Path kept) throws SnapshotException {
        FileCalls calls = memory.place().calls();
        int result = calls.link(memory.target(), kept);
        if (result == -Errno.EEXIST) {
            return Optional.empty();
        }
        Syscalls.check(result, "link from " + kept, memory.target());
        int synced = memory.place().parent().sync();
        if (synced != 0) {
            calls.unlink(kept);
            throw Syscalls.failure(synced, "fsync of the directory", kept);
        }
        return Optional.of(kept);
    }

    /// Removes the name that a commit which failed has given to the old memory, if that has its own
    /// name again.
    private void forget(Optional<Path> kept) throws SnapshotException {
        FileCalls calls = memory.place().calls();
        if (kept.isPresent()
                && !memory.place().isInDoubt()
                && FileIdentity.named(calls, kept.get())
                        .equals(FileIdentity.named(calls, memory.target()))) {
            calls.unlink(kept.get());
        }
    }

    private CommitTarget.Placed placeState(CommitTarget.Placed placedMemory)
            throws SnapshotException {
        try {
            return state.place().place(state.draft().path());
        } catch (Throwable failure) {
            // If nobody knows which state a power cut brings back, the new memory stays for the one
            // and the kept memory for the other.
            if (!state.place().isInDoubt()) {
                Path draft = memory.draft().path();
                Failures.closeAfter(failure, () -> memory.place().undo(draft, placedMemory));
            }
            throw failure;
        }
    }

    // Whatever is kept belongs to a state that is gone.
    private void forgetKept() {
        try {
            memory.place().kept().forEach(memory.place().calls()::unlink);
        } catch (SnapshotException left) {
            // It is found and removed after the next commit.
            assert !left.getMessage().isEmpty();
        }
    }

    private void requireOpen() {
        if (done) {
            throw new IllegalStateException("committed or closed: " + state.target());
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            memory.close();
            state.close();
            attachments.forEach(Attachment::abandoned);
        }
    }
}

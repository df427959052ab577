package io.coldframe.image;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A directory of files that appears whole or not at all, also after a power cut.
///
/// Its files are written into a draft beside the target, which nobody else uses: a new directory
/// with a random name, 0700, locked. The order of [#commit()] is the contract: fsync of every file,
/// fsync of the draft, rename (an exchange, if there is a directory to replace), fsync of the
/// directory that holds both. At every instant a reader of the target sees the old directory or
/// the new one.
///
/// It is flat: a directory that holds anything but files is never replaced or removed.
///
/// **Lifetime.** Closing without a commit, and any failure, removes the draft and leaves the target
/// as it was. A process that dies leaves the draft; it is removed by the next one that writes in
/// the same directory. Nothing else is ever removed but what a commit replaced.
///
/// **Threads.** One at a time. Of several writers to one target the first to create wins; the
/// others get a [SnapshotException] of kind `CONFLICT`.
public final class AtomicDirectory implements AutoCloseable {
    private static final int DIRECTORY_FLAGS =
            Abi.O_RDONLY | Abi.O_DIRECTORY | Abi.O_NOFOLLOW | Abi.O_CLOEXEC;
    private static final int LINKED_FLAGS =
            Abi.O_RDONLY | Abi.O_NOFOLLOW | Abi.O_NONBLOCK | Abi.O_CLOEXEC;

    private final CommitTarget target;
    private final FileCalls calls;
    private final Path draft;
    private final int fd;
    private final FileIdentity identity;
    private final List<DraftFile> files = new ArrayList<>();
    private final List<Linked> linked = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private boolean done;

    /// A file that was there before, held open until it is synced.
    private record Linked(Path path, int fd) {}

    private AtomicDirectory(CommitTarget target, Path draft, int fd, FileIdentity identity) {
        this.target = target;
        this.calls = target.calls();
        this.draft = draft;
        this.fd = fd;
        this.identity = identity;
    }

    /// Begins a directory.
    ///
    /// @param target its name, in a directory that is there; a link there is never followed
    /// @param onExisting what to do if there is a directory of this name
    /// @return the directory to write to
    /// @throws SnapshotException of kind `CONFLICT` if the target is there and may not be replaced,
    ///     or another writer is at it; `MISSING` if the parent is not there
    public static AtomicDirectory create(Path target, OnExisting onExisting)
            throws SnapshotException {
        CommitTarget place = CommitTarget.directory(target, onExisting);
        try (var _ = place.parent().lock()) {
            place.prepare();
            return newDraft(place);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, place);
            throw failure;
        }
    }

    private static AtomicDirectory newDraft(CommitTarget place) throws SnapshotException {
        FileCalls calls = place.calls();
        Path path = place.newDraft();
        Syscalls.check(calls.mkdir(path, 0700), "mkdir", path);
        int fd = Syscalls.retried(() -> calls.open(path, DIRECTORY_FLAGS, 0));
        try {
            Syscalls.check(fd, "open", path);
            int result = Syscalls.retried(() -> calls.flock(fd, Abi.LOCK_EX | Abi.LOCK_NB));
            Syscalls.check(result, "flock", path);
            return new AtomicDirectory(place, path, fd, FileIdentity.of(calls, fd, path));
        } catch (Throwable failure) {
            calls.rmdir(path);
            if (fd >= 0) {
                calls.close(fd);
            }
            throw failure;
        }
    }

    /// Removes drafts whose writers are dead, as everyone who creates one does.
    ///
    /// @param parent the directory that holds the drafts and their targets
    /// @return what was removed
    /// @throws SnapshotException if the directory cannot be read or locked
    public static List<Path> removeAbandoned(Path parent) throws SnapshotException {
        try (ParentDirectory directory =
                        ParentDirectory.open(FileCalls.current(), parent.toAbsolutePath());
                var _ = directory.lock()) {
            return new Drafts(directory).removeAbandoned();
        }
    }

    /// Removes a directory in one step: it is renamed to the name of a draft, durably, and then
    /// removed file by file. Who dies meanwhile leaves a draft without a writer.
    ///
    /// @param directory what to remove, which holds files only
    /// @param check looks a last time before it happens
    /// @throws SnapshotException of kind `MISSING` if it is not there, of kind `CONFLICT` if it is
    ///     none or holds more than files
    public static void remove(Path directory, CommitCheck check) throws SnapshotException {
        try (CommitTarget target = CommitTarget.directory(directory, OnExisting.REPLACE)) {
            Path draft = target.newDraft();
            try (var _ = target.parent().lock()) {
                check.run();
                target.displace(draft);
            }
            target.discardReplaced(draft);
        }
    }

    /// Makes the directories above a target that are not there yet, each durable before the next:
    /// 0700, as drafts are.
    ///
    /// @param target the name of a directory to be
    /// @throws SnapshotException if one of them cannot be made; those above it may be there then
    public static void createParents(Path target) throws SnapshotException {
        Path parent = target.toAbsolutePath().normalize().getParent();
        if (parent != null) {
            createIfMissing(FileCalls.current(), parent);
        }
    }

    private static void createIfMissing(FileCalls calls, Path directory) throws SnapshotException {
        Path parent = directory.getParent();
        if (parent == null || FileIdentity.named(calls, directory).isPresent()) {
            return;
        }
        createIfMissing(calls, parent);
        int result = calls.mkdir(directory, 0700);
        if (result != -Errno.EEXIST) {
            Syscalls.check(result, "mkdir", directory);
        }
        try (ParentDirectory holder = ParentDirectory.open(calls, parent)) {
            Syscalls.check(holder.sync(), "fsync of the directory", parent);
        }
    }

    /// {@return the absolute path of the directory to be}
    public Path target() {
        return target.path();
    }

    /// {@return where it is until then}
    public Path draft() {
        return draft;
    }

    /// Writes a whole file of the directory.
    ///
    /// @param name of a file that is not there yet
    /// @param bytes a native segment
    /// @throws SnapshotException if not all of it could be written; the draft is gone
    public void write(String name, MemorySegment bytes) throws SnapshotException {
        orDiscard(() -> newFile(name).append(bytes));
    }

    /// Writes a whole file of the directory.
    ///
    /// @param name of a file that is not there yet
    /// @param bytes on the heap, so not for guest memory
    /// @throws SnapshotException if not all of it could be written; the draft is gone
    public void write(String name, byte[] bytes) throws SnapshotException {
        orDiscard(() -> newFile(name).append(bytes));
    }

    /// {@return a file of the directory, to be written piece by piece; this object syncs and closes
    /// it}
    ///
    /// @param name of a file that is not there yet
    /// @throws SnapshotException if it cannot be made; the draft stays
    public DraftFile newFile(String name) throws SnapshotException {
        requireOpen();
        DraftFile file = DraftFile.create(calls, inDraft(name));
        files.add(file);
        return file;
    }

    /// Makes a file that is there already part of the directory, without a copy: a second name of
    /// the same file. It is made durable with the rest.
    ///
    /// @param name of a file that is not in the directory yet
    /// @param existing a regular file on the same file system, not a link
    /// @throws SnapshotException of reason `OTHER_FILE_SYSTEM` if it is on another; the draft is
    ///     gone
    public void link(String name, Path existing) throws SnapshotException {
        orDiscard(() -> linkInto(inDraft(name), existing));
    }

    /// Gives the directory a file with the bytes of one that is there: blocks that both share where
    /// the file system can, and otherwise a copy that keeps the holes. Nobody writes to the other
    /// file meanwhile.
    ///
    /// @param name of a file that is not in the directory yet
    /// @param existing a regular file, not a link
    /// @param progress hears of it, and may stop it
    /// @return how it was done
    /// @throws SnapshotException if not all of it could be copied; the draft is gone
    /// @throws java.util.concurrent.CancellationException if the progress says so; the draft is
    ///     gone
    public CopyMethod copy(String name, Path existing, Progress progress) throws SnapshotException {
        requireOpen();
        try {
            DraftFile file = newFile(name);
            return FileCopy.copy(calls, existing, file.descriptor(), file.path(), progress);
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private void linkInto(Path path, Path existing) throws SnapshotException {
        int file = Syscalls.retried(() -> calls.open(existing, LINKED_FLAGS, 0));
        Syscalls.check(file, "open", existing);
        linked.add(new Linked(existing, file));
        FileIdentity found = FileIdentity.of(calls, file, existing);
        if (!found.isRegular()) {
            throw new SnapshotException(
                    Kind.CONFLICT, found.typeText() + " is not a file to link to", existing);
        }
        int result = calls.link(existing, path);
        if (result == -Errno.EXDEV) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.OTHER_FILE_SYSTEM,
                    "cannot be linked to, because it is not on the file system of "
                            + target.path()
                            + ": put both on one, or copy it",
                    existing);
        }
        Syscalls.check(result, "link from " + path, existing);
        target.requireOurs(path, found);
    }

    private Path inDraft(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("not a name in a directory: " + name);
        }
        return draft.resolve(name);
    }

    /// Lets something learn what becomes of the draft.
    void attach(Attachment attachment) {
        requireOpen();
        attachments.add(attachment);
    }

    /// Makes all files durable and gives the directory its name. When this returns it is there
    /// after a power cut, too. When it throws, the target is what it was, and the draft is gone.
    ///
    /// @throws SnapshotException of kind `CONFLICT` if something came to the target meanwhile, of
    ///     kind `UNSUPPORTED` if the file system cannot exchange the directory with the old one
    public void commit() throws SnapshotException {
        commit(CommitCheck.NONE);
    }

    /// As [#commit()], if the check finds no reason not to.
    ///
    /// @param check runs when all is durable, just before the rename
    /// @throws SnapshotException what the check threw, or as [#commit()]
    public void commit(CommitCheck check) throws SnapshotException {
        orDiscard(
                () -> {
                    syncAll();
                    CommitTarget.Placed placed;
                    try (var _ = target.parent().lock()) {
                        check.run();
                        target.requireOurs(draft, identity);
                        placed = target.place(draft);
                    }
                    done = true;
                    finish(placed);
                });
    }

    private void syncAll() throws SnapshotException {
        for (Attachment attachment : attachments) {
            attachment.seal();
        }
        for (DraftFile file : files) {
            if (!file.isSynced()) {
                file.sync();
            }
        }
        for (Linked file : linked) {
            Syscalls.check(calls.fsync(file.fd()), "fsync", file.path());
        }
        Syscalls.check(calls.fsync(fd), "fsync", draft);
    }

    // No failure of this matters to the commit, which has happened.
    private void finish(CommitTarget.Placed placed) {
        attachments.forEach(Attachment::committed);
        if (placed == CommitTarget.Placed.EXCHANGED) {
            target.discardReplaced(draft);
        }
        closeAll();
    }

    private void orDiscard(CommitCheck step) throws SnapshotException {
        requireOpen();
        try {
            step.run();
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private void requireOpen() {
        if (done) {
            throw new IllegalStateException("committed or closed: " + target.path());
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            target.discard(draft, identity);
            closeAll();
            attachments.forEach(Attachment::abandoned);
        }
    }

    private void closeAll() {
        files.forEach(DraftFile::close);
        linked.forEach(file -> calls.close(file.fd()));
        calls.close(fd);
        target.close();
    }
}

package io.coldframe.image;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.FileCalls;
import io.coldframe.os.Syscalls;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The draft of an image, as those who write it see it.
///
/// **Lifetime.** Borrows the draft.
///
/// **Threads.** Any.
final class ImageFile {
    private static final int DIRECT_FLAGS =
            Abi.O_RDWR | Abi.O_DIRECT | Abi.O_NOFOLLOW | Abi.O_CLOEXEC;

    private final FileCalls calls;
    private final DraftFile draft;
    private final Path target;

    ImageFile(FileCalls calls, DraftFile draft, Path target) {
        this.calls = calls;
        this.draft = draft;
        this.target = target;
    }

    FileCalls calls() {
        return calls;
    }

    int descriptor() {
        return draft.descriptor();
    }

    /// Opens the draft once more, past the page cache; empty if the file system does not do that.
    OptionalInt openDirect() throws SnapshotException {
        if (Abi.O_DIRECT <= 0) {
            return OptionalInt.empty();
        }
        int fd = Syscalls.retried(() -> calls.open(draft.path(), DIRECT_FLAGS, 0));
        if (fd == -Errno.EINVAL || fd == -Errno.EOPNOTSUPP) {
            return OptionalInt.empty();
        }
        Syscalls.check(fd, "open(O_DIRECT)", this);
        boolean isSame;
        try {
            isSame = FileIdentity.of(calls, fd, draft.path()).equals(draft.identity());
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
        if (!isSame) {
            calls.close(fd);
            throw new SnapshotException(
                    Kind.CONFLICT, "somebody has put another file in place of the draft", this);
        }
        return OptionalInt.of(fd);
    }

    /// Takes the space, so that nobody can run out of it later. False if the file system cannot.
    boolean allocate(long fileOffset, long byteCount) throws SnapshotException {
        return fallocate(0, "fallocate", fileOffset, byteCount);
    }

    /// Shifts what follows by a hole. False if the file system cannot.
    boolean insertHole(long fileOffset, long byteCount) throws SnapshotException {
        return fallocate(
                Abi.FALLOC_FL_INSERT_RANGE, "fallocate(INSERT_RANGE)", fileOffset, byteCount);
    }

    private boolean fallocate(int flags, String call, long fileOffset, long byteCount)
            throws SnapshotException {
        int result =
                Syscalls.retried(() -> calls.fallocate(descriptor(), flags, fileOffset, byteCount));
        if (result == -Errno.EOPNOTSUPP || result == -Errno.ENOSYS || result == -Errno.EINVAL) {
            return false;
        }
        requireDone(result, call, byteCount, fileOffset);
        return true;
    }

    /// As [Syscalls#check], and makes the words only where they are needed.
    private void requireDone(long result, String call, long byteCount, long fileOffset)
            throws SnapshotException {
        if (result < 0) {
            throw Syscalls.failure(result, call(call, byteCount, fileOffset), this);
        }
    }

    private static String call(String call, long byteCount, long fileOffset) {
        return "%s of %d bytes at offset %d".formatted(call, byteCount, fileOffset);
    }

    void setLength(long byteCount) throws SnapshotException {
        int result = Syscalls.retried(() -> calls.ftruncate(descriptor(), byteCount));
        Syscalls.check(result, "ftruncate to %d bytes".formatted(byteCount), this);
    }

    /// Writes bytes of the guest from where they lie, all of them.
    ///
    /// @param fd the draft, through the page cache or past it
    /// @return false if the kernel refuses the alignment, and nothing more was written then
    boolean write(
            int fd, MemorySegment source, long fileOffset, GuestMemory memory, long imageOffset)
            throws SnapshotException {
        return write(
                fd,
                source,
                fileOffset,
                // The memory of a file that was cut: this says it better than the number.
                done -> memory.ensurePresent(imageOffset + done, source.byteSize() - done));
    }

    /// Writes bytes of our own, all of them; otherwise likewise.
    boolean write(int fd, MemorySegment source, long fileOffset) throws SnapshotException {
        return write(fd, source, fileOffset, done -> {});
    }

    /// Says why the memory could not be read.
    @FunctionalInterface
    private interface FaultReport {
        void explain(long doneBytes) throws SnapshotException;
    }

    private boolean write(int fd, MemorySegment source, long fileOffset, FaultReport onFault)
            throws SnapshotException {
        long done = 0;
        while (done < source.byteSize()) {
            long result = calls.pwrite(fd, source.asSlice(done), fileOffset + done);
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result == -Errno.EINVAL) {
                return false;
            }
            if (result == -Errno.EFAULT) {
                onFault.explain(done);
            }
            done += requireProgress(result, source.byteSize() - done, fileOffset + done);
        }
        return true;
    }

    /// As [#write], where there is no alignment to refuse.
    void writeBuffered(MemorySegment source, long fileOffset, GuestMemory memory, long imageOffset)
            throws SnapshotException {
        if (!write(descriptor(), source, fileOffset, memory, imageOffset)) {
            requireDone(-Errno.EINVAL, "pwrite", source.byteSize(), fileOffset);
        }
    }

    /// As [#write], where there is no alignment to refuse.
    void writeBuffered(MemorySegment source, long fileOffset) throws SnapshotException {
        if (!write(descriptor(), source, fileOffset)) {
            requireDone(-Errno.EINVAL, "pwrite", source.byteSize(), fileOffset);
        }
    }

    /// The count of a write, which is not zero: the kernel promises progress or a reason, and a
    /// loop would wait for neither.
    private long requireProgress(long result, long byteCount, long fileOffset)
            throws SnapshotException {
        requireDone(result, "pwrite", byteCount, fileOffset);
        if (result == 0) {
            throw new SnapshotException(
                    Kind.SYSCALL, call("pwrite", byteCount, fileOffset) + " wrote nothing", this);
        }
        return result;
    }

    @Override
    public String toString() {
        return target.toString();
    }
}

package io.coldframe.os;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;

import java.lang.foreign.MemorySegment;

/// Reads and writes all of what was asked for, however often the kernel does only some of it.
///
/// **Threads.** Any.
public final class Transfers {

    private Transfers() {}

    /// Refuses a file of another length.
    ///
    /// @param found the length that it has
    /// @param byteCount the length that it must have
    /// @param owner what has that length, for the message
    /// @param resource the file, for messages
    /// @throws SnapshotException of kind `CORRUPT` if it has another one
    public static void requireLength(long found, long byteCount, String owner, Object resource)
            throws SnapshotException {
        if (found != byteCount) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    found < byteCount ? Reason.TOO_SHORT : Reason.TOO_LARGE,
                    "the file has %d bytes, its %s %d".formatted(found, owner, byteCount),
                    resource);
        }
    }

    /// Fills a segment from a file.
    ///
    /// @param calls the way to the file
    /// @param fd an open descriptor of it
    /// @param target a native segment
    /// @param fileOffset where the bytes begin
    /// @param resource the file, for messages
    /// @throws SnapshotException of kind `CORRUPT` if the file ends before
    public static void readFully(
            FileCalls calls, int fd, MemorySegment target, long fileOffset, Object resource)
            throws SnapshotException {
        long done = 0;
        while (done < target.byteSize()) {
            long result = calls.pread(fd, rest(target, done), fileOffset + done);
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result <= 0) {
                throw failedRead(result, target.byteSize() - done, fileOffset + done, resource);
            }
            done += result;
        }
    }

    private static SnapshotException failedRead(
            long result, long byteCount, long fileOffset, Object resource) {
        String call = "pread of %d bytes at offset %d".formatted(byteCount, fileOffset);
        if (result < 0) {
            return Syscalls.failure(result, call, resource);
        }
        return new SnapshotException(
                Kind.CORRUPT,
                Reason.TOO_SHORT,
                call + " found the end of the file: it was cut",
                resource);
    }

    /// Writes all bytes of a segment into a file.
    ///
    /// @param calls the way to the file
    /// @param fd an open descriptor of it
    /// @param source a native segment
    /// @param fileOffset where the bytes go
    /// @param resource the file, for messages
    /// @throws SnapshotException if the kernel refuses some of it
    public static void writeFully(
            FileCalls calls, int fd, MemorySegment source, long fileOffset, Object resource)
            throws SnapshotException {
        long done = 0;
        while (done < source.byteSize()) {
            long offset = fileOffset + done;
            long result = calls.pwrite(fd, rest(source, done), offset);
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result < 0) {
                throw Syscalls.failure(result, "pwrite", resource + " at offset " + offset);
            }
            if (result == 0) {
                // The kernel promises progress or a reason; a loop would wait for neither.
                throw new SnapshotException(
                        Kind.SYSCALL, "pwrite wrote nothing", resource + " at offset " + offset);
            }
            done += result;
        }
    }

    private static MemorySegment rest(MemorySegment segment, long done) {
        return done == 0 ? segment : segment.asSlice(done);
    }
}

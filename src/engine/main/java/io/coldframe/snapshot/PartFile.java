package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/// Reading the small files of a store: never through a symbolic link, never more than was agreed.
final class PartFile {

    // What one read call takes at a time: the JDK copies each piece through a buffer of its own.
    private static final int PIECE_BYTES = 1 << 20;

    private PartFile() {}

    /// Opens a regular file to read.
    ///
    /// @throws SnapshotException of kind `MISSING` if it is not there, `CORRUPT` if it is no file
    static FileChannel open(Path path) throws SnapshotException {
        // The opening of a pipe would wait for its other end.
        requireRegular(path);
        try {
            return FileChannel.open(
                    path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException failure) {
            throw failure(path, failure);
        }
    }

    /// Refuses what is no file, a symbolic link among it; what is one has these attributes.
    ///
    /// @throws SnapshotException of kind `MISSING` if it is not there, `CORRUPT` if it is no file
    static BasicFileAttributes requireRegular(Path path) throws SnapshotException {
        BasicFileAttributes attributes;
        try {
            attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failure) {
            throw failure(path, failure);
        }
        if (!attributes.isRegularFile()) {
            throw new SnapshotException(Kind.CORRUPT, Reason.MISMATCH, "not a regular file", path);
        }
        return attributes;
    }

    /// All bytes of a file.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if there are more than `byteCountMax`
    static byte[] read(Path path, int byteCountMax) throws SnapshotException {
        try (FileChannel channel = open(path)) {
            long byteCount = channel.size();
            if (byteCount > byteCountMax) {
                throw new SnapshotException(
                        Kind.CORRUPT,
                        Reason.TOO_LARGE,
                        byteCount + " bytes, of at most " + byteCountMax,
                        path);
            }
            byte[] bytes = new byte[Math.toIntExact(byteCount)];
            readFully(channel, MemorySegment.ofArray(bytes), path);
            return bytes;
        } catch (SnapshotException failure) {
            throw failure;
        } catch (IOException failure) {
            throw failure(path, failure);
        }
    }

    /// As many bytes as the target has, which are all that the file has.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if the file has another length
    static void readWhole(FileChannel channel, MemorySegment target, Path path)
            throws SnapshotException {
        requireLength(channel, target.byteSize(), path);
        readFully(channel, target, path);
    }

    static void requireLength(FileChannel channel, long byteCount, Path path)
            throws SnapshotException {
        long found;
        try {
            found = channel.size();
        } catch (IOException failure) {
            throw failure(path, failure);
        }
        requireLength(found, byteCount, path);
    }

    static void requireLength(long found, long byteCount, Path path) throws SnapshotException {
        if (found != byteCount) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    found < byteCount ? Reason.TOO_SHORT : Reason.TOO_LARGE,
                    "%d bytes, and the manifest says %d".formatted(found, byteCount),
                    path);
        }
    }

    private static void readFully(FileChannel channel, MemorySegment target, Path path)
            throws SnapshotException {
        try {
            for (long at = 0; at < target.byteSize(); ) {
                long pieceBytes = Math.min(PIECE_BYTES, target.byteSize() - at);
                ByteBuffer piece = target.asSlice(at, pieceBytes).asByteBuffer();
                int readBytes = channel.read(piece, at);
                if (readBytes < 0) {
                    throw new SnapshotException(
                            Kind.CORRUPT,
                            Reason.TOO_SHORT,
                            "cut at byte %d while it was read, of %d"
                                    .formatted(at, target.byteSize()),
                            path);
                }
                at += readBytes;
            }
        } catch (SnapshotException failure) {
            throw failure;
        } catch (IOException failure) {
            throw failure(path, failure);
        }
    }

    static SnapshotException failure(Path path, IOException cause) {
        return cause instanceof NoSuchFileException
                ? new SnapshotException(Kind.MISSING, "not there", path, cause)
                : new SnapshotException(Kind.SYSCALL, "can't be read: " + cause, path, cause);
    }
}

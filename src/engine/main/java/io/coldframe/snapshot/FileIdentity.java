package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// Which file a path names now: two paths name the same file, or one path still does, when these
/// are equal. It means something only while somebody holds the file open, because the number of a
/// removed file is given to the next.
///
/// @param key device and number of the file
record FileIdentity(Object key) {

    /// The file that the path names now, or none.
    static Optional<FileIdentity> of(Path path) throws SnapshotException {
        try {
            return Optional.of(of(Files.readAttributes(path, BasicFileAttributes.class), path));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (SnapshotException failure) {
            throw failure;
        } catch (IOException failure) {
            throw unreadable(path, failure);
        }
    }

    static FileIdentity of(BasicFileAttributes attributes, Path path) throws SnapshotException {
        Object key = attributes.fileKey();
        if (key == null) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED, "the file system gives files no identity", path);
        }
        return new FileIdentity(key);
    }

    static SnapshotException missing(String what, Path path) {
        return new SnapshotException(Kind.MISSING, "there is no " + what, path);
    }

    static SnapshotException unreadable(Path path, Exception cause) {
        return new SnapshotException(
                Kind.SYSCALL, Reason.UNSPECIFIED, "can't be read: " + cause, path, cause);
    }
}

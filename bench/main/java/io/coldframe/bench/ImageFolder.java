package io.coldframe.bench;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the benchmarks of the writers write, and the bare calls that their floors are made of.
final class ImageFolder {
    static final long PIECE_BYTES = 4L << 20;

    private static final int NEW = Abi.O_CREAT | Abi.O_EXCL | Abi.O_RDWR | Abi.O_CLOEXEC;

    private final Path folder;
    private final Path image;

    /// @param name of the folder; empty for that of the benchmarks themselves
    ImageFolder(String name) throws IOException {
        this.folder = newFolder(name, "images");
        this.image = folder.resolve("image");
    }

    /// A new folder.
    ///
    /// @param where it lies; empty for the folder of the benchmarks themselves
    static Path newFolder(String where, String name) throws IOException {
        return Files.createTempDirectory(where.isEmpty() ? own() : Path.of(where), name);
    }

    private static Path own() {
        try {
            var source = ImageFolder.class.getProtectionDomain().getCodeSource();
            Path jar = Path.of(source.getLocation().toURI());
            return jar.resolveSibling(".").normalize();
        } catch (URISyntaxException impossible) {
            throw new AssertionError("the place of a class is a URI", impossible);
        }
    }

    Path image() {
        return image;
    }

    /// Removes the image of the last turn.
    void clear() throws IOException {
        Files.deleteIfExists(image);
        syncFolder();
    }

    /// Removes everything.
    void remove() throws IOException {
        Files.deleteIfExists(image);
        Files.delete(folder);
    }

    /// Makes a new file.
    ///
    /// @param flags beside those that make one
    /// @return its descriptor
    int create(Path path, int flags) {
        return (int) check(Libc.open(path, NEW | flags, 0600), "open");
    }

    /// Writes all of it, in pieces.
    static void write(int fd, MemorySegment bytes, long pieceBytes) {
        for (long at = 0; at < bytes.byteSize(); ) {
            long length = Math.min(pieceBytes, bytes.byteSize() - at);
            at += check(Libc.pwrite(fd, bytes.asSlice(at, length), at), "pwrite");
        }
    }

    /// Makes a file durable and closes it.
    static void syncAndClose(int fd) {
        check(Libc.fsync(fd), "fsync");
        check(Libc.close(fd), "close");
    }

    /// Gives a new file its name, durably.
    void rename(Path from) {
        check(Libc.rename(from, image, Abi.RENAME_NOREPLACE), "rename");
        syncFolder();
    }

    Path draft() {
        return folder.resolve("draft");
    }

    private void syncFolder() {
        int flags = Abi.O_RDONLY | Abi.O_DIRECTORY | Abi.O_CLOEXEC;
        syncAndClose((int) check(Libc.open(folder, flags, 0), "open"));
    }

    static long check(long result, String call) {
        if (result < 0) {
            throw new AssertionError(call + ": " + Errno.text((int) -result));
        }
        return result;
    }
}

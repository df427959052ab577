package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.assertErrno;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Every call on names in directories, against the kernel, with the JDK's view as the judge.
final class LibcNamesTest {
    @TempDir Path folder;

    @Test
    void aSecondNameIsOfTheSameFile() throws IOException {
        Path first = Files.writeString(folder.resolve("first"), "one file");
        Path second = folder.resolve("second");
        assertEquals(0, Libc.link(first, second));
        assertTrue(Files.isSameFile(first, second));
        assertErrno(Errno.EEXIST, Libc.link(first, second));
        assertErrno(Errno.ENOENT, Libc.link(folder.resolve("none"), folder.resolve("third")));
        assertErrno(Errno.EPERM, Libc.link(folder, folder.resolve("third")));
        assertErrno(Errno.EXDEV, Libc.link(Path.of("/proc/version"), folder.resolve("third")));
    }

    @Test
    void aSecondNameOfASymbolicLinkIsThatLink() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path second = folder.resolve("second");
        assertEquals(0, Libc.link(link, second));
        assertTrue(Files.isSymbolicLink(second));
    }

    @Test
    void aDirectoryIsMadeAndRemoved() throws IOException {
        Path made = folder.resolve("made");
        assertEquals(0, Libc.mkdir(made, 0700));
        assertEquals(
                PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(made));
        assertErrno(Errno.EEXIST, Libc.mkdir(made, 0700));
        assertErrno(Errno.ENOENT, Libc.mkdir(folder.resolve("none").resolve("made"), 0700));
        Path file = Files.createFile(made.resolve("file"));
        assertErrno(Errno.ENOTEMPTY, Libc.rmdir(made));
        assertErrno(Errno.ENOTDIR, Libc.rmdir(file));
        assertEquals(0, Libc.unlink(file));
        assertEquals(0, Libc.rmdir(made));
        assertErrno(Errno.ENOENT, Libc.rmdir(made));
    }

    @Test
    void theStatusOfANameIsOfTheNameItself() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "four");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        try (Arena arena = Arena.ofConfined()) {
            FileStatus status = FileStatus.in(arena);
            assertEquals(0, Libc.lstat(file, status));
            assertTrue(status.is(Abi.S_IFREG));
            assertEquals(4, status.byteCount());
            assertEquals(Files.getAttribute(file, "unix:ino"), status.inode());
            assertEquals(0, Libc.lstat(link, status));
            assertTrue(status.is(Abi.S_IFLNK));
            assertEquals(
                    Files.getAttribute(link, "unix:ino", LinkOption.NOFOLLOW_LINKS),
                    status.inode());
            assertErrno(Errno.ENOENT, Libc.lstat(folder.resolve("none"), status));
            assertErrno(Errno.ENOTDIR, Libc.lstat(file.resolve("none"), status));
            String tooLong = "x".repeat(256);
            assertErrno(Errno.ENAMETOOLONG, Libc.lstat(folder.resolve(tooLong), status));
        }
    }
}

package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.assertErrno;
import static io.coldframe.bindings.Calls.ok;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// Every call on files, against the kernel, with the JDK's own view of the file as the judge.
final class LibcTest {
    private static final int READ_WRITE = Abi.O_CREAT | Abi.O_RDWR | Abi.O_CLOEXEC;
    private static final int NOT_OPEN = -1;

    private final Arena arena = Arena.ofConfined();

    @TempDir Path folder;

    @AfterEach
    void endMemory() {
        arena.close();
    }

    @Test
    void aFileIsCreatedWithItsPermissionsAndClosedAtExec() throws IOException {
        Path path = folder.resolve("made");
        int fd = ok(Libc.open(path, READ_WRITE | Abi.O_EXCL, 0600));
        assertEquals(
                PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path));
        assertEquals(Abi.FD_CLOEXEC, Libc.fcntl(fd, Abi.F_GETFD, 0));
        assertEquals(0, Libc.fchmod(fd, 0640));
        assertEquals(
                PosixFilePermissions.fromString("rw-r-----"), Files.getPosixFilePermissions(path));
        close(fd);
    }

    @Test
    void openingSaysWhyNot() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertErrno(Errno.ENOENT, Libc.open(folder.resolve("none"), Abi.O_RDONLY, 0));
        assertErrno(Errno.EEXIST, Libc.open(file, READ_WRITE | Abi.O_EXCL, 0600));
        assertErrno(Errno.EISDIR, Libc.open(folder, Abi.O_RDWR, 0));
        assertErrno(Errno.ENOTDIR, Libc.open(file.resolve("below"), Abi.O_RDONLY, 0));
        assertErrno(Errno.ENOTDIR, Libc.open(file, Abi.O_RDONLY | Abi.O_DIRECTORY, 0));
        assertErrno(Errno.ELOOP, Libc.open(link, Abi.O_RDONLY | Abi.O_NOFOLLOW, 0));
        assertErrno(
                Errno.ENAMETOOLONG, Libc.open(folder.resolve("x".repeat(256)), Abi.O_RDONLY, 0));
    }

    @Test
    void aDirectoryIsOpenedAndMadeDurable() {
        int fd = ok(Libc.open(folder, Abi.O_RDONLY | Abi.O_DIRECTORY | Abi.O_CLOEXEC, 0));
        assertEquals(0, Libc.fsync(fd));
        close(fd);
    }

    @Test
    void aClosedDescriptorIsBadToEveryCall() {
        int fd = scratch();
        close(fd);
        MemorySegment bytes = arena.allocate(8);
        assertErrno(Errno.EBADF, Libc.close(fd));
        assertErrno(Errno.EBADF, Libc.read(fd, bytes));
        assertErrno(Errno.EBADF, Libc.write(fd, bytes));
        assertErrno(Errno.EBADF, Libc.pread(fd, bytes, 0));
        assertErrno(Errno.EBADF, Libc.pwrite(fd, bytes, 0));
        assertErrno(Errno.EBADF, Libc.fsync(fd));
        assertErrno(Errno.EBADF, Libc.fdatasync(fd));
        assertErrno(Errno.EBADF, Libc.ftruncate(fd, 0));
        assertErrno(Errno.EBADF, Libc.fallocate(fd, 0, 0, 1));
        assertErrno(Errno.EBADF, Libc.lseek(fd, 0, Abi.SEEK_SET));
        assertErrno(Errno.EBADF, Libc.fstat(fd, FileStatus.in(arena)));
        assertErrno(Errno.EBADF, Libc.fcntl(fd, Abi.F_GETFL, 0));
        assertErrno(Errno.EBADF, Libc.flock(fd, Abi.LOCK_EX));
        assertErrno(Errno.EBADF, Libc.fchmod(fd, 0600));
        assertErrno(Errno.EBADF, Libc.ioctl(fd, 0, 0));
        assertErrno(Errno.EBADF, Libc.ioctl(fd, 0, bytes));
    }

    @Test
    void bytesAreWhereTheyWereWritten() throws IOException {
        Path path = folder.resolve("bytes");
        int fd = ok(Libc.open(path, READ_WRITE, 0600));
        assertEquals(4, Libc.pwrite(fd, text("tail"), 6));
        assertEquals(3, Libc.write(fd, text("one")));
        assertEquals(3, Libc.write(fd, text("two")));
        assertEquals("onetwotail", Files.readString(path));

        MemorySegment back = arena.allocate(16);
        assertEquals(10, Libc.pread(fd, back, 0), "a short read at the end is a smaller count");
        assertEquals("onetwotail", new String(bytes(back, 10), UTF_8));
        assertEquals(4, Libc.read(fd, back), "the position is behind what was written");
        assertEquals(0, Libc.read(fd, back));
        assertEquals(0, Libc.pread(fd, back, 10));
        close(fd);
    }

    @Test
    void readingAndWritingSayWhyNot() throws IOException {
        int writeOnly = ok(Libc.open(folder.resolve("w"), Abi.O_CREAT | Abi.O_WRONLY, 0600));
        MemorySegment bytes = arena.allocate(8);
        assertErrno(Errno.EBADF, Libc.pread(writeOnly, bytes, 0));
        assertErrno(Errno.EINVAL, Libc.pread(scratch(), bytes, -1));
        close(writeOnly);

        int readOnly = ok(Libc.open(folder.resolve("w"), Abi.O_RDONLY, 0));
        assertErrno(Errno.EBADF, Libc.pwrite(readOnly, bytes, 0));
        close(readOnly);

        int counter = ok(Libc.eventfd(0, Abi.EFD_CLOEXEC));
        assertErrno(Errno.ESPIPE, Libc.pread(counter, bytes, 0));
        assertErrno(Errno.EINVAL, Libc.fsync(counter));
        close(counter);

        int full = ok(Libc.open(Path.of("/dev/full"), Abi.O_WRONLY, 0));
        assertErrno(Errno.ENOSPC, Libc.write(full, bytes));
        close(full);
    }

    @Test
    void theLengthIsSet() throws IOException {
        Path path = folder.resolve("length");
        int fd = ok(Libc.open(path, READ_WRITE, 0600));
        assertEquals(0, Libc.ftruncate(fd, 3L << 32));
        assertEquals(3L << 32, Files.size(path));
        assertEquals(0, Libc.ftruncate(fd, 5));
        assertEquals(5, Files.size(path));
        assertErrno(Errno.EINVAL, Libc.ftruncate(fd, -1));
        assertEquals(0, Libc.fsync(fd));
        assertEquals(0, Libc.fdatasync(fd));
        close(fd);
    }

    @Test
    void spaceIsAllocatedPunchedAndZeroed() {
        int fd = scratch();
        FileStatus status = FileStatus.in(arena);
        long page = NativeMemory.pageByteCount();
        assertEquals(0, Libc.fallocate(fd, Abi.FALLOC_FL_KEEP_SIZE, 0, 4 * page));
        assertEquals(0, Libc.fstat(fd, status));
        assertEquals(0, status.byteCount());
        assertEquals(4 * page, status.allocatedByteCount());

        assertEquals(0, Libc.fallocate(fd, 0, 0, 4 * page));
        MemorySegment ones = arena.allocate(4 * page).fill((byte) 1);
        assertEquals(4 * page, Libc.pwrite(fd, ones, 0));
        int punch = Abi.FALLOC_FL_PUNCH_HOLE | Abi.FALLOC_FL_KEEP_SIZE;
        assertEquals(0, Libc.fallocate(fd, punch, page, 2 * page));
        assertEquals(0, Libc.fstat(fd, status));
        assertEquals(4 * page, status.byteCount());
        assertEquals(2 * page, status.allocatedByteCount());
        MemorySegment back = arena.allocate(4 * page);
        assertEquals(4 * page, Libc.pread(fd, back, 0));
        ones.asSlice(page, 2 * page).fill((byte) 0);
        assertEquals(-1, back.mismatch(ones));

        assertErrno(Errno.EOPNOTSUPP, Libc.fallocate(fd, Abi.FALLOC_FL_PUNCH_HOLE, 0, page));
        assertErrno(Errno.EINVAL, Libc.fallocate(fd, 0, 0, 0));
        assertErrno(Errno.EFBIG, Libc.fallocate(fd, 0, Long.MAX_VALUE - 1, page));
        close(fd);
    }

    @Test
    void dataAndHolesAreFound() {
        int fd = scratch();
        long page = NativeMemory.pageByteCount();
        assertEquals(0, Libc.ftruncate(fd, 8 * page));
        assertEquals(1, Libc.pwrite(fd, arena.allocate(1), 5 * page));
        assertEquals(5 * page, Libc.lseek(fd, 0, Abi.SEEK_DATA));
        assertEquals(6 * page, Libc.lseek(fd, 5 * page, Abi.SEEK_HOLE));
        assertEquals(0, Libc.lseek(fd, 0, Abi.SEEK_HOLE));
        assertErrno(Errno.ENXIO, Libc.lseek(fd, 6 * page, Abi.SEEK_DATA));
        assertErrno(Errno.ENXIO, Libc.lseek(fd, 9 * page, Abi.SEEK_HOLE));
        assertEquals(8 * page, Libc.lseek(fd, 0, Abi.SEEK_END));
        assertEquals(8 * page + 4, Libc.lseek(fd, 4, Abi.SEEK_CUR));
        assertErrno(Errno.EINVAL, Libc.lseek(fd, -1, Abi.SEEK_SET));
        close(fd);
    }

    @Test
    void theStatusIsWhatTheJdkSays() throws IOException {
        Path path = folder.resolve("status");
        int fd = ok(Libc.open(path, READ_WRITE, 0640));
        Files.createLink(folder.resolve("second"), path);
        assertEquals(9000, Libc.pwrite(fd, arena.allocate(9000), 0));
        FileStatus status = FileStatus.in(arena);
        assertEquals(0, Libc.fstat(fd, status));
        Map<String, Object> judge = Files.readAttributes(path, "unix:*");
        assertEquals(judge.get("ino"), status.inode());
        assertEquals(judge.get("dev"), status.device());
        assertEquals(judge.get("mode"), status.mode());
        assertEquals(judge.get("uid"), status.userId());
        assertEquals(judge.get("size"), status.byteCount());
        assertEquals(judge.get("nlink"), Math.toIntExact(status.linkCount()));
        assertEquals(2, status.linkCount());
        assertTrue(status.is(Abi.S_IFREG));
        assertTrue(status.preferredByteCount() > 0);
        close(fd);

        int directory = ok(Libc.open(folder, Abi.O_RDONLY, 0));
        assertEquals(0, Libc.fstat(directory, status));
        assertTrue(status.is(Abi.S_IFDIR));
        close(directory);
    }

    @Test
    void flagsOfADescriptorAreReadAndSet() {
        int fd = ok(Libc.eventfd(0, 0));
        assertEquals(0, Libc.fcntl(fd, Abi.F_GETFD, 0));
        assertEquals(0, Libc.fcntl(fd, Abi.F_SETFD, Abi.FD_CLOEXEC));
        assertEquals(Abi.FD_CLOEXEC, Libc.fcntl(fd, Abi.F_GETFD, 0));
        int flags = ok(Libc.fcntl(fd, Abi.F_GETFL, 0));
        assertEquals(0, flags & Abi.O_NONBLOCK);
        assertEquals(0, Libc.fcntl(fd, Abi.F_SETFL, flags | Abi.O_NONBLOCK));
        assertEquals(flags | Abi.O_NONBLOCK, Libc.fcntl(fd, Abi.F_GETFL, 0));
        int second = ok(Libc.fcntl(fd, Abi.F_DUPFD_CLOEXEC, 100));
        assertTrue(second >= 100, () -> "at least 100: " + second);
        assertErrno(Errno.EINVAL, Libc.fcntl(fd, Abi.ABSENT, 0));
        close(second);
        close(fd);
    }

    @Test
    void aSealHolds() {
        int fd = scratch();
        assertEquals(0, Libc.ftruncate(fd, 8192));
        int seals = Abi.F_SEAL_SHRINK | Abi.F_SEAL_GROW;
        assertEquals(0, Libc.fcntl(fd, Abi.F_ADD_SEALS, seals));
        assertEquals(seals, Libc.fcntl(fd, Abi.F_GET_SEALS, 0));
        assertErrno(Errno.EPERM, Libc.ftruncate(fd, 4096));
        assertErrno(Errno.EPERM, Libc.ftruncate(fd, 16384));
        assertEquals(0, Libc.ftruncate(fd, 8192));
        assertEquals(0, Libc.fcntl(fd, Abi.F_ADD_SEALS, Abi.F_SEAL_WRITE));
        assertErrno(Errno.EPERM, Libc.pwrite(fd, arena.allocate(1), 0));
        assertEquals(0, Libc.fcntl(fd, Abi.F_ADD_SEALS, Abi.F_SEAL_SEAL));
        assertErrno(Errno.EPERM, Libc.fcntl(fd, Abi.F_ADD_SEALS, Abi.F_SEAL_FUTURE_WRITE));
        close(fd);

        int unsealable = ok(NativeMemory.memfdCreate("unsealable", Abi.MFD_CLOEXEC));
        assertErrno(Errno.EPERM, Libc.fcntl(unsealable, Abi.F_ADD_SEALS, Abi.F_SEAL_GROW));
        close(unsealable);
    }

    @Test
    void aLockKeepsOtherOpeningsOut() {
        Path path = folder.resolve("lock");
        int holder = ok(Libc.open(path, READ_WRITE, 0600));
        int other = ok(Libc.open(path, READ_WRITE, 0600));
        assertEquals(0, Libc.flock(holder, Abi.LOCK_EX | Abi.LOCK_NB));
        assertErrno(Errno.EAGAIN, Libc.flock(other, Abi.LOCK_SH | Abi.LOCK_NB));
        assertEquals(0, Libc.flock(holder, Abi.LOCK_SH));
        assertEquals(0, Libc.flock(other, Abi.LOCK_SH | Abi.LOCK_NB));
        assertEquals(0, Libc.flock(other, Abi.LOCK_UN));
        close(holder);
        assertEquals(0, Libc.flock(other, Abi.LOCK_EX | Abi.LOCK_NB));
        assertErrno(Errno.EINVAL, Libc.flock(other, 0));
        close(other);
    }

    @Test
    void aRenameReplacesExchangesOrRefuses() throws IOException {
        Path a = Files.writeString(folder.resolve("a"), "a");
        Path b = Files.writeString(folder.resolve("b"), "b");
        assertErrno(Errno.EEXIST, Libc.rename(a, b, Abi.RENAME_NOREPLACE));
        assertEquals(0, Libc.rename(a, b, Abi.RENAME_EXCHANGE));
        assertEquals("ba", Files.readString(a) + Files.readString(b));
        assertErrno(Errno.EINVAL, Libc.rename(a, b, Abi.RENAME_NOREPLACE | Abi.RENAME_EXCHANGE));
        Path c = folder.resolve("c");
        assertErrno(Errno.ENOENT, Libc.rename(a, c, Abi.RENAME_EXCHANGE));
        assertEquals(0, Libc.rename(a, c, Abi.RENAME_NOREPLACE));
        assertEquals(0, Libc.rename(c, b, 0));
        assertEquals("b", Files.readString(b));
        assertErrno(Errno.ENOENT, Libc.rename(c, b, 0));
    }

    @Test
    void aNameIsRemoved() throws IOException {
        Path file = Files.createFile(folder.resolve("gone"));
        assertEquals(0, Libc.unlink(file));
        assertTrue(Files.notExists(file));
        assertErrno(Errno.ENOENT, Libc.unlink(file));
        assertErrno(Errno.EISDIR, Libc.unlink(folder));
    }

    @Test
    void aCloneHasTheSameBytesOrAReason() throws IOException {
        Path from = Files.writeString(folder.resolve("from"), "the same");
        Path to = folder.resolve("to");
        int source = ok(Libc.open(from, Abi.O_RDONLY, 0));
        int target = ok(Libc.open(to, READ_WRITE, 0600));
        int result = Libc.ficlone(target, source);
        if (result == 0) {
            assertEquals("the same", Files.readString(to));
        } else {
            assertErrno(Errno.EOPNOTSUPP, result);
        }
        assertErrno(Errno.EBADF, Libc.ficlone(target, NOT_OPEN));
        assertErrno(Errno.EXDEV, Libc.ficlone(target, scratch()));
        assertErrno(Errno.ENOSYS, Libc.clonefile(from, folder.resolve("macos")));
        close(source);
        close(target);
    }

    @Test
    void aDeviceIsAskedWithANumberOrAStructure() {
        // FIONREAD: how many bytes are there to read?
        long bytesToRead = 0x541B;
        int[] ends = new int[2];
        ok(UnixSockets.pair(UnixSockets.STREAM, ends));
        assertEquals(5, UnixSockets.send(ends[0], text("hello")));
        MemorySegment answer = arena.allocate(ValueLayout.JAVA_INT);
        assertEquals(0, Libc.ioctl(ends[1], bytesToRead, answer));
        assertEquals(5, answer.get(ValueLayout.JAVA_INT, 0));
        answer.fill((byte) 0);
        assertEquals(0, Libc.ioctl(CallState.in(arena), ends[1], bytesToRead, answer));
        assertEquals(5, answer.get(ValueLayout.JAVA_INT, 0));
        assertEquals(0, Libc.ioctl(ends[1], bytesToRead, answer.address()));
        assertErrno(Errno.EFAULT, Libc.ioctl(ends[1], bytesToRead, 8));
        assertErrno(Errno.EFAULT, Libc.ioctl(CallState.in(arena), ends[1], bytesToRead, 8));
        close(ends[0]);
        close(ends[1]);
        int file = scratch();
        assertErrno(Errno.ENOTTY, Libc.ioctl(file, 0x7fff_ffff, 0));
        close(file);
    }

    @Test
    void aCounterCounts() {
        int fd = ok(Libc.eventfd(3, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK));
        MemorySegment eight = arena.allocate(ValueLayout.JAVA_LONG);
        eight.set(ValueLayout.JAVA_LONG, 0, 4);
        assertEquals(8, Libc.write(fd, eight));
        CallState state = CallState.in(arena);
        assertEquals(8, Libc.read(state, fd, eight));
        assertEquals(7, eight.get(ValueLayout.JAVA_LONG, 0));
        assertErrno(Errno.EAGAIN, Libc.read(state, fd, eight));
        assertErrno(Errno.EINVAL, Libc.read(fd, arena.allocate(4)));
        assertErrno(Errno.EINVAL, Libc.eventfd(0, 1 << 30));
        close(fd);
    }

    @Test
    void theProcessAndThePageAreWhatTheKernelSaid() throws IOException {
        assertEquals(ProcessHandle.current().pid(), Libc.getpid());
        // The auxiliary vector: pairs of words, 6 being the page size.
        MemorySegment auxiliary =
                MemorySegment.ofArray(Files.readAllBytes(Path.of("/proc/self/auxv")));
        ValueLayout.OfLong word =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());
        long at = 0;
        while (auxiliary.get(word, at) != 6) {
            at += 16;
        }
        assertEquals(auxiliary.get(word, at + 8), NativeMemory.pageByteCount());
    }

    @Test
    void aHeapSegmentIsRefusedBeforeTheCall() {
        int fd = scratch();
        MemorySegment heap = MemorySegment.ofArray(new byte[8]);
        assertThrows(IllegalArgumentException.class, () -> Libc.pread(fd, heap, 0));
        close(fd);
    }

    @Test
    void aSegmentThatIsClosedIsRefusedBeforeTheCall() {
        int fd = scratch();
        MemorySegment closed;
        try (Arena brief = Arena.ofConfined()) {
            closed = brief.allocate(8);
        }
        assertThrows(IllegalStateException.class, () -> Libc.pread(fd, closed, 0));
        close(fd);
    }

    @Test
    void aDirectReadPassesThePageCacheOrSaysWhyNot() throws IOException {
        Path path = Files.write(folder.resolve("direct"), new byte[65536]);
        int fd = Libc.open(path, Abi.O_RDONLY | Abi.O_DIRECT, 0);
        if (fd < 0) {
            assertErrno(Errno.EINVAL, fd);
            return;
        }
        assertNotEquals(0, Libc.fcntl(fd, Abi.F_GETFL, 0) & Abi.O_DIRECT);
        assertEquals(65536, Libc.pread(fd, arena.allocate(65536, 65536), 0));
        close(fd);
    }

    /// A file in memory, which every kernel treats alike.
    private static int scratch() {
        return ok(NativeMemory.memfdCreate("scratch", Abi.MFD_CLOEXEC | Abi.MFD_ALLOW_SEALING));
    }

    private static void close(int fd) {
        assertEquals(0, Libc.close(fd));
    }

    private MemorySegment text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }

    private static byte[] bytes(MemorySegment from, long byteCount) {
        return from.asSlice(0, byteCount).toArray(ValueLayout.JAVA_BYTE);
    }
}

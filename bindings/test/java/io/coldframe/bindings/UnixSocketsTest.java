package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.assertErrno;
import static io.coldframe.bindings.Calls.ok;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Sockets and the descriptors that they carry, against the kernel. Descriptors are memory files of
/// distinct numbers, so that the test can tell which one arrived.
final class UnixSocketsTest {
    private final Arena arena = Arena.ofConfined();
    private final List<Integer> open = new ArrayList<>();
    private int near;
    private int far;

    @TempDir Path folder;

    @BeforeEach
    void connect() {
        int[] ends = new int[2];
        ok(UnixSockets.pair(UnixSockets.STREAM, ends));
        near = keep(ends[0]);
        far = keep(ends[1]);
    }

    @AfterEach
    void closeAll() {
        open.forEach(fd -> ok(Libc.close(fd)));
        arena.close();
    }

    @Test
    void bytesArriveWithoutDescriptors() {
        assertEquals(5, UnixSockets.send(near, text("hello")));
        ReceivedDescriptors received = new ReceivedDescriptors(2);
        assertEquals("hello", receive(far, received));
        assertEquals(0, received.count());
        assertFalse(received.descriptorsTruncated());
    }

    @Test
    void everyNumberOfDescriptorsArrivesInOrder() {
        for (int count = 1; count <= 9; count++) {
            int[] sent = memoryFiles(count);
            assertEquals(2, UnixSockets.send(near, text("fd"), sent));
            ReceivedDescriptors received = new ReceivedDescriptors(count);
            assertEquals("fd", receive(far, received));
            assertEquals(count, received.count());
            assertFalse(received.descriptorsTruncated(), received::toString);
            for (int index = 0; index < count; index++) {
                int fd = keep(received.get(index));
                assertEquals(index, number(fd), "the file, in the order in which it was sent");
                assertEquals(Abi.FD_CLOEXEC, Libc.fcntl(fd, Abi.F_GETFD, 0));
            }
        }
    }

    @Test
    void theMostThatAMessageCarriesArrivesAndOneMoreIsRefused() {
        int one = keep(ok(Libc.eventfd(0, Abi.EFD_CLOEXEC)));
        int[] most = new int[UnixSockets.DESCRIPTOR_COUNT_MAX];
        Arrays.fill(most, one);
        assertEquals(1, UnixSockets.send(near, text("x"), most));
        ReceivedDescriptors received = new ReceivedDescriptors(most.length);
        assertEquals("x", receive(far, received));
        assertEquals(most.length, received.count());
        Set<Integer> distinct = new HashSet<>();
        for (int index = 0; index < received.count(); index++) {
            distinct.add(keep(received.get(index)));
        }
        assertEquals(most.length, distinct.size());

        int[] tooMany = new int[UnixSockets.DESCRIPTOR_COUNT_MAX + 1];
        Arrays.fill(tooMany, one);
        assertErrno(Errno.EINVAL, UnixSockets.send(near, text("x"), tooMany));
        assertThrows(IllegalArgumentException.class, () -> new ReceivedDescriptors(tooMany.length));
    }

    @Test
    void moreDescriptorsThanThereIsRoomForAreReportedAndNotLeaked() throws IOException {
        for (int capacity = 0; capacity < 4; capacity++) {
            int[] sent = memoryFiles(4);
            long before = openDescriptorCount();
            assertEquals(1, UnixSockets.send(near, text("x"), sent));
            ReceivedDescriptors received = new ReceivedDescriptors(capacity);
            assertEquals("x", receive(far, received));
            assertTrue(received.descriptorsTruncated(), received::toString);
            assertEquals(capacity, received.count());
            assertEquals(before + capacity, openDescriptorCount());
            for (int index = 0; index < capacity; index++) {
                assertEquals(index, number(keep(received.get(index))));
            }
        }
    }

    @Test
    void aSecondReceiveForgetsTheFirst() {
        assertEquals(1, UnixSockets.send(near, text("a"), memoryFiles(2)));
        assertEquals(1, UnixSockets.send(near, text("b")));
        ReceivedDescriptors received = new ReceivedDescriptors(1);
        assertEquals("a", receive(far, received));
        assertTrue(received.descriptorsTruncated());
        keep(received.get(0));
        assertEquals("b", receive(far, received));
        assertEquals(0, received.count());
        assertFalse(received.descriptorsTruncated());
        assertThrows(IndexOutOfBoundsException.class, () -> received.get(0));
    }

    @Test
    void aMessageLongerThanTheBufferIsReported() {
        int[] ends = new int[2];
        ok(UnixSockets.pair(UnixSockets.SEQUENCED_PACKETS, ends));
        keep(ends[0]);
        keep(ends[1]);
        ReceivedDescriptors received = new ReceivedDescriptors(0);
        assertEquals(5, UnixSockets.send(ends[0], text("hello")));
        assertEquals(3, UnixSockets.receive(ends[1], arena.allocate(3), received));
        assertTrue(received.bytesTruncated());
        assertEquals(2, UnixSockets.send(ends[0], text("ok")));
        assertEquals("ok", receive(ends[1], received));
        assertFalse(received.bytesTruncated());
    }

    @Test
    void descriptorsNeedAByteToTravelWith() {
        assertThrows(
                IllegalArgumentException.class,
                () -> UnixSockets.send(near, arena.allocate(0), near));
    }

    @Test
    void memoryThatIsClosedIsNeitherSentNorFilled() {
        MemorySegment closed;
        try (Arena ended = Arena.ofShared()) {
            closed = ended.allocate(8);
        }
        assertThrows(IllegalStateException.class, () -> UnixSockets.send(near, closed));
        assertEquals(1, UnixSockets.send(near, text("x")));
        ReceivedDescriptors received = new ReceivedDescriptors(1);
        assertThrows(IllegalStateException.class, () -> UnixSockets.receive(far, closed, received));
        assertEquals("x", receive(far, received));
    }

    @Test
    void aDescriptorThatIsNotOpenIsNotSent() {
        assertErrno(Errno.EBADF, UnixSockets.send(near, text("x"), -1));
    }

    @Test
    void theEndOfAStreamIsZeroAndAWriteToItIsAnError() {
        ReceivedDescriptors received = new ReceivedDescriptors(1);
        ok(UnixSockets.shutdown(near, UnixSockets.SHUT_SENDING));
        assertEquals(0, UnixSockets.receive(far, arena.allocate(1), received));
        assertEquals(1, UnixSockets.send(far, text("x")), "the other direction is open");
        assertEquals("x", receive(near, received));
        assertErrno(Errno.EPIPE, UnixSockets.send(near, text("x")));
        ok(UnixSockets.shutdown(far, UnixSockets.SHUT_BOTH));
        assertErrno(Errno.EPIPE, UnixSockets.send(far, text("x")));
    }

    @Test
    void aNamedSocketIsOnlyForItsOwner() throws IOException {
        Path name = folder.resolve("socket");
        int listener = keep(ok(UnixSockets.socket(UnixSockets.STREAM)));
        assertEquals(Abi.FD_CLOEXEC, Libc.fcntl(listener, Abi.F_GETFD, 0));
        assertEquals(0, UnixSockets.bind(listener, name, 0600));
        assertEquals(
                PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(name));
        assertEquals(0, UnixSockets.listen(listener, 1));
        int client = keep(ok(UnixSockets.socket(UnixSockets.STREAM)));
        assertEquals(0, UnixSockets.connect(client, name));
        int server = keep(ok(UnixSockets.accept(listener)));
        assertEquals(Abi.FD_CLOEXEC, Libc.fcntl(server, Abi.F_GETFD, 0));
        assertEquals(1, UnixSockets.send(client, text("x"), memoryFiles(1)));
        ReceivedDescriptors received = new ReceivedDescriptors(1);
        assertEquals("x", receive(server, received));
        assertEquals(0, number(keep(received.get(0))));
        assertEquals(Libc.getpid(), UnixSockets.peerProcessId(server));
        int user = (int) Files.getAttribute(name, "unix:uid");
        assertEquals(Integer.toUnsignedLong(user), UnixSockets.peerUserId(server));
    }

    @Test
    void socketsSayWhyNot() throws IOException {
        assertErrno(Errno.EPROTOTYPE, connectTo(listening(UnixSockets.SEQUENCED_PACKETS)));
        assertErrno(Errno.ENOENT, connectTo(folder.resolve("none")));
        assertErrno(Errno.ECONNREFUSED, connectTo(Files.createFile(folder.resolve("file"))));
        int socket = keep(ok(UnixSockets.socket(UnixSockets.STREAM)));
        assertErrno(Errno.EADDRINUSE, UnixSockets.bind(socket, folder.resolve("file"), 0600));
        assertErrno(Errno.EINVAL, UnixSockets.listen(socket, 1));
        assertErrno(Errno.EINVAL, UnixSockets.shutdown(socket, 7));
        assertErrno(Errno.EINVAL, UnixSockets.accept(socket));
        int file = keep(memoryFiles(1)[0]);
        assertErrno(Errno.ENOTSOCK, UnixSockets.peerProcessId(file));
        assertErrno(Errno.ENOTSOCK, UnixSockets.peerUserId(file));
        assertErrno(Errno.ENOTSOCK, UnixSockets.send(file, text("x")));
        ReceivedDescriptors none = new ReceivedDescriptors(0);
        assertErrno(Errno.ENOTSOCK, UnixSockets.receive(file, arena.allocate(1), none));
        assertErrno(Errno.EBADF, UnixSockets.bind(-1, folder.resolve("x"), 0600));
        assertErrno(Errno.EBADF, UnixSockets.connect(-1, folder.resolve("x")));
        assertThrows(
                IllegalArgumentException.class,
                () -> UnixSockets.pair(UnixSockets.STREAM, new int[1]));
    }

    @Test
    void aNameFillsTheAddressToTheLastByteAndNoFurther() throws IOException {
        // 108 bytes in C, the last of them zero.
        int room = 107 - folder.toString().length() - 1;
        Path longest = folder.resolve("x".repeat(room));
        int socket = keep(ok(UnixSockets.socket(UnixSockets.STREAM)));
        assertErrno(
                Errno.ENAMETOOLONG,
                UnixSockets.bind(socket, folder.resolve("x".repeat(room + 1)), 0600));
        assertEquals(0, UnixSockets.bind(socket, longest, 0600));
        assertTrue(Files.exists(longest));
        assertErrno(Errno.ENAMETOOLONG, connectTo(folder.resolve("x".repeat(room + 1))));
    }

    private Path listening(int type) {
        Path name = folder.resolve("type" + type);
        int listener = keep(ok(UnixSockets.socket(type)));
        ok(UnixSockets.bind(listener, name, 0600));
        ok(UnixSockets.listen(listener, 1));
        return name;
    }

    private int connectTo(Path name) {
        return UnixSockets.connect(keep(ok(UnixSockets.socket(UnixSockets.STREAM))), name);
    }

    private String receive(int fd, ReceivedDescriptors received) {
        MemorySegment into = arena.allocate(16);
        long count = ok(UnixSockets.receive(fd, into, received));
        return new String(into.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), UTF_8);
    }

    /// Files whose first byte is their number.
    private int[] memoryFiles(int count) {
        int[] files = new int[count];
        for (int index = 0; index < count; index++) {
            files[index] = keep(ok(NativeMemory.memfdCreate("n" + index, Abi.MFD_CLOEXEC)));
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) index);
            ok(Libc.pwrite(files[index], number, 0));
        }
        return files;
    }

    private int number(int fd) {
        MemorySegment number = arena.allocate(1);
        assertEquals(1, Libc.pread(fd, number, 0));
        return number.get(ValueLayout.JAVA_BYTE, 0);
    }

    /// Only of the files of this test: the JVM opens and closes some of its own meanwhile.
    private static long openDescriptorCount() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(UnixSocketsTest::isMemoryFile).count();
        }
    }

    private static boolean isMemoryFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("/memfd:n");
        } catch (IOException gone) {
            return false;
        }
    }

    private int keep(int fd) {
        if (!open.contains(fd)) {
            open.add(fd);
        }
        return fd;
    }

    private MemorySegment text(String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(UTF_8));
    }
}

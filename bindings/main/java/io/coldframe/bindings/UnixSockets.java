package io.coldframe.bindings;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.linux.sockaddr_un;
import io.coldframe.bindings.generated.linux.ucred;
import io.coldframe.bindings.generated.macos.MacLibcH;
import io.coldframe.bindings.internal.Downcall;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Unix sockets that carry descriptors.
///
/// Every call returns its result or the negated errno. Every descriptor that is made or received
/// here closes at exec.
///
/// **Lifetime.** A descriptor belongs to whoever made or received it; sending one keeps it open.
/// Segments must not be closed during a call; the call holds them.
///
/// **Threads.** Any.
public final class UnixSockets {
    /// A message carries at most this many descriptors: Linux's `SCM_MAX_FD`.
    public static final int DESCRIPTOR_COUNT_MAX = 253;

    private static final boolean MACOS = Platform.current().isMacos();

    /// A stream of bytes.
    public static final int STREAM = MACOS ? MacLibcH.SOCK_STREAM() : LibcH.SOCK_STREAM();

    /// Messages that keep their borders, over a connection. Not on macOS.
    public static final int SEQUENCED_PACKETS =
            MACOS ? MacLibcH.SOCK_SEQPACKET() : LibcH.SOCK_SEQPACKET();

    /// Nothing is received any more.
    public static final int SHUT_RECEIVING = MACOS ? MacLibcH.SHUT_RD() : LibcH.SHUT_RD();

    /// Nothing is sent any more: the other end reads to the end and then gets 0.
    public static final int SHUT_SENDING = MACOS ? MacLibcH.SHUT_WR() : LibcH.SHUT_WR();

    /// Both.
    public static final int SHUT_BOTH = MACOS ? MacLibcH.SHUT_RDWR() : LibcH.SHUT_RDWR();

    private static final Downcall SOCKET =
            Downcall.libc("socket", LibcH::socket$descriptor, MacLibcH::socket$descriptor);
    private static final Downcall SOCKETPAIR =
            Downcall.libc(
                    "socketpair", LibcH::socketpair$descriptor, MacLibcH::socketpair$descriptor);
    private static final Downcall BIND =
            Downcall.libc("bind", LibcH::bind$descriptor, MacLibcH::bind$descriptor);
    private static final Downcall CHMOD = Downcall.macos("chmod", MacLibcH::chmod$descriptor);
    private static final Downcall LISTEN =
            Downcall.libc("listen", LibcH::listen$descriptor, MacLibcH::listen$descriptor);
    private static final Downcall ACCEPT4 = Downcall.linux("accept4", LibcH::accept4$descriptor);
    private static final Downcall ACCEPT = Downcall.macos("accept", MacLibcH::accept$descriptor);
    private static final Downcall CONNECT =
            Downcall.libc("connect", LibcH::connect$descriptor, MacLibcH::connect$descriptor);
    private static final Downcall SENDMSG =
            Downcall.libc(
                    "sendmsg",
                    () -> holding(LibcH.sendmsg$descriptor()),
                    () -> holding(MacLibcH.sendmsg$descriptor()));
    private static final Downcall RECVMSG =
            Downcall.libc(
                    "recvmsg",
                    () -> holding(LibcH.recvmsg$descriptor()),
                    () -> holding(MacLibcH.recvmsg$descriptor()));
    private static final Downcall SHUTDOWN =
            Downcall.libc("shutdown", LibcH::shutdown$descriptor, MacLibcH::shutdown$descriptor);
    private static final Downcall GETSOCKOPT =
            Downcall.linux("getsockopt", LibcH::getsockopt$descriptor);

    private static final int AF_UNIX = MACOS ? MacLibcH.AF_UNIX() : LibcH.AF_UNIX();
    // macOS has neither flag. There the flag is set after the call, so a fork between the two
    // inherits the descriptor; and the JVM ignores SIGPIPE, so a send needs no flag.
    private static final int CLOSE_AT_EXEC = MACOS ? 0 : LibcH.SOCK_CLOEXEC();
    private static final int RECEIVE_FLAGS = MACOS ? 0 : LibcH.MSG_CMSG_CLOEXEC();
    private static final int SEND_FLAGS = MACOS ? 0 : LibcH.MSG_NOSIGNAL();

    private UnixSockets() {}

    // The bytes of a message are named by an address inside it, of which the linker knows nothing.
    // Given as one argument more they are kept open; it goes in a register that the function does
    // not look at, by the calling conventions of all platforms here.
    private static FunctionDescriptor holding(FunctionDescriptor function) {
        return function.appendArgumentLayouts(ValueLayout.ADDRESS);
    }

    /// A new socket of `type`: [#STREAM] or [#SEQUENCED_PACKETS].
    public static int socket(int type) {
        return closedAtExec(
                SOCKET.callInt(
                        (socket, state) ->
                                (int) socket.invokeExact(state, AF_UNIX, type | CLOSE_AT_EXEC, 0)));
    }

    /// Two sockets that are connected to each other.
    ///
    /// @param ends receives the two descriptors
    public static int pair(int type, int[] ends) {
        if (ends.length != 2) {
            throw new IllegalArgumentException("a pair has 2 ends, not " + ends.length);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment made = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result =
                    SOCKETPAIR.callInt(
                            (socketpair, state) ->
                                    (int)
                                            socketpair.invokeExact(
                                                    state, AF_UNIX, type | CLOSE_AT_EXEC, 0, made));
            if (result == 0) {
                ends[0] = closedAtExec(made.getAtIndex(ValueLayout.JAVA_INT, 0));
                ends[1] = closedAtExec(made.getAtIndex(ValueLayout.JAVA_INT, 1));
            }
            return result;
        }
    }

    /// Gives the socket a name in the file system with the permissions `mode`.
    ///
    /// On Linux the name appears with them; on macOS they are set just after, so the folder must
    /// keep others out.
    ///
    /// @return 0, or the negated errno: `-ENAMETOOLONG` where the name has more bytes than a socket
    ///     address holds (107 on Linux, 103 on macOS)
    public static int bind(int fd, Path path, int mode) {
        int prepared = MACOS ? 0 : Libc.fchmod(fd, mode);
        if (prepared < 0) {
            return prepared;
        }
        int bound = withAddress(BIND, fd, path);
        if (bound < 0 || !MACOS) {
            return bound;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = Libc.cString(arena, path);
            return CHMOD.callInt(
                    (chmod, state) -> (int) chmod.invokeExact(state, name, (short) mode));
        }
    }

    /// Lets others connect. @param backlog how many may wait to be accepted
    public static int listen(int fd, int backlog) {
        return LISTEN.callInt((listen, state) -> (int) listen.invokeExact(state, fd, backlog));
    }

    /// The next one that has connected, as a descriptor of its own, or the negated errno.
    public static int accept(int fd) {
        MemorySegment nobody = MemorySegment.NULL;
        if (MACOS) {
            return closedAtExec(
                    ACCEPT.callInt(
                            (accept, state) ->
                                    (int) accept.invokeExact(state, fd, nobody, nobody)));
        }
        return ACCEPT4.callInt(
                (accept4, state) ->
                        (int) accept4.invokeExact(state, fd, nobody, nobody, CLOSE_AT_EXEC));
    }

    /// Connects to the socket that has the name `path`.
    public static int connect(int fd, Path path) {
        return withAddress(CONNECT, fd, path);
    }

    /// Sends bytes, and descriptors with the first of them.
    ///
    /// @param bytes native; not empty where there are descriptors, which travel with a byte
    /// @param descriptors at most [#DESCRIPTOR_COUNT_MAX], else `-EINVAL` (on Linux)
    /// @return how many bytes were taken, or the negated errno; once it is positive the descriptors
    ///     are sent, so the rest of a short send goes without them
    public static long send(int fd, MemorySegment bytes, int... descriptors) {
        if (descriptors.length > 0 && bytes.byteSize() == 0) {
            throw new IllegalArgumentException(
                    descriptors.length + " descriptors without a byte to travel with");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = SocketMessage.sending(arena, bytes, descriptors).segment();
            return SENDMSG.callLong(
                    (sendmsg, state) ->
                            (long) sendmsg.invokeExact(state, fd, message, SEND_FLAGS, bytes));
        }
    }

    /// Receives bytes, and the descriptors that came with them.
    ///
    /// @param received is emptied first; then it holds the descriptors, and says whether there were
    ///     more than it has room for
    /// @return how many bytes, 0 at the end of a stream, or the negated errno
    public static long receive(int fd, MemorySegment into, ReceivedDescriptors received) {
        received.reset();
        try (Arena arena = Arena.ofConfined()) {
            SocketMessage message = SocketMessage.receiving(arena, into, received.capacity());
            long result =
                    RECVMSG.callLong(
                            (recvmsg, state) ->
                                    (long)
                                            recvmsg.invokeExact(
                                                    state,
                                                    fd,
                                                    message.segment(),
                                                    RECEIVE_FLAGS,
                                                    into));
            if (result >= 0) {
                message.takeInto(received);
                for (int index = 0; index < received.count(); index++) {
                    closedAtExec(received.get(index));
                }
            }
            return result;
        }
    }

    /// Ends one direction or both of a connection. @param how one of the `SHUT_…` of this class
    public static int shutdown(int fd, int how) {
        return SHUTDOWN.callInt((shutdown, state) -> (int) shutdown.invokeExact(state, fd, how));
    }

    /// The process at the other end when it connected, or the negated errno. Linux.
    public static int peerProcessId(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment peer = ucred.allocate(arena);
            int result = peer(arena, fd, peer);
            return result < 0 ? result : ucred.pid(peer);
        }
    }

    /// The user at the other end when it connected, or the negated errno. Linux.
    public static long peerUserId(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment peer = ucred.allocate(arena);
            int result = peer(arena, fd, peer);
            return result < 0 ? result : Integer.toUnsignedLong(ucred.uid(peer));
        }
    }

    private static int peer(Arena arena, int fd, MemorySegment peer) {
        MemorySegment byteCount =
                arena.allocateFrom(ValueLayout.JAVA_INT, Math.toIntExact(peer.byteSize()));
        return GETSOCKOPT.callInt(
                (getsockopt, state) ->
                        (int)
                                getsockopt.invokeExact(
                                        state,
                                        fd,
                                        LibcH.SOL_SOCKET(),
                                        LibcH.SO_PEERCRED(),
                                        peer,
                                        byteCount));
    }

    private static int withAddress(Downcall call, int fd, Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        long nameAt =
                MACOS
                        ? io.coldframe.bindings.generated.macos.sockaddr_un.sun_path$offset()
                        : sockaddr_un.sun_path$offset();
        long capacity =
                MACOS
                        ? io.coldframe.bindings.generated.macos.sockaddr_un.sizeof()
                        : sockaddr_un.sizeof();
        // With the zero that ends the name.
        long byteCount = nameAt + name.length + 1;
        if (byteCount > capacity) {
            return -Errno.ENAMETOOLONG;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(capacity, Long.BYTES);
            if (MACOS) {
                io.coldframe.bindings.generated.macos.sockaddr_un.sun_len(
                        address, (byte) byteCount);
                io.coldframe.bindings.generated.macos.sockaddr_un.sun_family(
                        address, (byte) AF_UNIX);
            } else {
                sockaddr_un.sun_family(address, (short) AF_UNIX);
            }
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, nameAt, name.length);
            int addressByteCount = Math.toIntExact(byteCount);
            return call.callInt(
                    (function, state) ->
                            (int) function.invokeExact(state, fd, address, addressByteCount));
        }
    }

    private static int closedAtExec(int fd) {
        if (MACOS && fd >= 0) {
            int result = Libc.fcntl(fd, Abi.F_SETFD, MacLibcH.FD_CLOEXEC());
            if (result < 0) {
                throw new AssertionError("fcntl on a descriptor just made: " + result);
            }
        }
        return fd;
    }
}

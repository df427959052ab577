package io.coldframe.bindings;

import io.coldframe.bindings.generated.linux.LibcH;
import io.coldframe.bindings.generated.macos.MacLibcH;

import java.util.Map;
import java.util.TreeMap;

/// The numbers by which a native call says why it failed, on the system that this process runs on.
///
/// Every call of this module returns its result or the *negated* number; here the numbers are
/// positive.
public final class Errno {
    private static final boolean MACOS = Platform.current().isMacos();
    private static final Map<Integer, Known> KNOWN = new TreeMap<>();

    private record Known(String name, String text) {}

    /// Not permitted.
    public static final int EPERM = MACOS ? MacLibcH.EPERM() : LibcH.EPERM();

    /// No such file or directory.
    public static final int ENOENT = MACOS ? MacLibcH.ENOENT() : LibcH.ENOENT();

    /// No such process.
    public static final int ESRCH = MACOS ? MacLibcH.ESRCH() : LibcH.ESRCH();

    /// Interrupted by a signal.
    public static final int EINTR = MACOS ? MacLibcH.EINTR() : LibcH.EINTR();

    /// Input or output failed.
    public static final int EIO = MACOS ? MacLibcH.EIO() : LibcH.EIO();

    /// No such device or address.
    public static final int ENXIO = MACOS ? MacLibcH.ENXIO() : LibcH.ENXIO();

    /// Argument list too long.
    public static final int E2BIG = MACOS ? MacLibcH.E2BIG() : LibcH.E2BIG();

    /// Bad file descriptor.
    public static final int EBADF = MACOS ? MacLibcH.EBADF() : LibcH.EBADF();

    /// No child process.
    public static final int ECHILD = MACOS ? MacLibcH.ECHILD() : LibcH.ECHILD();

    /// Not now, try again.
    public static final int EAGAIN = MACOS ? MacLibcH.EAGAIN() : LibcH.EAGAIN();

    /// Out of memory.
    public static final int ENOMEM = MACOS ? MacLibcH.ENOMEM() : LibcH.ENOMEM();

    /// Access denied.
    public static final int EACCES = MACOS ? MacLibcH.EACCES() : LibcH.EACCES();

    /// Bad address.
    public static final int EFAULT = MACOS ? MacLibcH.EFAULT() : LibcH.EFAULT();

    /// Busy.
    public static final int EBUSY = MACOS ? MacLibcH.EBUSY() : LibcH.EBUSY();

    /// Exists already.
    public static final int EEXIST = MACOS ? MacLibcH.EEXIST() : LibcH.EEXIST();

    /// On another file system.
    public static final int EXDEV = MACOS ? MacLibcH.EXDEV() : LibcH.EXDEV();

    /// No such device.
    public static final int ENODEV = MACOS ? MacLibcH.ENODEV() : LibcH.ENODEV();

    /// Not a directory.
    public static final int ENOTDIR = MACOS ? MacLibcH.ENOTDIR() : LibcH.ENOTDIR();

    /// Is a directory.
    public static final int EISDIR = MACOS ? MacLibcH.EISDIR() : LibcH.EISDIR();

    /// Invalid argument.
    public static final int EINVAL = MACOS ? MacLibcH.EINVAL() : LibcH.EINVAL();

    /// Too many open files in the system.
    public static final int ENFILE = MACOS ? MacLibcH.ENFILE() : LibcH.ENFILE();

    /// Too many open files in the process.
    public static final int EMFILE = MACOS ? MacLibcH.EMFILE() : LibcH.EMFILE();

    /// The descriptor does not know this request.
    public static final int ENOTTY = MACOS ? MacLibcH.ENOTTY() : LibcH.ENOTTY();

    /// The file is being executed.
    public static final int ETXTBSY = MACOS ? MacLibcH.ETXTBSY() : LibcH.ETXTBSY();

    /// File too large.
    public static final int EFBIG = MACOS ? MacLibcH.EFBIG() : LibcH.EFBIG();

    /// No space left on the device.
    public static final int ENOSPC = MACOS ? MacLibcH.ENOSPC() : LibcH.ENOSPC();

    /// Cannot seek.
    public static final int ESPIPE = MACOS ? MacLibcH.ESPIPE() : LibcH.ESPIPE();

    /// Read-only file system.
    public static final int EROFS = MACOS ? MacLibcH.EROFS() : LibcH.EROFS();

    /// Too many links.
    public static final int EMLINK = MACOS ? MacLibcH.EMLINK() : LibcH.EMLINK();

    /// The other end is closed.
    public static final int EPIPE = MACOS ? MacLibcH.EPIPE() : LibcH.EPIPE();

    /// Result out of range.
    public static final int ERANGE = MACOS ? MacLibcH.ERANGE() : LibcH.ERANGE();

    /// Would deadlock.
    public static final int EDEADLK = MACOS ? MacLibcH.EDEADLK() : LibcH.EDEADLK();

    /// Name too long.
    public static final int ENAMETOOLONG = MACOS ? MacLibcH.ENAMETOOLONG() : LibcH.ENAMETOOLONG();

    /// The system has no such call.
    public static final int ENOSYS = MACOS ? MacLibcH.ENOSYS() : LibcH.ENOSYS();

    /// Directory not empty.
    public static final int ENOTEMPTY = MACOS ? MacLibcH.ENOTEMPTY() : LibcH.ENOTEMPTY();

    /// A symbolic link, or too many of them.
    public static final int ELOOP = MACOS ? MacLibcH.ELOOP() : LibcH.ELOOP();

    /// Value too large.
    public static final int EOVERFLOW = MACOS ? MacLibcH.EOVERFLOW() : LibcH.EOVERFLOW();

    /// Not a socket.
    public static final int ENOTSOCK = MACOS ? MacLibcH.ENOTSOCK() : LibcH.ENOTSOCK();

    /// No destination address.
    public static final int EDESTADDRREQ = MACOS ? MacLibcH.EDESTADDRREQ() : LibcH.EDESTADDRREQ();

    /// Message too long.
    public static final int EMSGSIZE = MACOS ? MacLibcH.EMSGSIZE() : LibcH.EMSGSIZE();

    /// Wrong type of socket.
    public static final int EPROTOTYPE = MACOS ? MacLibcH.EPROTOTYPE() : LibcH.EPROTOTYPE();

    /// Unknown protocol.
    public static final int EPROTONOSUPPORT =
            MACOS ? MacLibcH.EPROTONOSUPPORT() : LibcH.EPROTONOSUPPORT();

    /// Operation not supported.
    public static final int EOPNOTSUPP = MACOS ? MacLibcH.EOPNOTSUPP() : LibcH.EOPNOTSUPP();

    /// Unknown address family.
    public static final int EAFNOSUPPORT = MACOS ? MacLibcH.EAFNOSUPPORT() : LibcH.EAFNOSUPPORT();

    /// Address in use.
    public static final int EADDRINUSE = MACOS ? MacLibcH.EADDRINUSE() : LibcH.EADDRINUSE();

    /// Address not available.
    public static final int EADDRNOTAVAIL =
            MACOS ? MacLibcH.EADDRNOTAVAIL() : LibcH.EADDRNOTAVAIL();

    /// Connection aborted.
    public static final int ECONNABORTED = MACOS ? MacLibcH.ECONNABORTED() : LibcH.ECONNABORTED();

    /// Connection reset.
    public static final int ECONNRESET = MACOS ? MacLibcH.ECONNRESET() : LibcH.ECONNRESET();

    /// No buffer space.
    public static final int ENOBUFS = MACOS ? MacLibcH.ENOBUFS() : LibcH.ENOBUFS();

    /// Connected already.
    public static final int EISCONN = MACOS ? MacLibcH.EISCONN() : LibcH.EISCONN();

    /// Not connected.
    public static final int ENOTCONN = MACOS ? MacLibcH.ENOTCONN() : LibcH.ENOTCONN();

    /// Timed out.
    public static final int ETIMEDOUT = MACOS ? MacLibcH.ETIMEDOUT() : LibcH.ETIMEDOUT();

    /// Connection refused.
    public static final int ECONNREFUSED = MACOS ? MacLibcH.ECONNREFUSED() : LibcH.ECONNREFUSED();

    /// Under way already.
    public static final int EALREADY = MACOS ? MacLibcH.EALREADY() : LibcH.EALREADY();

    /// Under way.
    public static final int EINPROGRESS = MACOS ? MacLibcH.EINPROGRESS() : LibcH.EINPROGRESS();

    /// Stale file handle.
    public static final int ESTALE = MACOS ? MacLibcH.ESTALE() : LibcH.ESTALE();

    /// Quota exceeded.
    public static final int EDQUOT = MACOS ? MacLibcH.EDQUOT() : LibcH.EDQUOT();

    /// Cancelled.
    public static final int ECANCELED = MACOS ? MacLibcH.ECANCELED() : LibcH.ECANCELED();

    static {
        know(EPERM, "EPERM", "not permitted");
        know(ENOENT, "ENOENT", "no such file or directory");
        know(ESRCH, "ESRCH", "no such process");
        know(EINTR, "EINTR", "interrupted by a signal");
        know(EIO, "EIO", "input or output failed");
        know(ENXIO, "ENXIO", "no such device or address");
        know(E2BIG, "E2BIG", "argument list too long");
        know(EBADF, "EBADF", "bad file descriptor");
        know(ECHILD, "ECHILD", "no child process");
        know(EAGAIN, "EAGAIN", "not now, try again");
        know(ENOMEM, "ENOMEM", "out of memory");
        know(EACCES, "EACCES", "access denied");
        know(EFAULT, "EFAULT", "bad address");
        know(EBUSY, "EBUSY", "busy");
        know(EEXIST, "EEXIST", "exists already");
        know(EXDEV, "EXDEV", "on another file system");
        know(ENODEV, "ENODEV", "no such device");
        know(ENOTDIR, "ENOTDIR", "not a directory");
        know(EISDIR, "EISDIR", "is a directory");
        know(EINVAL, "EINVAL", "invalid argument");
        know(ENFILE, "ENFILE", "too many open files in the system");
        know(EMFILE, "EMFILE", "too many open files in the process");
        know(ENOTTY, "ENOTTY", "the descriptor does not know this request");
        know(ETXTBSY, "ETXTBSY", "the file is being executed");
        know(EFBIG, "EFBIG", "file too large");
        know(ENOSPC, "ENOSPC", "no space left on the device");
        know(ESPIPE, "ESPIPE", "cannot seek");
        know(EROFS, "EROFS", "read-only file system");
        know(EMLINK, "EMLINK", "too many links");
        know(EPIPE, "EPIPE", "the other end is closed");
        know(ERANGE, "ERANGE", "result out of range");
        know(EDEADLK, "EDEADLK", "would deadlock");
        know(ENAMETOOLONG, "ENAMETOOLONG", "name too long");
        know(ENOSYS, "ENOSYS", "the system has no such call");
        know(ENOTEMPTY, "ENOTEMPTY", "directory not empty");
        know(ELOOP, "ELOOP", "a symbolic link, or too many of them");
        know(EOVERFLOW, "EOVERFLOW", "value too large");
        know(ENOTSOCK, "ENOTSOCK", "not a socket");
        know(EDESTADDRREQ, "EDESTADDRREQ", "no destination address");
        know(EMSGSIZE, "EMSGSIZE", "message too long");
        know(EPROTOTYPE, "EPROTOTYPE", "wrong type of socket");
        know(EPROTONOSUPPORT, "EPROTONOSUPPORT", "unknown protocol");
        know(EOPNOTSUPP, "EOPNOTSUPP", "operation not supported");
        know(EAFNOSUPPORT, "EAFNOSUPPORT", "unknown address family");
        know(EADDRINUSE, "EADDRINUSE", "address in use");
        know(EADDRNOTAVAIL, "EADDRNOTAVAIL", "address not available");
        know(ECONNABORTED, "ECONNABORTED", "connection aborted");
        know(ECONNRESET, "ECONNRESET", "connection reset");
        know(ENOBUFS, "ENOBUFS", "no buffer space");
        know(EISCONN, "EISCONN", "connected already");
        know(ENOTCONN, "ENOTCONN", "not connected");
        know(ETIMEDOUT, "ETIMEDOUT", "timed out");
        know(ECONNREFUSED, "ECONNREFUSED", "connection refused");
        know(EALREADY, "EALREADY", "under way already");
        know(EINPROGRESS, "EINPROGRESS", "under way");
        know(ESTALE, "ESTALE", "stale file handle");
        know(EDQUOT, "EDQUOT", "quota exceeded");
        know(ECANCELED, "ECANCELED", "cancelled");
        if (MACOS) {
            know(MacLibcH.ENOTSUP(), "ENOTSUP", "not supported");
        } else {
            know(LibcH.EHWPOISON(), "EHWPOISON", "the page has a hardware error");
        }
    }

    private Errno() {}

    private static void know(int errno, String name, String text) {
        KNOWN.put(errno, new Known(name, text));
    }

    /// The C name, as in `ENOENT`; `errno 255` for a number that has none here.
    public static String name(int errno) {
        Known known = KNOWN.get(errno);
        return known == null ? "errno " + errno : known.name();
    }

    /// One line for a reader, as in `ENOENT (no such file or directory)`.
    public static String text(int errno) {
        Known known = KNOWN.get(errno);
        return known == null ? name(errno) : known.name() + " (" + known.text() + ")";
    }
}

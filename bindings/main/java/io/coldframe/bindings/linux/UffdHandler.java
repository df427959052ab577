package io.coldframe.bindings.linux;

import io.coldframe.bindings.CallState;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.generated.linux.UserfaultfdH;
import io.coldframe.bindings.generated.linux.uffdio_continue;
import io.coldframe.bindings.generated.linux.uffdio_copy;
import io.coldframe.bindings.generated.linux.uffdio_move;
import io.coldframe.bindings.generated.linux.uffdio_poison;
import io.coldframe.bindings.generated.linux.uffdio_range;
import io.coldframe.bindings.generated.linux.uffdio_writeprotect;
import io.coldframe.bindings.generated.linux.uffdio_zeropage;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One thread's hands on a [Userfaultfd]: reads its messages and resolves its faults, without
/// allocating.
///
/// Addresses and byte counts are whole pages. A call that resolves answers the bytes it did, or the
/// negated errno when it did none. Fewer bytes than asked for is the kernel's `EAGAIN` in the
/// middle: something else changed the mapping, so read the messages and go on from there. `-EAGAIN`
/// is the same before the first page; `-EEXIST` means that the page is there already; `-ENOENT`,
/// that the range is watched no more.
///
/// Every call that resolves wakes the threads that wait for the range, unless it is told not to.
///
/// **Lifetime.** The arena's and the userfaultfd's, whichever ends first; it owns neither.
///
/// **Threads.** One thread at a time. Several handlers of one userfaultfd may work side by side.
public final class UffdHandler {

    /// Whether the threads that wait are woken. They can be woken later: [#wake].
    public enum Wake {
        /// At once.
        NOW,
        /// Not by this call.
        LATER;

        /// The mode bit of a call, whose `DONTWAKE` is `later`.
        private long mode(long later) {
            return this == NOW ? 0 : later;
        }
    }

    private static final long ARGUMENT_BYTE_COUNT =
            Math.max(uffdio_copy.sizeof(), uffdio_move.sizeof());

    private final Userfaultfd uffd;
    private final CallState state;
    private final MemorySegment argument;

    private UffdHandler(Userfaultfd uffd, Arena arena) {
        this.uffd = uffd;
        this.state = CallState.in(arena);
        this.argument = arena.allocate(ARGUMENT_BYTE_COUNT, Long.BYTES);
    }

    /// A handler whose own memory lives as long as `arena`.
    public static UffdHandler of(Userfaultfd uffd, Arena arena) {
        return new UffdHandler(uffd, arena);
    }

    /// Reads the messages that there are, at most as many as fit; [UffdMessages] says what is in
    /// them.
    ///
    /// @param messages native, whole messages long
    /// @return how many, or the negated errno: `-EAGAIN`, there is none
    public int read(MemorySegment messages) {
        long answer = Libc.read(state, uffd.descriptor(), messages);
        return (int) (answer < 0 ? answer : answer / UffdMessages.BYTE_COUNT);
    }

    /// Puts pages where none are, copied from `source`.
    public long copy(
            long address, MemorySegment source, long sourceOffset, long byteCount, Wake wake) {
        return copy(
                address,
                source,
                sourceOffset,
                byteCount,
                wake.mode(UserfaultfdH.UFFDIO_COPY_MODE_DONTWAKE()));
    }

    /// As [#copy], and the pages are write-protected from the start.
    public long copyProtected(
            long address, MemorySegment source, long sourceOffset, long byteCount, Wake wake) {
        return copy(
                address,
                source,
                sourceOffset,
                byteCount,
                UserfaultfdH.UFFDIO_COPY_MODE_WP()
                        | wake.mode(UserfaultfdH.UFFDIO_COPY_MODE_DONTWAKE()));
    }

    private long copy(
            long address, MemorySegment source, long sourceOffset, long byteCount, long mode) {
        uffdio_copy.dst(argument, address);
        uffdio_copy.src(argument, nativeAddress(source, sourceOffset, byteCount));
        uffdio_copy.len(argument, byteCount);
        uffdio_copy.mode(argument, mode);
        uffdio_copy.copy(argument, 0);
        int answer = ioctl(UserfaultfdH.UFFDIO_COPY(), source);
        return done(answer, uffdio_copy.copy(argument));
    }

    /// Puts pages of zeros where none are.
    public long zero(long address, long byteCount, Wake wake) {
        setRange(uffdio_zeropage.range(argument), address, byteCount);
        uffdio_zeropage.mode(argument, wake.mode(UserfaultfdH.UFFDIO_ZEROPAGE_MODE_DONTWAKE()));
        uffdio_zeropage.zeropage(argument, 0);
        int answer = ioctl(UserfaultfdH.UFFDIO_ZEROPAGE());
        return done(answer, uffdio_zeropage.zeropage(argument));
    }

    /// Maps pages that are in the file already: the answer to a minor fault.
    public long resume(long address, long byteCount, Wake wake) {
        setRange(uffdio_continue.range(argument), address, byteCount);
        uffdio_continue.mode(argument, wake.mode(UserfaultfdH.UFFDIO_CONTINUE_MODE_DONTWAKE()));
        uffdio_continue.mapped(argument, 0);
        int answer = ioctl(UserfaultfdH.UFFDIO_CONTINUE());
        return done(answer, uffdio_continue.mapped(argument));
    }

    /// Makes pages fail with a bus error when they are touched: the answer where there is no data
    /// to be had.
    public long poison(long address, long byteCount, Wake wake) {
        setRange(uffdio_poison.range(argument), address, byteCount);
        uffdio_poison.mode(argument, wake.mode(UserfaultfdH.UFFDIO_POISON_MODE_DONTWAKE()));
        uffdio_poison.updated(argument, 0);
        int answer = ioctl(UserfaultfdH.UFFDIO_POISON());
        return done(answer, uffdio_poison.updated(argument));
    }

    /// Moves pages of private anonymous memory to where none are, without copying: the source is
    /// missing afterwards. A hole in the source stays one, and counts as moved.
    public long move(
            long address, MemorySegment source, long sourceOffset, long byteCount, Wake wake) {
        uffdio_move.dst(argument, address);
        uffdio_move.src(argument, nativeAddress(source, sourceOffset, byteCount));
        uffdio_move.len(argument, byteCount);
        uffdio_move.mode(
                argument,
                UserfaultfdH.UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES()
                        | wake.mode(UserfaultfdH.UFFDIO_MOVE_MODE_DONTWAKE()));
        uffdio_move.move(argument, 0);
        int answer = ioctl(UserfaultfdH.UFFDIO_MOVE(), source);
        return done(answer, uffdio_move.move(argument));
    }

    /// Protects pages against writes. 0, or the negated errno.
    public int protect(long address, long byteCount) {
        return writeProtect(address, byteCount, UserfaultfdH.UFFDIO_WRITEPROTECT_MODE_WP());
    }

    /// Lifts the protection: the answer to a write-protection fault. 0, or the negated errno.
    public int unprotect(long address, long byteCount, Wake wake) {
        return writeProtect(
                address, byteCount, wake.mode(UserfaultfdH.UFFDIO_WRITEPROTECT_MODE_DONTWAKE()));
    }

    private int writeProtect(long address, long byteCount, long mode) {
        setRange(uffdio_writeprotect.range(argument), address, byteCount);
        uffdio_writeprotect.mode(argument, mode);
        return ioctl(UserfaultfdH.UFFDIO_WRITEPROTECT());
    }

    /// Wakes the threads that wait for pages of the range. 0, or the negated errno.
    public int wake(long address, long byteCount) {
        setRange(argument, address, byteCount);
        return ioctl(UserfaultfdH.UFFDIO_WAKE());
    }

    private int ioctl(long request) {
        return Libc.ioctl(state, uffd.descriptor(), request, argument);
    }

    private int ioctl(long request, MemorySegment named) {
        return Libc.ioctl(state, uffd.descriptor(), request, argument, named);
    }

    // The kernel says EAGAIN for a part that is done, and the field says how much.
    private static long done(int answer, long byteCount) {
        return answer < 0 && byteCount <= 0 ? answer : byteCount;
    }

    private static void setRange(MemorySegment range, long address, long byteCount) {
        uffdio_range.start(range, address);
        uffdio_range.len(range, byteCount);
    }

    private static long nativeAddress(MemorySegment source, long offset, long byteCount) {
        if (!source.isNative()) {
            throw new IllegalArgumentException("not native memory: " + source);
        }
        // A slice checks the bounds, and costs nothing once compiled: it goes no further than this.
        return source.asSlice(offset, byteCount).address();
    }
}

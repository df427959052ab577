package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.UserfaultfdH;
import io.coldframe.bindings.generated.linux.uffd_msg;

import java.lang.foreign.MemorySegment;

/// What [UffdHandler#read] fills: an array of messages, by place.
///
/// Static, with the segment as an argument, because a fault loop makes no objects.
public final class UffdMessages {
    /// The bytes of one message.
    public static final long BYTE_COUNT = uffd_msg.sizeof();

    /// A thread waits for a page: [#faultAddress] and the questions beside it.
    public static final int PAGEFAULT = UserfaultfdH.UFFD_EVENT_PAGEFAULT();

    /// This process forked: [#forkDescriptor].
    public static final int FORK = UserfaultfdH.UFFD_EVENT_FORK();

    /// Memory moved: [#remapFrom], [#remapTo], [#remapByteCount].
    public static final int REMAP = UserfaultfdH.UFFD_EVENT_REMAP();

    /// Memory was dropped and now reads as zero: [#rangeStart], [#rangeEnd].
    public static final int REMOVE = UserfaultfdH.UFFD_EVENT_REMOVE();

    /// Memory was unmapped: [#rangeStart], [#rangeEnd].
    public static final int UNMAP = UserfaultfdH.UFFD_EVENT_UNMAP();

    private UffdMessages() {}

    /// One of the constants here.
    public static int event(MemorySegment messages, int place) {
        return uffd_msg.event(at(messages, place));
    }

    /// The address that was touched: its page, unless [UffdFeature#EXACT_ADDRESS] was granted.
    public static long faultAddress(MemorySegment messages, int place) {
        return uffd_msg.arg.pagefault.address(fault(messages, place));
    }

    /// Whether it was touched by a write.
    public static boolean faultIsWrite(MemorySegment messages, int place) {
        return hasFlag(messages, place, UserfaultfdH.UFFD_PAGEFAULT_FLAG_WRITE());
    }

    /// Whether the page is there and write-protected.
    public static boolean faultIsWriteProtect(MemorySegment messages, int place) {
        return hasFlag(messages, place, UserfaultfdH.UFFD_PAGEFAULT_FLAG_WP());
    }

    /// Whether the page is in the file and not mapped.
    public static boolean faultIsMinor(MemorySegment messages, int place) {
        return hasFlag(messages, place, UserfaultfdH.UFFD_PAGEFAULT_FLAG_MINOR());
    }

    /// The thread that waits, if [UffdFeature#THREAD_ID] was granted.
    public static int faultThread(MemorySegment messages, int place) {
        return uffd_msg.arg.pagefault.feat.ptid(
                uffd_msg.arg.pagefault.feat(fault(messages, place)));
    }

    /// A new descriptor for the child's memory, which belongs to the reader: [Userfaultfd#adopt].
    public static int forkDescriptor(MemorySegment messages, int place) {
        return uffd_msg.arg.fork.ufd(uffd_msg.arg.fork(arg(messages, place)));
    }

    /// Where the memory was.
    public static long remapFrom(MemorySegment messages, int place) {
        return uffd_msg.arg.remap.from(uffd_msg.arg.remap(arg(messages, place)));
    }

    /// Where the memory is.
    public static long remapTo(MemorySegment messages, int place) {
        return uffd_msg.arg.remap.to(uffd_msg.arg.remap(arg(messages, place)));
    }

    /// How much of it there is.
    public static long remapByteCount(MemorySegment messages, int place) {
        return uffd_msg.arg.remap.len(uffd_msg.arg.remap(arg(messages, place)));
    }

    /// The first byte that is gone.
    public static long rangeStart(MemorySegment messages, int place) {
        return uffd_msg.arg.remove.start(uffd_msg.arg.remove(arg(messages, place)));
    }

    /// The first byte after those that are gone.
    public static long rangeEnd(MemorySegment messages, int place) {
        return uffd_msg.arg.remove.end(uffd_msg.arg.remove(arg(messages, place)));
    }

    private static boolean hasFlag(MemorySegment messages, int place, long flag) {
        return (uffd_msg.arg.pagefault.flags(fault(messages, place)) & flag) != 0;
    }

    private static MemorySegment fault(MemorySegment messages, int place) {
        return uffd_msg.arg.pagefault(arg(messages, place));
    }

    private static MemorySegment arg(MemorySegment messages, int place) {
        return uffd_msg.arg(at(messages, place));
    }

    private static MemorySegment at(MemorySegment messages, int place) {
        return messages.asSlice(place * BYTE_COUNT, BYTE_COUNT);
    }
}

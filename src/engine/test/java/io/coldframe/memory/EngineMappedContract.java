package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// What memory promises that the engine has mapped itself.
abstract class EngineMappedContract extends GuestMemoryContract {

    /// The kernel itself strays out of the region, and is refused.
    @Test
    void aNativeAccessOutsideOfARegionFaults() throws IOException {
        int sink = NativeMemory.memfdCreate("sink", Abi.MFD_CLOEXEC);
        try (GuestMemory memory = open(TWO)) {
            for (GuestRegion region : memory.regions()) {
                MemorySegment segment = memory.segment(region.index());
                long first = segment.address();
                long last = first + segment.byteSize() - 1;
                assertEquals(1, writeByte(sink, first));
                assertEquals(1, writeByte(sink, last));
                assertEquals(-Errno.EFAULT, writeByte(sink, first - 1));
                assertEquals(-Errno.EFAULT, writeByte(sink, last + 1));
            }
        } finally {
            Libc.close(sink);
        }
    }

    private static long writeByte(int fd, long address) {
        return Libc.pwrite(fd, NativeMemory.borrowed(address, 1), 0);
    }

    @Test
    void aGuardTouchesTheRegionOnEitherSide() throws IOException {
        try (GuestMemory memory = open(TWO)) {
            for (GuestRegion region : memory.regions()) {
                MemorySegment segment = memory.segment(region.index());
                long end = segment.address() + segment.byteSize();
                assertEquals(segment.address(), Smaps.at(segment.address()).start());
                assertEquals(end, Smaps.at(segment.address()).end());
                assertGuard(Smaps.at(segment.address() - 1));
                assertGuard(Smaps.at(end));
            }
        }
    }

    private static void assertGuard(Smaps guard) {
        assertEquals("---p", guard.access());
        assertEquals(0, guard.residentBytes());
        assertTrue(guard.byteCount() >= NativeMemory.pageByteCount());
    }

    @Test
    void viewsEndWithTheMemory() throws IOException {
        GuestMemory memory = open(TWO);
        MemorySegment segment = memory.segment(1);
        MemorySegment slice = memory.slice(PAGE, 16);
        memory.close();
        assertThrows(IllegalStateException.class, () -> segment.get(BYTE, 0));
        assertThrows(IllegalStateException.class, () -> slice.get(BYTE, 0));
    }

    /// A thread that waits in a `read` into guest memory, and another that closes the memory.
    @Test
    void closingIsRefusedWhileANativeCallUsesIt() throws Exception {
        assumeTrue(
                Files.isReadable(Path.of("/proc/self/syscall")),
                "the kernel does not show /proc/self/syscall");
        int event = Libc.eventfd(0, Abi.EFD_CLOEXEC);
        try (GuestMemory memory = open(TWO);
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            MemorySegment target = memory.slice(3 * PAGE, 8);
            Future<Long> read = threads.submit(() -> Libc.read(event, target));
            while (!isReadingInto(target.address())) {
                assertTrue(!read.isDone(), "the read did not wait");
                Thread.onSpinWait();
            }
            assertThrows(IllegalStateException.class, memory::close);
            assertEquals(0, memory.slice(0, 8).get(WORD, 0));
            MemorySegment one = memory.slice(0, 8);
            one.set(WORD, 0, 1);
            assertEquals(8, Libc.write(event, one));
            assertEquals(8, read.get());
            assertEquals(1, target.get(WORD, 0));
        } finally {
            Libc.close(event);
        }
    }

    /// Whether a thread of this process is in a system call whose second argument is `address`.
    private static boolean isReadingInto(long address) throws IOException {
        String argument = " 0x" + Long.toHexString(address) + " ";
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                if (Files.exists(task)
                        && Files.readString(task.resolve("syscall")).contains(argument)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void whatTheKernelRefusesHalfWayLeavesNothingBehind() throws Exception {
        // The first region fits into the address space, the second does not.
        GuestLayout layout = GuestLayout.of(MIB).then(MIB, 1L << 60);
        Leaks.assertNone(() -> assertThrows(IOException.class, () -> open(layout)));
    }
}

package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.PollSet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A userfaultfd with a handler, and threads that fault.
///
/// Threads touch watched memory through reads and writes of a file only: inside a native call a
/// thread may wait for a page for ever without holding up the JVM.
final class Faulter implements AutoCloseable {
    // A bound for a test that hangs, not for one that is slow.
    private static final int PATIENCE_MS = 60_000;

    private final Arena arena = Arena.ofShared();
    private final Userfaultfd uffd;
    private final UffdHandler handler;
    private final PollSet poll;
    private final MemorySegment messages;
    private final int bytesFile;
    private final ExecutorService threads =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "faulting");
                        thread.setDaemon(true);
                        return thread;
                    });

    Faulter(Userfaultfd uffd) {
        this.uffd = uffd;
        this.handler = UffdHandler.of(uffd, arena);
        this.poll = PollSet.in(arena, 1);
        this.messages = arena.allocate(16 * UffdMessages.BYTE_COUNT, Long.BYTES);
        this.bytesFile = TestMemory.memfd(arena, 16);
        poll.watch(0, uffd.descriptor(), Abi.POLLIN);
    }

    Arena arena() {
        return arena;
    }

    Userfaultfd uffd() {
        return uffd;
    }

    UffdHandler handler() {
        return handler;
    }

    MemorySegment messages() {
        return messages;
    }

    /// A file that is as long as 16 pages and full of zeros.
    int bytesFile() {
        return bytesFile;
    }

    /// Waits until there is a message, without reading it.
    void awaitMessage() {
        assertEquals(1, poll.await(PATIENCE_MS));
        assertEquals(Abi.POLLIN, poll.returned(0));
    }

    /// Reads the one message that comes next.
    int nextEvent() {
        awaitMessage();
        assertEquals(1, handler.read(messages));
        return UffdMessages.event(messages, 0);
    }

    /// Does something in another thread.
    <T> Future<T> start(Callable<T> task) {
        return threads.submit(task);
    }

    /// Loads the first byte of `memory` in another thread: the byte, or the negated errno.
    Future<Long> load(MemorySegment memory) {
        return start(
                () -> {
                    try (Arena call = Arena.ofConfined()) {
                        int file = TestMemory.memfd(call, 1);
                        long written = Libc.pwrite(file, memory.asSlice(0, 1), 0);
                        MemorySegment back = call.allocate(1);
                        if (written < 0) {
                            return written;
                        }
                        assertEquals(1, Libc.pread(file, back, 0));
                        return Byte.toUnsignedLong(back.get(ValueLayout.JAVA_BYTE, 0));
                    }
                });
    }

    /// Stores a zero to the first byte of `memory` in another thread: 1, or the negated errno.
    Future<Long> store(MemorySegment memory) {
        return start(() -> Libc.pread(bytesFile, memory.asSlice(0, 1), 0));
    }

    /// What another thread comes to.
    static <T> T result(Future<T> task) throws Exception {
        return task.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        // Lets every thread go that still waits.
        uffd.close();
        threads.close();
        arena.close();
    }
}

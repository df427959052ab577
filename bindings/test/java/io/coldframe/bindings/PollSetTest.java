package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.ok;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

final class PollSetTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void endMemory() {
        arena.close();
    }

    @Test
    void anEmptySetWaitsForNothing() {
        PollSet set = PollSet.in(arena, 2);
        assertEquals(0, set.await(0));
        assertEquals(0, set.returned(0));
    }

    @Test
    void whatIsReadyIsFoundAtItsPlace() {
        int counter = ok(Libc.eventfd(0, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK));
        PollSet set = PollSet.in(arena, 3);
        set.watch(2, counter, Abi.POLLIN);
        assertEquals(0, set.await(0));
        MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
        ok(Libc.write(counter, one));
        assertEquals(1, set.await(-1));
        assertEquals(Abi.POLLIN, set.returned(2));
        assertEquals(0, set.returned(1));

        set.watch(0, counter, Abi.POLLOUT);
        assertEquals(2, set.await(-1));
        assertEquals(Abi.POLLOUT, set.returned(0));

        set.clear(0);
        set.clear(2);
        assertEquals(0, set.await(0));
        assertEquals(0, set.returned(2));
        ok(Libc.close(counter));
    }

    @Test
    void aWaitEndsWhenAnotherThreadWakesIt() throws InterruptedException {
        int counter = ok(Libc.eventfd(0, Abi.EFD_CLOEXEC));
        PollSet set = PollSet.in(arena, 1);
        set.watch(0, counter, Abi.POLLIN);
        Thread waker =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (Arena own = Arena.ofConfined()) {
                                        MemorySegment one =
                                                own.allocateFrom(ValueLayout.JAVA_LONG, 1);
                                        ok(Libc.write(counter, one));
                                    }
                                });
        assertEquals(1, set.await(-1));
        waker.join();
        ok(Libc.close(counter));
    }

    @Test
    void theEndOfTheOtherAndAClosedDescriptorAreReported() {
        int[] ends = new int[2];
        ok(UnixSockets.pair(UnixSockets.STREAM, ends));
        ok(Libc.close(ends[1]));
        PollSet set = PollSet.in(arena, 1);
        set.watch(0, ends[0], 0);
        assertEquals(1, set.await(-1));
        assertEquals(Abi.POLLHUP, set.returned(0));
        ok(Libc.close(ends[0]));
        assertEquals(1, set.await(-1));
        assertEquals(Abi.POLLNVAL, set.returned(0));
    }

    @Test
    void aTimeoutIsNoEvent() {
        int counter = ok(Libc.eventfd(0, Abi.EFD_CLOEXEC));
        PollSet set = PollSet.in(arena, 1);
        set.watch(0, counter, Abi.POLLIN);
        assertEquals(0, set.await(1));
        ok(Libc.close(counter));
    }

    @Test
    void aPlaceThatIsNotThereIsRefused() {
        PollSet set = PollSet.in(arena, 1);
        assertThrows(IndexOutOfBoundsException.class, () -> set.watch(1, 0, Abi.POLLIN));
        assertThrows(IndexOutOfBoundsException.class, () -> set.returned(-1));
        assertThrows(IllegalArgumentException.class, () -> PollSet.in(arena, 0));
    }
}

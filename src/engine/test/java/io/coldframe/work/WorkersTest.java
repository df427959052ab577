package io.coldframe.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

final class WorkersTest {

    @Test
    void allTasksHaveEndedWhenItReturns() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        Workers.run(Collections.nCopies(4, ended::incrementAndGet), () -> {});
        assertEquals(4, ended.get());
    }

    @Test
    void theFirstFailureIsThrownAndTheOthersRideAlong() {
        AtomicInteger failures = new AtomicInteger();
        Workers.Task failing =
                () -> {
                    throw new IllegalStateException("no " + failures.incrementAndGet());
                };
        IllegalStateException first =
                assertThrows(
                        IllegalStateException.class,
                        () -> Workers.run(Collections.nCopies(3, failing), () -> {}));
        assertEquals(2, first.getSuppressed().length);
    }

    /// They write through a descriptor that the caller closes next.
    @Test
    void tasksAreWaitedForWhenThereAreNoMoreThreads() {
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger threads = new AtomicInteger();
        OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
        Workers.Task untilStopped =
                () -> {
                    try {
                        stopped.await();
                        ended.set(true);
                    } catch (InterruptedException impossible) {
                        throw new AssertionError(impossible);
                    }
                };
        OutOfMemoryError failure =
                assertThrows(
                        OutOfMemoryError.class,
                        () ->
                                Workers.run(
                                        List.of(() -> {}, untilStopped, () -> {}),
                                        stopped::countDown,
                                        work -> {
                                            if (threads.incrementAndGet() > 1) {
                                                throw none;
                                            }
                                            return new Thread(work);
                                        }));
        assertSame(none, failure);
        assertTrue(ended.get());
    }
}

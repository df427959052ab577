package io.coldframe.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/// Spans are worked on once, whoever comes to them.
final class SpanWorkTest {
    private static final int SPAN_BYTES = 64;

    /// A lane that does one thing.
    private interface Step {
        void run(long offset, long byteCount) throws SnapshotException;
    }

    private static SpanWork.Lane lane(Step step, AtomicInteger open) {
        open.incrementAndGet();
        return new SpanWork.Lane() {
            @Override
            public void accept(long offset, long byteCount) throws SnapshotException {
                step.run(offset, byteCount);
            }

            @Override
            public void close() {
                open.decrementAndGet();
            }
        };
    }

    @Test
    void everyByteIsInOneSpanWhateverTheThreads() throws Exception {
        for (int byteCount : new int[] {0, 1, 63, 64, 65, 640, 1000}) {
            for (int threadCount = 1; threadCount <= 8; threadCount++) {
                AtomicIntegerArray seen = new AtomicIntegerArray(byteCount);
                AtomicInteger open = new AtomicInteger();
                AtomicLong done = new AtomicLong(-1);
                SpanWork.run(
                        byteCount,
                        SPAN_BYTES,
                        threadCount,
                        (doneBytes, totalBytes) -> {
                            assertTrue(doneBytes >= done.getAndSet(doneBytes));
                            return true;
                        },
                        () ->
                                lane(
                                        (offset, length) -> {
                                            assertEquals(0, offset % SPAN_BYTES);
                                            for (long at = offset; at < offset + length; at++) {
                                                seen.incrementAndGet((int) at);
                                            }
                                        },
                                        open));
                for (int at = 0; at < byteCount; at++) {
                    assertEquals(1, seen.get(at), "byte " + at);
                }
                assertEquals(byteCount, done.get());
                assertEquals(0, open.get());
            }
        }
    }

    @Test
    void theFirstFailureInTheRangeIsTheOneThatIsThrown() {
        // Both threads fail, and which of them is quicker is a matter of luck.
        for (int round = 0; round < 100; round++) {
            CyclicBarrier both = new CyclicBarrier(2);
            AtomicInteger open = new AtomicInteger();
            SnapshotException failure =
                    assertThrows(
                            SnapshotException.class,
                            () ->
                                    SpanWork.run(
                                            10 * SPAN_BYTES,
                                            SPAN_BYTES,
                                            2,
                                            Progress.NONE,
                                            () ->
                                                    lane(
                                                            (offset, length) -> {
                                                                meet(both);
                                                                throw new SnapshotException(
                                                                        Kind.CORRUPT,
                                                                        "bad",
                                                                        offset);
                                                            },
                                                            open)));
            assertEquals("bad [0]", failure.getMessage());
            assertEquals(0, open.get());
        }
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void afterACancellationNoSpanIsBegun() {
        List<Long> begun = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger open = new AtomicInteger();
        assertThrows(
                CancellationException.class,
                () ->
                        SpanWork.run(
                                1_000 * SPAN_BYTES,
                                SPAN_BYTES,
                                1,
                                (doneBytes, totalBytes) -> false,
                                () -> lane((offset, length) -> begun.add(offset), open)));
        assertEquals(List.of(0L), begun);
        assertEquals(0, open.get());
    }
}

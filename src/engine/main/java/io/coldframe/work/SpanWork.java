package io.coldframe.work;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// Works through a range of bytes span by span, with several threads, each of which takes the next
/// span when it is done with one.
///
/// If spans fail, the failure that is thrown is that of the first of them, whichever thread came to
/// it when: every span before it was handed out before, and is still worked on.
///
/// **Threads.** One runs it.
public final class SpanWork {

    private final long byteCount;
    private final long spanBytes;
    private final ProgressMeter meter;
    private final AtomicLong nextOffset = new AtomicLong();
    private final TreeMap<Long, SnapshotException> failures = new TreeMap<>();

    private SpanWork(long byteCount, long spanBytes, Progress progress) {
        this.byteCount = byteCount;
        this.spanBytes = spanBytes;
        this.meter = new ProgressMeter(progress, byteCount);
    }

    /// What one thread needs to work on spans.
    public interface Lane extends AutoCloseable {

        /// Works on one span.
        void accept(long offset, long byteCount) throws SnapshotException;

        @Override
        void close();
    }

    /// Makes what one thread needs, in that thread.
    @FunctionalInterface
    public interface Lanes {
        /// {@return a lane of its own}
        Lane open() throws SnapshotException;
    }

    /// Works through the range `[0, byteCount)`.
    ///
    /// @param spanBytes how many bytes a span has; the last one may have fewer
    /// @param threadCount how many threads, at least one
    /// @param progress hears how far it is, and may cancel
    public static void run(
            long byteCount, long spanBytes, int threadCount, Progress progress, Lanes lanes)
            throws SnapshotException {
        new SpanWork(byteCount, spanBytes, progress).run(threadCount, lanes);
    }

    private void run(int threadCount, Lanes lanes) throws SnapshotException {
        long spanCount = (byteCount + spanBytes - 1) / spanBytes;
        int workers = Math.clamp(spanCount, 1, threadCount);
        Workers.run(Collections.nCopies(workers, () -> workOn(lanes)), this::stop);
        Map.Entry<Long, SnapshotException> first = failures.firstEntry();
        if (first != null) {
            throw first.getValue();
        }
        meter.add(0);
    }

    private void workOn(Lanes lanes) throws SnapshotException {
        try (Lane lane = lanes.open()) {
            for (long at = next(); at < byteCount; at = next()) {
                long length = Math.min(spanBytes, byteCount - at);
                try {
                    lane.accept(at, length);
                } catch (SnapshotException failure) {
                    failed(at, failure);
                    return;
                }
                meter.add(length);
            }
        }
    }

    private long next() {
        return nextOffset.getAndAdd(spanBytes);
    }

    private void failed(long offset, SnapshotException failure) {
        stop();
        synchronized (failures) {
            failures.put(offset, failure);
        }
    }

    private void stop() {
        // Far enough, and far from where the additions of the others would wrap.
        nextOffset.set(byteCount);
    }
}

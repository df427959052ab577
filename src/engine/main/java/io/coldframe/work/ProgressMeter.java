package io.coldframe.work;

import io.coldframe.Progress;

import java.util.concurrent.CancellationException;

/// Tells a listener how far several threads are.
///
/// **Threads.** Any; the listener hears one at a time.
public final class ProgressMeter {

    private final Progress listener;
    private final long totalBytes;
    private long doneBytes;

    /// Tells `listener` about `totalBytes` that are to be done.
    public ProgressMeter(Progress listener, long totalBytes) {
        this.listener = listener;
        this.totalBytes = totalBytes;
    }

    /// Some more is done.
    ///
    /// @throws CancellationException if the listener does not want the rest
    public synchronized void add(long byteCount) {
        doneBytes += byteCount;
        if (!listener.proceed(doneBytes, totalBytes)) {
            throw new CancellationException(
                    "cancelled at %d of %d bytes".formatted(doneBytes, totalBytes));
        }
    }
}

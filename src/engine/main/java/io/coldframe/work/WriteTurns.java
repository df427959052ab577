package io.coldframe.work;

import java.util.concurrent.CancellationException;

/// Lets threads that work on units at the same time write them one after another, in order.
///
/// **Threads.** Any.
public final class WriteTurns {
    private long nextOffset;
    private boolean ended;

    /// The turn is the one of offset 0.
    public WriteTurns() {}

    /// Waits until everything before `packedOffset` is written.
    ///
    /// @throws CancellationException if that will never be
    public synchronized void await(long packedOffset) {
        boolean interrupted = false;
        while (!ended && nextOffset != packedOffset) {
            try {
                wait();
            } catch (InterruptedException later) {
                // The writing is stopped by its listener alone.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (ended) {
            throw new CancellationException("another thread has failed");
        }
    }

    /// Everything before `packedOffset` is written.
    public synchronized void done(long packedOffset) {
        nextOffset = packedOffset;
        notifyAll();
    }

    /// Somebody has failed, and nobody need wait any more.
    public synchronized void end() {
        ended = true;
        notifyAll();
    }
}

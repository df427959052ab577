package io.coldframe.memory;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// The faults of each block within the window of a [GranulePolicy].
///
/// It holds a [FaultWindow] for each block that faulted lately. When their number has doubled,
/// those whose window is over are thrown away; they would have started empty at their next fault.
/// So there are never more than twice as many as blocks that faulted within one window, or
/// `WINDOWS_UNSWEPT`.
///
/// **Threads.** Any. Faults of the same block are counted one at a time, and the clock is read
/// there, so that the times of a block enter in ascending order.
final class FaultCounts {

    // About 150 KiB; below that, sweeping would save nothing.
    private static final long WINDOWS_UNSWEPT = 1024;

    private final GranulePolicy policy;
    private final LongSupplier clockNs;
    private final ConcurrentHashMap<Long, FaultWindow> windows = new ConcurrentHashMap<>();
    private final Lock sweeping = new ReentrantLock();
    private volatile long sweepAbove = WINDOWS_UNSWEPT;

    FaultCounts(GranulePolicy policy, LongSupplier clockNs) {
        this.policy = policy;
        this.clockNs = clockNs;
    }

    /// Counts a fault of `block` that happens now; whether it is one too many in a window.
    boolean exceed(long block) {
        boolean[] exceeded = new boolean[1];
        windows.compute(
                block,
                (_, known) -> {
                    FaultWindow window =
                            known == null
                                    ? new FaultWindow(policy.threshold(), policy.windowNs())
                                    : known;
                    exceeded[0] = window.exceed(clockNs.getAsLong());
                    return window;
                });
        if (windows.mappingCount() > sweepAbove && sweeping.tryLock()) {
            try {
                sweep(clockNs.getAsLong());
            } finally {
                sweeping.unlock();
            }
        }
        return exceeded[0];
    }

    private void sweep(long nowNs) {
        for (Long block : windows.keySet()) {
            windows.computeIfPresent(block, (_, window) -> window.isOver(nowNs) ? null : window);
        }
        sweepAbove = Math.max(WINDOWS_UNSWEPT, 2 * windows.mappingCount());
    }

    /// How many blocks it holds times of.
    long windowCount() {
        return windows.mappingCount();
    }
}

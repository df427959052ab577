package io.coldframe.memory;

/// The latest faults of one block, and whether more than `threshold` of them are in one window.
///
/// It keeps the times of the last `threshold` faults in a ring, in ascending order. A fault exceeds
/// the threshold exactly when that many others are in the window that ends with it. The ring starts
/// small, and grows only when all that it holds is in the window.
///
/// **Threads.** One at a time: the caller sees to it.
final class FaultWindow {

    // A block of a quiet guest takes a few faults in all.
    private static final int TIMES_AT_FIRST = 4;

    private final int threshold;
    private final long windowNs;
    private long[] timesNs;
    private int oldest;
    private int count;

    FaultWindow(int threshold, long windowNs) {
        this.threshold = threshold;
        this.windowNs = windowNs;
        this.timesNs = new long[Math.min(threshold, TIMES_AT_FIRST)];
    }

    /// Counts a fault at `nowNs`; whether it and `threshold` faults before it are in one window.
    boolean exceed(long nowNs) {
        dropBefore(nowNs);
        if (count == threshold) {
            return true;
        }
        if (count == timesNs.length) {
            grow();
        }
        timesNs[place(count)] = nowNs;
        count++;
        return false;
    }

    /// Whether no fault of before `nowNs` is in the window any more.
    boolean isOver(long nowNs) {
        dropBefore(nowNs);
        return count == 0;
    }

    private void dropBefore(long nowNs) {
        // A difference, because a clock may pass the largest number.
        while (count > 0 && nowNs - timesNs[oldest] > windowNs) {
            oldest = place(1);
            count--;
        }
    }

    private void grow() {
        // In long: twice a threshold near the largest int is none.
        long[] larger = new long[(int) Math.min(threshold, 2L * timesNs.length)];
        System.arraycopy(timesNs, oldest, larger, 0, timesNs.length - oldest);
        System.arraycopy(timesNs, 0, larger, timesNs.length - oldest, oldest);
        timesNs = larger;
        oldest = 0;
    }

    /// Where the fault `age` after the oldest is kept.
    private int place(int age) {
        return (int) (((long) oldest + age) % timesNs.length);
    }
}

package io.coldframe.memory;

import java.util.concurrent.TimeUnit;

/// When a [TrackedRegion] stops tracking in blocks and starts to track in pages.
///
/// It starts with blocks: few bits, few faults. It steps down when one block takes more than
/// `threshold` faults of which the first and the last are at most `windowNs` apart: a guest that
/// writes all over a block would have the whole of it copied for a few pages.
///
/// A block can only take that many faults if a fault lets less than the block be written. So a
/// fault in a block is granted [#grant()] of it, and a policy under which no block could ever
/// exceed the threshold is refused.
///
/// @param block what a region is tracked in at first
/// @param page what it steps down to: the page of the host, the smallest that can be protected
/// @param threshold how many faults in a window a block may take
/// @param windowNs how long the window is
public record GranulePolicy(PageSize block, PageSize page, int threshold, long windowNs) {

    // 33 faults of a few microseconds each are noise in 100 ms, and 33 of at least 64 pieces of a
    // block written in 100 ms are a guest that is all over it.
    private static final int THRESHOLD_DEFAULT = 32;
    private static final long WINDOW_NS_DEFAULT = TimeUnit.MILLISECONDS.toNanos(100);

    /// Refuses a policy that could never fire.
    public GranulePolicy {
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold is not positive: " + threshold);
        }
        if (windowNs < 1) {
            throw new IllegalArgumentException("windowNs is not positive: " + windowNs);
        }
        if (block.shift() - page.shift() < grantsShift(threshold)) {
            throw new IllegalArgumentException(
                    "can never fire: a block of %s in pages of %s takes no more than %d faults"
                            .formatted(block, page, threshold));
        }
    }

    /// {@return blocks of 2 MiB that step down to `hostPage` at more than 32 faults in 100 ms}
    ///
    /// @param hostPage the page of the host, at most 32 KiB
    public static GranulePolicy standard(PageSize hostPage) {
        return new GranulePolicy(PageSize.MIB_2, hostPage, THRESHOLD_DEFAULT, WINDOW_NS_DEFAULT);
    }

    /// {@return what one fault in a block makes writable}
    ///
    /// It is the largest part of which a block has more than the threshold.
    public PageSize grant() {
        return new PageSize(block.shift() - grantsShift(threshold));
    }

    /// The binary logarithm of the smallest power of two above `threshold`.
    private static int grantsShift(int threshold) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(threshold);
    }
}

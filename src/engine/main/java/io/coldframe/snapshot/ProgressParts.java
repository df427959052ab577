package io.coldframe.snapshot;

import io.coldframe.Progress;

import java.util.stream.LongStream;

/// One progress of things that are done one after the other, each of which counts from nothing.
///
/// What they count may come from manifests that somebody made up, so sums that would overflow stay
/// at the greatest number, and what is done is never more than all, nor less than before.
///
/// **Threads.** As [Progress]: one at a time.
final class ProgressParts {

    private final Progress whole;
    private final long totalBytes;
    private long beforeBytes;
    private long doneBytes;

    /// @param whole hears of all parts
    /// @param partBytes how much each will count
    ProgressParts(Progress whole, LongStream partBytes) {
        this.whole = whole;
        this.totalBytes = partBytes.reduce(0, ProgressParts::sum);
    }

    /// The progress of the next part, which counts so much.
    Progress next(long partBytes) {
        long before = beforeBytes;
        beforeBytes = sum(before, partBytes);
        return (done, _) -> {
            doneBytes = Math.max(doneBytes, Math.min(sum(before, done), totalBytes));
            return whole.proceed(doneBytes, totalBytes);
        };
    }

    /// The sum of two counts, or the greatest number if that is less.
    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}

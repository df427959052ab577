package io.coldframe.cli.bench;

import io.coldframe.cli.Activity;

/// Counts the runs of a benchmark for those who watch it.
final class Runs {

    private final Activity activity;
    private final long byteCount;
    private final long totalCount;
    private long doneCount;

    /// @param byteCount of one run
    Runs(Activity activity, long byteCount, long totalCount) {
        this.activity = activity;
        this.byteCount = byteCount;
        this.totalCount = totalCount;
    }

    /// One more is done. @return whether to go on
    boolean oneMore() {
        doneCount++;
        return activity.proceed(doneCount * byteCount, totalCount * byteCount);
    }
}

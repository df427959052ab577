package io.coldframe.cli;

import io.coldframe.Progress;

/// Something that takes long: it is shown, and Ctrl-C stops it.
///
/// **Lifetime.** Closed when everything it stands for is done or undone.
public final class Activity implements Progress, AutoCloseable {

    private final ProgressBar bar;
    private final Interruption interruption;

    Activity(ProgressBar bar, Interruption interruption) {
        this.bar = bar;
        this.interruption = interruption;
    }

    @Override
    public boolean proceed(long doneBytes, long totalBytes) {
        bar.proceed(doneBytes, totalBytes);
        return !interruption.isAsked();
    }

    /// Whether Ctrl-C was pressed.
    public boolean isStopped() {
        return interruption.isAsked();
    }

    @Override
    public void close() {
        bar.close();
        interruption.close();
    }
}

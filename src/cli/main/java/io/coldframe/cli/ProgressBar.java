package io.coldframe.cli;

import io.coldframe.Progress;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Says on standard error how far a command is.
///
/// On a terminal that is one line, drawn over again: how much is done, how fast, how long it will
/// take, and it is wiped when the command ends. Elsewhere it is a whole line now and then, and none
/// for what is done before the first is due.
///
/// **Threads.** Any: several may report at once.
final class ProgressBar implements Progress, AutoCloseable {

    /// How it is shown.
    enum Style {
        /// Not at all.
        NONE,
        /// Plain lines, as for a log.
        LINES,
        /// One line that is drawn over.
        BAR
    }

    // Fast enough to look alive, slow enough to cost nothing.
    private static final long BAR_INTERVAL_NS = 100_000_000L;
    private static final long LINE_INTERVAL_NS = 5_000_000_000L;
    private static final int BAR_CELLS = 16;
    private static final String WIPE_LINE = "\r\u001b[K";
    // On a narrow terminal the line is cut; if it were continued below, only the rest of it would
    // be
    // drawn over.
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private final String what;
    private final Style style;
    private final PrintWriter err;
    private final LongSupplier clockNs;
    private final long intervalNs;

    private long startNs;
    private long lastDoneBytes;
    private volatile long dueNs;
    private boolean isDrawn;
    private boolean isClosed;

    /// @param what what is being done, as in `saving`
    /// @param clockNs as [System#nanoTime()]
    ProgressBar(String what, Style style, PrintWriter err, LongSupplier clockNs) {
        this.what = what;
        this.style = style;
        this.err = err;
        this.clockNs = clockNs;
        this.intervalNs = style == Style.BAR ? BAR_INTERVAL_NS : LINE_INTERVAL_NS;
        this.startNs = clockNs.getAsLong();
        this.dueNs = startNs + intervalNs;
    }

    @Override
    public boolean proceed(long doneBytes, long totalBytes) {
        if (style != Style.NONE) {
            long nowNs = clockNs.getAsLong();
            if (nowNs - dueNs >= 0) {
                show(doneBytes, totalBytes, nowNs);
            }
        }
        return true;
    }

    private synchronized void show(long doneBytes, long totalBytes, long nowNs) {
        // Whoever reports late draws no more.
        if (isClosed || nowNs - dueNs < 0) {
            return;
        }
        dueNs = nowNs + intervalNs;
        if (doneBytes < lastDoneBytes) {
            // The next part of the work, which counts from 0.
            startNs = nowNs;
        }
        lastDoneBytes = doneBytes;
        if (style == Style.BAR) {
            err.print(WIPE_LINE + NO_WRAP + bar(doneBytes, totalBytes, nowNs - startNs) + WRAP);
            isDrawn = true;
        } else {
            err.println("coldframe: " + line(doneBytes, totalBytes, nowNs - startNs));
        }
        err.flush();
    }

    private String bar(long doneBytes, long totalBytes, long elapsedNs) {
        int cells = (int) (fraction(doneBytes, totalBytes) * BAR_CELLS);
        return "%s [%s%s] %s"
                .formatted(
                        what,
                        "=".repeat(cells),
                        " ".repeat(BAR_CELLS - cells),
                        figures(doneBytes, totalBytes, elapsedNs));
    }

    private String line(long doneBytes, long totalBytes, long elapsedNs) {
        return what + ": " + figures(doneBytes, totalBytes, elapsedNs);
    }

    private static String figures(long doneBytes, long totalBytes, long elapsedNs) {
        String done =
                "%d%%, %s of %s, %s"
                        .formatted(
                                (int) (fraction(doneBytes, totalBytes) * 100),
                                ByteCounts.text(doneBytes),
                                ByteCounts.text(totalBytes),
                                ByteCounts.rate(doneBytes, elapsedNs));
        if (doneBytes <= 0 || doneBytes > totalBytes) {
            return done;
        }
        double left = (double) elapsedNs / doneBytes * (totalBytes - doneBytes);
        return done + ", " + duration((long) Math.ceil(left / 1e9)) + " left";
    }

    private static double fraction(long doneBytes, long totalBytes) {
        return totalBytes <= 0 ? 1 : Math.clamp((double) doneBytes / totalBytes, 0, 1);
    }

    /// As `0:07`, `12:34` or `1:02:03`.
    static String duration(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(
                        Locale.ROOT,
                        "%d:%02d:%02d",
                        seconds / 3600,
                        seconds / 60 % 60,
                        seconds % 60);
    }

    /// Wipes what was drawn over, so that what is printed next begins a line.
    @Override
    public synchronized void close() {
        if (isDrawn) {
            err.print(WIPE_LINE);
            err.flush();
            isDrawn = false;
        }
        isClosed = true;
    }
}

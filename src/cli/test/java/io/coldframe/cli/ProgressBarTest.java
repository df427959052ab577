package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.ProgressBar.Style;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

final class ProgressBarTest {

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long GIB = 1L << 30;

    private final StringWriter err = new StringWriter();
    // A clock may begin anywhere, and run over.
    private long nowNs = Long.MAX_VALUE - SECOND_NS;

    private ProgressBar bar(Style style) {
        return new ProgressBar("saving", style, new PrintWriter(err), () -> nowNs);
    }

    @Test
    void aBarShowsHowMuchHowFastAndHowLong() {
        try (ProgressBar bar = bar(Style.BAR)) {
            nowNs += SECOND_NS / 2;
            assertTrue(bar.proceed(GIB / 4, GIB));
            assertEquals(
                    "\r"
                        + "\u001b[K\u001b[?7lsaving [====            ] 25%, 256 MiB of 1 GiB, 512"
                        + " MiB/s, 0:02 left\u001b[?7h",
                    err.toString());
        }
    }

    @Test
    void aBarIsWipedAtItsEnd() {
        ProgressBar bar = bar(Style.BAR);
        nowNs += SECOND_NS;
        bar.proceed(GIB, GIB);
        bar.close();
        assertTrue(err.toString().endsWith("0:00 left\u001b[?7h\r\u001b[K"), err.toString());
        String before = err.toString();
        nowNs += SECOND_NS;
        bar.proceed(GIB, GIB);
        bar.close();
        assertEquals(before, err.toString());
    }

    @Test
    void aBarIsNotDrawnMoreThanTenTimesASecond() {
        try (ProgressBar bar = bar(Style.BAR)) {
            for (int step = 0; step < 1000; step++) {
                nowNs += SECOND_NS / 1000;
                bar.proceed(step, 1000);
            }
            assertEquals(10, err.toString().chars().filter(unit -> unit == '\r').count());
        }
    }

    @Test
    void elsewhereThereIsALineNowAndThen() {
        try (ProgressBar bar = bar(Style.LINES)) {
            for (int second = 1; second <= 12; second++) {
                nowNs += SECOND_NS;
                bar.proceed(second * GIB, 24 * GIB);
            }
        }
        assertEquals(
                List.of(
                        "coldframe: saving: 20%, 5 GiB of 24 GiB, 1 GiB/s, 0:19 left",
                        "coldframe: saving: 41%, 10 GiB of 24 GiB, 1 GiB/s, 0:14 left"),
                err.toString().lines().toList());
    }

    @Test
    void whatIsOverSoonNeedsNoLine() {
        try (ProgressBar bar = bar(Style.LINES)) {
            nowNs += 4 * SECOND_NS;
            bar.proceed(GIB, GIB);
        }
        assertEquals("", err.toString());
    }

    @Test
    void quietIsQuiet() {
        try (ProgressBar bar = bar(Style.NONE)) {
            nowNs += 100 * SECOND_NS;
            assertTrue(bar.proceed(1, 2));
        }
        assertEquals("", err.toString());
    }

    @Test
    void theRateOfTheNextPartIsItsOwn() {
        try (ProgressBar bar = bar(Style.LINES)) {
            nowNs += 10 * SECOND_NS;
            bar.proceed(10 * GIB, 10 * GIB);
            nowNs += 10 * SECOND_NS;
            bar.proceed(0, 10 * GIB);
            nowNs += 5 * SECOND_NS;
            bar.proceed(GIB, 10 * GIB);
        }
        assertEquals(
                "coldframe: saving: 10%, 1 GiB of 10 GiB, 204.8 MiB/s, 0:45 left",
                err.toString().lines().toList().getLast());
    }

    @Test
    void nothingToDoIsAllOfIt() {
        try (ProgressBar bar = bar(Style.LINES)) {
            nowNs += 5 * SECOND_NS;
            bar.proceed(0, 0);
        }
        assertEquals(
                "coldframe: saving: 100%, 0 bytes of 0 bytes, 0 bytes/s",
                err.toString().lines().toList().getLast());
    }

    @ParameterizedTest
    @CsvSource({"0,0:00", "59,0:59", "60,1:00", "3599,59:59", "3600,1:00:00", "360000,100:00:00"})
    void aDurationIsAClock(long seconds, String text) {
        assertEquals(text, ProgressBar.duration(seconds));
    }
}

package io.coldframe.cli.picture;

import java.util.Locale;

/// A share of a whole for people.
public final class Percent {

    private Percent() {}

    /// As `12.5 %`; never `0.0 %` of something, and never `100.0 %` of not all.
    public static String text(long part, long whole) {
        double percent = whole == 0 ? 0 : 100.0 * part / whole;
        if (part > 0 && percent < 0.1) {
            return "< 0.1 %";
        }
        if (part < whole && percent > 99.9) {
            return "> 99.9 %";
        }
        return String.format(Locale.ROOT, "%.1f %%", percent);
    }
}

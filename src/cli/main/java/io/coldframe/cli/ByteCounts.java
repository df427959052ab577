package io.coldframe.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Counts of bytes as people write and read them: `512m`, `1g`, `1.5 GiB`. Every unit is a power of
/// 1024.
public final class ByteCounts {

    private static final String UNITS = "kmgt";
    private static final Pattern WRITTEN =
            Pattern.compile("([0-9]{1,18}) ?(?:([kmgt])(?:ib)?)?", Pattern.CASE_INSENSITIVE);

    private ByteCounts() {}

    /// Reads an option's value.
    public static final class Converter implements ITypeConverter<Long> {

        /// For picocli.
        public Converter() {}

        @Override
        public Long convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(wrong.getMessage());
            }
        }
    }

    /// The number of bytes that `text` means.
    ///
    /// @throws IllegalArgumentException if it is no number of bytes that fits a `long`; `GB` and
    ///     its like are refused, because some read powers of 1000 in them
    public static long parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no number of bytes, such as 4096, 512m or 1g");
        }
        long number = Long.parseLong(written.group(1));
        String unit = written.group(2) == null ? "" : written.group(2).toLowerCase(Locale.ROOT);
        int shift = unit.isEmpty() ? 0 : 10 * (UNITS.indexOf(unit) + 1);
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("'" + text + "' is more bytes than 2^63");
        }
        return number << shift;
    }

    /// `byteCount` in the largest unit that it has one of: whole where it is, else with one digit
    /// after the point.
    public static String text(long byteCount) {
        if (byteCount < 1024) {
            return byteCount == 1 ? "1 byte" : byteCount + " bytes";
        }
        int unit = 1;
        // What would be rounded to 1024 of a unit is one of the next.
        while (unit < UNITS.length() && byteCount >= 1023.95 * (1L << (10 * unit))) {
            unit++;
        }
        long one = 1L << (10 * unit);
        String number =
                byteCount % one == 0
                        ? Long.toString(byteCount / one)
                        : String.format(Locale.ROOT, "%.1f", byteCount / (double) one);
        return number + " " + Character.toUpperCase(UNITS.charAt(unit - 1)) + "iB";
    }

    /// A rate, as in `1.3 GiB/s`; `?` where no time has passed.
    public static String rate(long byteCount, long elapsedNs) {
        return elapsedNs <= 0 ? "?" : text((long) (byteCount * 1e9 / elapsedNs)) + "/s";
    }
}

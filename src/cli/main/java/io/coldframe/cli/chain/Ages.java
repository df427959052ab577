package io.coldframe.cli.chain;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ages as people write them.
final class Ages {

    // More days than any clock has; a product of seconds still fits.
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,7})([smhdw])");
    private static final int DAYS_OF_WEEK = 7;

    private Ages() {}

    /// Reads an option's value.
    static final class Converter implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String text) {
            Matcher written = WRITTEN.matcher(text);
            if (!written.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is no age, such as 90m, 12h, 30d or 8w");
            }
            long number = Long.parseLong(written.group(1));
            return switch (written.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                default -> Duration.ofDays(DAYS_OF_WEEK * number);
            };
        }
    }
}

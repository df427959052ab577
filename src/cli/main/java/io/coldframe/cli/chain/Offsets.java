package io.coldframe.cli.chain;

import io.coldframe.cli.ByteCounts;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;

/// Places in a memory, as people read and write them: `0x3ff000`, all of one width.
///
/// @param digits how many digits the largest has
record Offsets(int digits) {

    /// For a memory of this length.
    static Offsets of(long byteCount) {
        return new Offsets(Long.toHexString(byteCount).length());
    }

    String text(long offset) {
        String number = Long.toHexString(offset);
        return "0x" + "0".repeat(Math.max(0, digits - number.length())) + number;
    }

    /// Reads an option's value: `0x` and hexadecimal digits, or a size.
    static final class Converter implements ITypeConverter<Long> {

        @Override
        public Long convert(String text) {
            try {
                String lower = text.toLowerCase(Locale.ROOT);
                return lower.startsWith("0x")
                        ? Long.parseLong(lower.substring(2), 16)
                        : ByteCounts.parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(
                        "'" + text + "' is no offset, such as 0x1000, 4096 or 16m");
            }
        }
    }
}

package io.coldframe.cli.snapshot;

import io.coldframe.cli.ByteCounts;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a region of guest memory, as in `0x100000000+1g`.
final class RegionConverter implements ITypeConverter<RegionConverter.Region> {

    /// Where a region is in the guest.
    record Region(long guestAddress, long byteCount) {}

    @Override
    public Region convert(String text) {
        int plus = text.indexOf('+');
        try {
            String address = text.substring(0, Math.max(plus, 0));
            return new Region(Long.decode(address), ByteCounts.parse(text.substring(plus + 1)));
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(
                    "'" + text + "' is no region, such as 0+3g or 0x100000000+1g");
        }
    }
}

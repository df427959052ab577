package io.coldframe.state;

/// Where a descriptor table of x86-64 is.
///
/// @param base its first byte
/// @param limit its last offset, from 0 to 65535
public record X86DescriptorTable(long base, int limit) {

    /// All zero.
    public static final X86DescriptorTable ZERO = new X86DescriptorTable(0, 0);

    /// Refuses a limit of more than 16 bits.
    public X86DescriptorTable {
        if (limit < 0 || limit > 0xFFFF) {
            throw new IllegalArgumentException("limit is not from 0 to 65535: " + limit);
        }
    }
}

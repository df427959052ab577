package io.coldframe.state;

import io.coldframe.UnknownFields;

/// A segment register of x86-64 with what the processor loaded from its descriptor.
///
/// The access rights are laid out as VMX has them, so bits 0 to 15 are those of a descriptor:
///
/// ```
///  bits   field
///   0- 3  type
///      4  S: code or data, not a system segment
///   5- 6  DPL: privilege level
///      7  P: present
///   8-11  zero
///     12  AVL: the guest's own
///     13  L: 64-bit code
///     14  D/B: 32 bits wide
///     15  G: the limit counts pages
///     16  unusable: loaded with the null selector
/// ```
///
/// @param base the first byte
/// @param limit the last offset, in bytes, unsigned
/// @param selector what the guest loaded, from 0 to 65535
/// @param accessRights the bits of the picture
/// @param unknown what a newer release stored with it
public record X86Segment(
        long base, int limit, int selector, int accessRights, UnknownFields unknown) {

    /// All zero.
    public static final X86Segment ZERO = new X86Segment(0, 0, 0, 0);

    private static final int ACCESS_RIGHTS_MASK = 0x1_F0FF;

    /// Refuses a selector of more than 16 bits and access rights beyond the picture.
    public X86Segment {
        if (selector < 0 || selector > 0xFFFF) {
            throw new IllegalArgumentException("selector is not from 0 to 65535: " + selector);
        }
        if ((accessRights & ~ACCESS_RIGHTS_MASK) != 0) {
            throw new IllegalArgumentException(
                    "accessRights has bits that are not used: 0x"
                            + Integer.toHexString(accessRights));
        }
    }

    /// A segment.
    ///
    /// @param base the first byte
    /// @param limit the last offset, in bytes, unsigned
    /// @param selector what the guest loaded
    /// @param accessRights the bits of the picture
    public X86Segment(long base, int limit, int selector, int accessRights) {
        this(base, limit, selector, accessRights, UnknownFields.NONE);
    }

    /// {@return the four type bits}
    public int type() {
        return accessRights & 0xF;
    }

    /// {@return the privilege level}
    public int privilege() {
        return accessRights >>> 5 & 3;
    }

    /// {@return S: code or data, not a system segment}
    public boolean isCodeOrData() {
        return bit(4);
    }

    /// {@return P}
    public boolean isPresent() {
        return bit(7);
    }

    /// {@return AVL: the guest's own}
    public boolean isAvailable() {
        return bit(12);
    }

    /// {@return L: 64-bit code}
    public boolean isLongMode() {
        return bit(13);
    }

    /// {@return D/B: 32 bits wide}
    public boolean isWide() {
        return bit(14);
    }

    /// {@return G: the limit counts pages}
    public boolean countsPages() {
        return bit(15);
    }

    /// {@return whether it was loaded with the null selector}
    public boolean isUnusable() {
        return bit(16);
    }

    private boolean bit(int number) {
        return (accessRights >>> number & 1) != 0;
    }
}

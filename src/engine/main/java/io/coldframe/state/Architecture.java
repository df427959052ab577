package io.coldframe.state;

import java.util.Arrays;
import java.util.Optional;

/// The processor that a machine has.
public enum Architecture {
    /// Arm, 64 bits.
    AARCH64("aarch64", 0x0710_1984_AAAA_0000L),
    /// Intel and AMD, 64 bits.
    X86_64("x86_64", 0x0710_1984_8664_0000L);

    private final String text;
    private final long magic;

    Architecture(String text, long magic) {
        this.text = text;
        this.magic = magic;
    }

    /// {@return the name that files store}
    public String text() {
        return text;
    }

    /// {@return the number that a state file of this architecture begins with}
    public long magic() {
        return magic;
    }

    /// {@return the architecture with a name that a file stores, if there is one}
    ///
    /// @param text a name, as of [#text()]
    public static Optional<Architecture> named(String text) {
        return Arrays.stream(values()).filter(each -> each.text.equals(text)).findFirst();
    }

    /// {@return the architecture whose state files begin with a number, if there is one}
    ///
    /// @param magic a number, as of [#magic()]
    public static Optional<Architecture> ofMagic(long magic) {
        return Arrays.stream(values()).filter(each -> each.magic == magic).findFirst();
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.UserfaultfdH;

import java.util.Set;

/// Which faults in a range a [Userfaultfd] takes.
public enum UffdMode {
    /// The page is not there.
    MISSING(UserfaultfdH.UFFDIO_REGISTER_MODE_MISSING()),
    /// The page is there and write-protected.
    WRITE_PROTECT(UserfaultfdH.UFFDIO_REGISTER_MODE_WP()),
    /// The page is in the file and not mapped here.
    MINOR(UserfaultfdH.UFFDIO_REGISTER_MODE_MINOR());

    private final long bit;

    UffdMode(long bit) {
        this.bit = bit;
    }

    static long bits(Set<UffdMode> modes) {
        long bits = 0;
        for (UffdMode mode : modes) {
            bits |= mode.bit;
        }
        return bits;
    }
}

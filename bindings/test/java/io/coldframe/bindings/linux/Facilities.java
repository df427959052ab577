package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.fail;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Platform;

import org.junit.jupiter.api.Assumptions;

/// What tests do about a facility that may be missing.
final class Facilities {
    private Facilities() {}

    /// The facility, or the end of the test as not applicable here.
    static <T> T assume(Facility<T> facility) {
        return switch (facility) {
            case Facility.Available<T>(T value) -> value;
            case Facility.Missing<T>(String reason, String remedy) ->
                    Assumptions.abort("missing here: " + reason + " (" + remedy + ")");
        };
    }

    /// The facility, which must be there.
    static <T> T require(Facility<T> facility) {
        return switch (facility) {
            case Facility.Available<T>(T value) -> value;
            case Facility.Missing<T>(String reason, String remedy) -> fail(reason);
        };
    }

    /// Why the facility is missing, which it must be.
    static Facility.Missing<?> missing(Facility<?> facility) {
        return switch (facility) {
            case Facility.Available<?> there -> fail("available: " + there);
            case Facility.Missing<?> missing -> missing;
        };
    }

    static void assumeX64() {
        Assumptions.assumeTrue(
                Platform.current() == Platform.LINUX_X64, "KVM guests here are of x86-64");
    }
}

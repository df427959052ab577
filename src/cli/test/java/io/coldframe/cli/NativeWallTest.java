package io.coldframe.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

/// Native access is granted to one module, by name, and refused to all others.
final class NativeWallTest {

    // The first release with --illegal-native-access and with jnativescan.
    private static final int JDK_THAT_DENIES = 24;

    @Test
    @SuppressWarnings("restricted")
    void aRestrictedCallOutsideTheBindingsIsDenied() {
        assumeJdk("--illegal-native-access=deny");
        MemorySegment somewhere = MemorySegment.ofAddress(4096);
        assertThrows(IllegalCallerException.class, () -> somewhere.reinterpret(1));
    }

    private static void assumeJdk(String facility) {
        int release = Runtime.version().feature();
        assumeTrue(
                release >= JDK_THAT_DENIES,
                () -> facility + " needs JDK " + JDK_THAT_DENIES + ", this is " + release);
    }
}

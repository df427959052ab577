package io.coldframe.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// How a test says what a call answered.
final class Calls {
    private Calls() {}

    /// The result of a call that must succeed.
    static int ok(int result) {
        return Math.toIntExact(ok((long) result));
    }

    /// The result of a call that must succeed.
    static long ok(long result) {
        if (result < 0) {
            throw new AssertionError("the call failed: " + Errno.text((int) -result));
        }
        return result;
    }

    /// That a call failed, and with which errno.
    static void assertErrno(int errno, long result) {
        assertEquals(describe(-errno), describe(result));
    }

    private static String describe(long result) {
        return result < 0 ? Errno.name((int) -result) : "success: " + result;
    }
}

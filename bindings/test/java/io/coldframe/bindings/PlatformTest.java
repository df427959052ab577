package io.coldframe.bindings;

import static io.coldframe.bindings.Calls.assertErrno;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coldframe.bindings.internal.Downcall;

import org.junit.jupiter.api.Test;

final class PlatformTest {

    @Test
    void systemsAreRecognisedByTheirNamesInTheJdk() {
        assertEquals(Platform.LINUX_X64, Platform.of("Linux", "amd64"));
        assertEquals(Platform.LINUX_ARM64, Platform.of("Linux", "aarch64"));
        assertEquals(Platform.MACOS_ARM64, Platform.of("Mac OS X", "aarch64"));
        assertEquals(Platform.OTHER, Platform.of("Mac OS X", "x86_64"));
        assertEquals(Platform.OTHER, Platform.of("Linux", "riscv64"));
        assertEquals(Platform.OTHER, Platform.of("Windows 11", "amd64"));
        assertEquals(Platform.OTHER, Platform.of("", ""));
    }

    @Test
    void aFunctionThatTheSystemLacksAnswersSoAndItsDescriptorIsNotAskedFor() {
        Downcall absent =
                Downcall.linux(
                        "coldframe_has_no_such_function",
                        () -> {
                            throw new AssertionError("asked for");
                        });
        assertFalse(absent.isPresent());
        assertErrno(
                Errno.ENOSYS, absent.callInt((handle, state) -> (int) handle.invokeExact(state)));
        assertErrno(
                Errno.ENOSYS, absent.callLong((handle, state) -> (long) handle.invokeExact(state)));
    }
}

package io.coldframe.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.bindings.Errno;

import org.junit.jupiter.api.Test;

final class SyscallsTest {

    @Test
    void aResultThatIsNotNegativeIsReturned() throws SnapshotException {
        assertEquals(0, Syscalls.check(0, "open", "a"));
        assertEquals(Integer.MAX_VALUE, Syscalls.check(Integer.MAX_VALUE, "open", "a"));
        assertEquals(Long.MAX_VALUE, Syscalls.check(Long.MAX_VALUE, "mmap", "a"));
    }

    @Test
    void theMessageNamesTheCallTheErrorAndTheResource() {
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> Syscalls.check(-Errno.EACCES, "open", "/a/file"));
        assertEquals("open: " + Errno.text(Errno.EACCES) + " [/a/file]", refused.getMessage());
    }

    @Test
    void theErrorDecidesWhatACallerCanDo() {
        assertEquals(Kind.OUT_OF_SPACE, kindOf(Errno.ENOSPC));
        assertEquals(Kind.OUT_OF_SPACE, kindOf(Errno.EDQUOT));
        assertEquals(Kind.OUT_OF_SPACE, kindOf(Errno.EFBIG));
        assertEquals(Kind.UNSUPPORTED, kindOf(Errno.ENOSYS));
        assertEquals(Kind.UNSUPPORTED, kindOf(Errno.EOPNOTSUPP));
        assertEquals(Kind.UNSUPPORTED, kindOf(Errno.ENODEV));
        assertEquals(Kind.UNSUPPORTED, kindOf(Errno.ENOTTY));
        assertEquals(Kind.UNSUPPORTED, kindOf(Errno.EXDEV));
        assertEquals(Kind.MISSING, kindOf(Errno.ENOENT));
        assertEquals(Kind.CONFLICT, kindOf(Errno.EEXIST));
        assertEquals(Kind.SYSCALL, kindOf(Errno.ENOMEM));
        assertEquals(Kind.SYSCALL, kindOf(Errno.EINVAL));
        assertEquals(Kind.SYSCALL, kindOf(4095), "an errno that nobody knows");
    }

    private static Kind kindOf(int errno) {
        Kind ofInt = kindThrown(() -> Syscalls.check(-errno, "call", "resource"));
        assertEquals(ofInt, kindThrown(() -> Syscalls.check((long) -errno, "call", "resource")));
        return ofInt;
    }

    private static Kind kindThrown(org.junit.jupiter.api.function.Executable check) {
        return assertThrows(SnapshotException.class, check).kind();
    }
}

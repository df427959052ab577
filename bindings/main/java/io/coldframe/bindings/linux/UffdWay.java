package io.coldframe.bindings.linux;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.generated.linux.UserfaultfdH;
import io.coldframe.bindings.generated.linux.arm64.UserfaultfdArm64H;
import io.coldframe.bindings.generated.linux.x64.UserfaultfdX64H;
import io.coldframe.bindings.internal.Downcall;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// The ways to a userfaultfd, in the order in which they are tried.
public enum UffdWay {
    /// The system call: with the privilege `CAP_SYS_PTRACE`, or where the system setting allows it.
    SYSTEM_CALL(
            "system call",
            "sysctl vm.unprivileged_userfaultfd=1, or give this process CAP_SYS_PTRACE") {
        @Override
        int open() {
            return systemCall(FLAGS);
        }
    },
    /// The device: for whoever may open it.
    DEVICE("/dev/userfaultfd", "give this user access to /dev/userfaultfd (Linux 6.1 and later)") {
        @Override
        int open() {
            int device = Libc.open(DEVICE_PATH, Abi.O_RDWR | Abi.O_CLOEXEC, 0);
            if (device < 0) {
                return device;
            }
            int opened = Libc.ioctl(device, UserfaultfdH.USERFAULTFD_IOC_NEW(), FLAGS);
            int ignored = Libc.close(device);
            return opened;
        }
    },
    /// The system call without a privilege. Faults that the kernel takes on this process's behalf,
    /// as in `read(2)` or for a KVM guest, are then not served but fail.
    USER_FAULTS_ONLY("system call for user faults only", "") {
        @Override
        int open() {
            return systemCall(FLAGS | UserfaultfdH.UFFD_USER_MODE_ONLY());
        }
    };

    private static final Path DEVICE_PATH = Path.of("/dev/userfaultfd");
    // Without O_NONBLOCK, poll(2) would only ever answer POLLERR.
    private static final int FLAGS = Abi.O_CLOEXEC | Abi.O_NONBLOCK;

    // glibc has no wrapper for it, and the number differs.
    private static final int NUMBER =
            Platform.current() == Platform.LINUX_ARM64
                    ? UserfaultfdArm64H.SYS_userfaultfd()
                    : UserfaultfdX64H.SYS_userfaultfd();
    private static final Downcall SYSCALL =
            Downcall.variadic(
                    "syscall",
                    1,
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private final String spoken;
    private final String remedy;

    UffdWay(String spoken, String remedy) {
        this.spoken = spoken;
        this.remedy = remedy;
    }

    /// A descriptor before its handshake, or the negated errno.
    abstract int open();

    private static int systemCall(int flags) {
        return (int)
                SYSCALL.callLong(
                        (syscall, state) ->
                                (long) syscall.invokeExact(state, (long) NUMBER, flags));
    }

    /// What would open this way after it answered `errno`; empty where that is not known.
    String remedy(int errno) {
        boolean isForbidden = errno == Errno.EPERM || errno == Errno.EACCES;
        return isForbidden || errno == Errno.ENOENT ? remedy : "";
    }

    /// As a reason names it.
    @Override
    public String toString() {
        return spoken;
    }
}

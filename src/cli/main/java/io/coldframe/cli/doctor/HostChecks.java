package io.coldframe.cli.doctor;

import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.Platform;
import io.coldframe.cli.Version;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// The Java and the system that everything else stands on.
final class HostChecks {

    private static final String GROUP = "host";

    private static final Set<Long> PAGE_BYTE_COUNTS = Set.of(4096L, 16384L, 65536L);

    private HostChecks() {}

    static List<Check> all() {
        return List.of(
                Check.floor(GROUP, "jdk", HostChecks::jdk),
                Check.floor(GROUP, "native-access", HostChecks::nativeAccess),
                Check.floor(GROUP, "os", HostChecks::operatingSystem),
                Check.floor(GROUP, "page-size", HostChecks::pageSize));
    }

    /// A grant is only worth something if a call comes back with the truth.
    private static Outcome nativeAccess() {
        Module bindings = Libc.class.getModule();
        if (!bindings.isNativeAccessEnabled()) {
            return Outcome.missing(
                    "the JVM was started without native access for " + bindings.getName(),
                    "start it by ./coldframe, or with --enable-native-access="
                            + bindings.getName());
        }
        long expected = ProcessHandle.current().pid();
        int pid = Libc.getpid();
        if (pid != expected) {
            return Outcome.missing("getpid answers " + pid + " in process " + expected, "");
        }
        return Outcome.available("granted to " + bindings.getName() + "; getpid was called");
    }

    private static Outcome pageSize() throws Refused {
        long byteCount = Refused.check(NativeMemory.pageByteCount(), "sysconf(_SC_PAGESIZE)");
        if (!PAGE_BYTE_COUNTS.contains(byteCount)) {
            return Outcome.missing(
                    "pages of " + byteCount + " bytes; known are 4096, 16384 and 65536", "");
        }
        return Outcome.available(byteCount + " bytes", Map.of("byteCount", byteCount));
    }

    /// That this runs proves the release: the class files are those of the oldest that will do.
    private static Outcome jdk() {
        return Outcome.available(
                Version.jdk() + ", " + System.getProperty("java.home"),
                Map.of("feature", (long) Runtime.version().feature()));
    }

    private static Outcome operatingSystem() {
        if (Platform.current() == Platform.OTHER) {
            return Outcome.missing(
                    Version.operatingSystem() + " has no bindings",
                    "Linux on x86-64 or arm64, or macOS on arm64, with a JDK of that architecture");
        }
        return Outcome.available(Version.operatingSystem());
    }
}

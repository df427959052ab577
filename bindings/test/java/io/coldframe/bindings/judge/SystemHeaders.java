package io.coldframe.bindings.judge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Where the system declares what our own headers declare, and what older systems do not know.
final class SystemHeaders {
    /// For each header of ours, the system's headers that declare the same.
    private static final Map<String, List<String>> INCLUDES =
            Map.of(
                    "linux/libc.h",
                    List.of(
                            "errno.h",
                            "fcntl.h",
                            "poll.h",
                            "stdio.h",
                            "unistd.h",
                            "sys/eventfd.h",
                            "sys/file.h",
                            "sys/ioctl.h",
                            "sys/mman.h",
                            "sys/socket.h",
                            "sys/stat.h",
                            "sys/types.h",
                            "sys/un.h",
                            "linux/fs.h",
                            "linux/memfd.h",
                            "linux/mman.h"),
                    "macos/libc.h",
                    List.of(
                            "errno.h",
                            "fcntl.h",
                            "poll.h",
                            "stdio.h",
                            "unistd.h",
                            "sys/clonefile.h",
                            "sys/file.h",
                            "sys/ioctl.h",
                            "sys/mman.h",
                            "sys/socket.h",
                            "sys/stat.h",
                            "sys/types.h",
                            "sys/un.h"),
                    "macos/hypervisor.h",
                    List.of("Hypervisor/Hypervisor.h", "os/object.h"));

    /// Names that a system of ours may lack, each with the macro that shows that it has them. A
    /// constant's macro is its own name. They are judged where they are known; every other name
    /// must be known.
    private static final Map<String, String> NEWER = new HashMap<>();

    static {
        // Linux 6.1.
        constants("MADV_COLLAPSE");
        // In Apple's pages and not in every SDK for arm64; with another number in older SDKs.
        constants("HV_FAULT", "HV_SYS_REG_MDCR_EL2");
    }

    private SystemHeaders() {}

    private static void constants(String... names) {
        Set.of(names).forEach(name -> NEWER.put(name, name));
    }

    /// What C text includes them, and the older names that it needs for that.
    static String includes(String header) {
        List<String> includes = INCLUDES.get(header);
        if (includes == null) {
            throw new AssertionError(
                    "SystemHeaders does not say which system headers declare what is in " + header);
        }
        StringBuilder text = new StringBuilder("#define _GNU_SOURCE\n");
        includes.forEach(include -> text.append("#include <").append(include).append(">\n"));
        return text.toString();
    }

    /// The macros without which a system does not know what `expectation` is about.
    static List<String> guards(Expectation expectation) {
        return Stream.concat(expectation.enclosing().stream(), Stream.of(expectation.subject()))
                .filter(NEWER::containsKey)
                .map(NEWER::get)
                .distinct()
                .toList();
    }

    static Set<String> newerNames() {
        return Set.copyOf(NEWER.keySet());
    }
}

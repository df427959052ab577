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
                    "linux/kvm.h",
                    List.of("linux/kvm.h"),
                    "linux/kvm_x64.h",
                    List.of("linux/kvm.h"),
                    "linux/kvm_arm64.h",
                    List.of("linux/kvm.h"),
                    "linux/userfaultfd.h",
                    List.of("linux/userfaultfd.h", "sys/ioctl.h", "sys/syscall.h"),
                    "linux/pagemap.h",
                    List.of("linux/fs.h", "sys/ioctl.h"),
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
        // Linux 6.3 to 6.8.
        constants(
                "MFD_NOEXEC_SEAL",
                "KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP",
                "KVM_CAP_MEMORY_FAULT_INFO",
                "KVM_EXIT_MEMORY_FAULT",
                "KVM_ARM_VCPU_HAS_EL2",
                "UFFD_FEATURE_WP_UNPOPULATED",
                "UFFD_FEATURE_POISON",
                "UFFD_FEATURE_WP_ASYNC",
                "UFFD_FEATURE_MOVE",
                "UFFDIO_CONTINUE_MODE_WP",
                "UFFDIO_POISON_MODE_DONTWAKE",
                "UFFDIO_POISON",
                "UFFDIO_MOVE_MODE_DONTWAKE",
                "UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES",
                "UFFDIO_MOVE",
                "PAGE_IS_WPALLOWED",
                "PAGE_IS_WRITTEN",
                "PAGE_IS_FILE",
                "PAGE_IS_PRESENT",
                "PAGE_IS_SWAPPED",
                "PAGE_IS_PFNZERO",
                "PAGE_IS_HUGE",
                "PAGE_IS_SOFT_DIRTY",
                "PM_SCAN_WP_MATCHING",
                "PM_SCAN_CHECK_WPASYNC",
                "PAGEMAP_SCAN");
        // Rings came to arm64 a little before that name, and the offset of 0 went.
        NEWER.put("KVM_DIRTY_LOG_PAGE_OFFSET", "KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP");
        NEWER.put("kvm_run.memory_fault", "KVM_EXIT_MEMORY_FAULT");
        NEWER.put("uffdio_poison", "UFFDIO_POISON");
        NEWER.put("uffdio_move", "UFFDIO_MOVE");
        NEWER.put("page_region", "PAGEMAP_SCAN");
        NEWER.put("pm_scan_arg", "PAGEMAP_SCAN");
        // Linux 6.15.
        constants("PAGE_IS_GUARD");
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

package io.coldframe.cli.doctor;

import io.coldframe.bindings.Abi;
import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Libc;
import io.coldframe.bindings.NativeMemory;
import io.coldframe.bindings.Platform;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What guest memory can be made of.
final class MemoryChecks {

    private static final String GROUP = "memory";
    private static final Path TRANSPARENT = Path.of("/sys/kernel/mm/transparent_hugepage");

    private MemoryChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(GROUP, "transparent-huge-pages", MemoryChecks::transparentHugePages),
                Check.of(GROUP, "hugetlb-pages", MemoryChecks::hugetlbPages),
                Check.of(GROUP, "memfd", MemoryChecks::memfd));
    }

    private static Outcome transparentHugePages() throws Refused, IOException {
        if (!Platform.current().isLinux()) {
            return Outcome.linuxOnly("transparent huge pages");
        }
        Path sizeFile = TRANSPARENT.resolve("hpage_pmd_size");
        if (!Files.exists(sizeFile)) {
            return Outcome.missing(
                    sizeFile + " does not exist",
                    "a kernel built with CONFIG_TRANSPARENT_HUGEPAGE");
        }
        long pageByteCount = Long.parseLong(Files.readString(sizeFile).strip());
        try (Mapped mapped = Mapped.anonymous(2 * pageByteCount, 0, "mmap")) {
            long start = -mapped.segment().address() & (pageByteCount - 1);
            MemorySegment page = mapped.segment().asSlice(start, pageByteCount);
            Refused.check(NativeMemory.madvise(page, Abi.MADV_HUGEPAGE), "madvise(MADV_HUGEPAGE)");
            page.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            String mode = chosen(Files.readString(TRANSPARENT.resolve("enabled")));
            if (hugeByteCount(page.address()) >= pageByteCount) {
                return Outcome.available(
                        pageByteCount + " bytes a page, on request (mode " + mode + ")",
                        Map.of("pageByteCount", pageByteCount));
            }
            return Outcome.missing(
                    "a write after madvise(MADV_HUGEPAGE) gave small pages; the mode is " + mode,
                    mode.equals("never")
                            ? "echo madvise > " + TRANSPARENT.resolve("enabled")
                            : "free some memory, then echo 1 > /proc/sys/vm/compact_memory");
        }
    }

    /// Of `always [madvise] never`, the word in brackets.
    static String chosen(String modes) {
        return modes.substring(modes.indexOf('[') + 1, modes.indexOf(']'));
    }

    /// How much of the mapping at `address` lies in transparent huge pages.
    private static long hugeByteCount(long address) throws IOException {
        boolean inside = false;
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/smaps"))) {
            for (String line : (Iterable<String>) lines::iterator) {
                int dash = line.indexOf('-');
                int space = line.indexOf(' ');
                if (dash > 0 && dash < space) {
                    inside =
                            Long.parseUnsignedLong(line.substring(0, dash), 16) <= address
                                    && address
                                            < Long.parseUnsignedLong(
                                                    line.substring(dash + 1, space), 16);
                } else if (inside && line.startsWith("AnonHugePages:")) {
                    return kibibytes(line) << 10;
                }
            }
        }
        return 0;
    }

    /// Of `Name:   12 kB`, the number.
    private static long kibibytes(String line) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1, line.lastIndexOf(' ')).strip());
    }

    private static Outcome hugetlbPages() throws IOException, Refused {
        if (!Platform.current().isLinux()) {
            return Outcome.linuxOnly("hugetlb pages");
        }
        long pageByteCount = 0;
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("Hugepagesize:")) {
                pageByteCount = kibibytes(line) << 10;
            }
        }
        if (pageByteCount == 0) {
            return Outcome.missing(
                    "/proc/meminfo names no Hugepagesize", "a kernel built with CONFIG_HUGETLBFS");
        }
        try (Mapped mapped =
                Mapped.anonymous(pageByteCount, Abi.MAP_HUGETLB, "mmap(MAP_HUGETLB)")) {
            // Not by a store: where a limit forbids the page, a store is the end of the process.
            Refused.check(
                    NativeMemory.madvise(mapped.segment(), Abi.MADV_POPULATE_WRITE),
                    "madvise(MADV_POPULATE_WRITE) of a huge page");
            return Outcome.available(
                    pageByteCount + " bytes a page", Map.of("pageByteCount", pageByteCount));
        } catch (Refused refused) {
            String reserved = Files.readString(Path.of("/proc/sys/vm/nr_hugepages")).strip();
            return Outcome.missing(
                    refused.reason() + "; vm.nr_hugepages is " + reserved,
                    "reserve some, as in: sysctl vm.nr_hugepages=512");
        }
    }

    private static Outcome memfd() throws Refused {
        if (!Platform.current().isLinux()) {
            return Outcome.linuxOnly("memfd_create");
        }
        long byteCount = 2 * NativeMemory.pageByteCount();
        try (OpenFile file = OpenFile.inMemory(Abi.MFD_ALLOW_SEALING, byteCount);
                Mapped mapped = Mapped.shared(file, byteCount)) {
            mapped.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            int sealed = Libc.fcntl(file.fd(), Abi.F_ADD_SEALS, Abi.F_SEAL_SHRINK);
            Refused.check(sealed, "fcntl(F_ADD_SEALS, F_SEAL_SHRINK)");
            int shrunk = Libc.ftruncate(file.fd(), 0);
            if (shrunk != -Errno.EPERM) {
                String answer = shrunk < 0 ? Errno.text(-shrunk) : "0";
                return Outcome.missing("a sealed memfd was cut: ftruncate answers " + answer, "");
            }
            return Outcome.available("shared memory, sealed against shrinking");
        }
    }
}

package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/// What a host was, as far as it decides where a guest can go on.
///
/// A manifest holds the host that its snapshot was made on; [Compatibility] compares it with
/// another. What a system does not tell is empty, or 0.
///
/// **Threads.** Immutable.
///
/// @param operatingSystem `Linux`, `Mac OS X`
/// @param architecture `x86_64` or `aarch64`
/// @param cpuVendor `GenuineIntel`, `AuthenticAMD`, `Apple`; of Linux on arm64 the implementer's
///     number, as `0x41`
/// @param cpuName what the processor is sold as
/// @param cpuFamily of arm64 the number of the architecture
/// @param cpuModel of arm64 the number of the part
/// @param cpuStepping of arm64 the variant and the revision, four bits each
/// @param cpuFeatures what every processor of the host has, by the names of its kernel
/// @param kernel its release
/// @param pageSize of the host's memory
/// @param hypervisor what can run guests here: `kvm`, `hvf`, or nothing
/// @param tool who wrote this, as `coldframe 0.1.0`
public record HostDescription(
        String operatingSystem,
        String architecture,
        String cpuVendor,
        String cpuName,
        int cpuFamily,
        int cpuModel,
        int cpuStepping,
        SortedSet<String> cpuFeatures,
        String kernel,
        PageSize pageSize,
        String hypervisor,
        String tool) {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Path KVM = Path.of("/dev/kvm");

    // The kernels have names for some 300.
    static final int FEATURE_COUNT_MAX = 4096;

    /// Copies the features, and refuses more than could be read back.
    public HostDescription {
        cpuFeatures = Collections.unmodifiableSortedSet(new TreeSet<>(cpuFeatures));
        if (cpuFeatures.size() > FEATURE_COUNT_MAX) {
            throw new IllegalArgumentException(
                    cpuFeatures.size() + " features, of at most " + FEATURE_COUNT_MAX);
        }
    }

    /// {@return the host that this runs on}
    ///
    /// @throws SnapshotException if it does not tell the size of its pages
    public static HostDescription current() throws SnapshotException {
        return of(
                Cpu.HERE.get(),
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                System.getProperty("os.version", ""),
                PageSize.ofBytes(Host.pageByteCount()),
                hypervisorHere());
    }

    static HostDescription of(
            CpuInfo cpu,
            String operatingSystem,
            String architecture,
            String kernel,
            PageSize pageSize,
            String hypervisor) {
        return new HostDescription(
                operatingSystem,
                architecture.equals("amd64") ? "x86_64" : architecture,
                cpu.vendor(),
                cpu.name(),
                cpu.family(),
                cpu.model(),
                cpu.stepping(),
                cpu.features(),
                kernel,
                pageSize,
                hypervisor,
                thisTool());
    }

    /// The same host, described by another release.
    HostDescription madeBy(String otherTool) {
        return new HostDescription(
                operatingSystem,
                architecture,
                cpuVendor,
                cpuName,
                cpuFamily,
                cpuModel,
                cpuStepping,
                cpuFeatures,
                kernel,
                pageSize,
                hypervisor,
                otherTool);
    }

    /// What writes manifests: the name and the version of this build.
    static String thisTool() {
        var descriptor = HostDescription.class.getModule().getDescriptor();
        // On a class path there is no module, and so no version.
        String version = descriptor == null ? "" : descriptor.rawVersion().orElse("");
        return ("coldframe " + version).strip();
    }

    /// Read once: a host with many processors describes them on a hundred pages. What could not be
    /// read is asked for again, because an interrupted thread can't read what another one can.
    static final class Cpu {
        private static final Cpu HERE = new Cpu(() -> Host.isMacos() ? cpuOfMac() : cpuOfLinux());

        private final Supplier<CpuInfo> reader;
        private volatile CpuInfo known = CpuInfo.UNKNOWN;

        Cpu(Supplier<CpuInfo> reader) {
            this.reader = reader;
        }

        CpuInfo get() {
            if (known.equals(CpuInfo.UNKNOWN)) {
                known = reader.get();
            }
            return known;
        }
    }

    private static CpuInfo cpuOfLinux() {
        try {
            return CpuInfo.ofProc(Files.readString(CPUINFO, StandardCharsets.UTF_8));
        } catch (IOException notTold) {
            // A container may hide it. A snapshot is worth more than the name of a processor.
            return CpuInfo.UNKNOWN;
        }
    }

    private static CpuInfo cpuOfMac() {
        List<String> command =
                List.of("/usr/sbin/sysctl", "machdep.cpu", "hw.optional", "hw.cpufamily");
        try {
            // What it says of names that it does not know must not fill a pipe that nobody reads.
            Process sysctl =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var output = sysctl.getInputStream()) {
                return CpuInfo.ofSysctl(new String(output.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException notTold) {
            return CpuInfo.UNKNOWN;
        }
    }

    private static String hypervisorHere() {
        if (Host.isMacos()) {
            return "hvf";
        }
        return Files.isReadable(KVM) && Files.isWritable(KVM) ? "kvm" : "";
    }

    /// {@return the processor in one line}
    public String cpu() {
        String numbers =
                String.format(
                        Locale.ROOT,
                        "%s family %d model %d stepping %d",
                        cpuVendor.isEmpty() ? "unknown" : cpuVendor,
                        cpuFamily,
                        cpuModel,
                        cpuStepping);
        return cpuName.isEmpty() ? numbers : cpuName + " (" + numbers + ")";
    }
}

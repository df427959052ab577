package io.coldframe.state;

import java.util.List;

/// What processor a vCPU of x86-64 is to its guest. To be set before its registers, some of which
/// exist only with a feature.
///
/// @param cpuid what its CPUID instruction answers
/// @param tscKilohertz the frequency of its time stamp counter; 0 for the host's own
public record X86Features(List<CpuidEntry> cpuid, int tscKilohertz) {

    /// The hypervisor's own choice.
    public static final X86Features NONE = new X86Features(List.of(), 0);

    // What KVM takes.
    static final int CPUID_COUNT_MAX = 256;

    /// Takes a copy, and refuses more answers than could be read back.
    public X86Features {
        cpuid = List.copyOf(cpuid);
        if (cpuid.size() > CPUID_COUNT_MAX) {
            throw new IllegalArgumentException(
                    cpuid.size() + " answers of CPUID, of at most " + CPUID_COUNT_MAX);
        }
    }
}

package io.coldframe.bindings.linux;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.generated.linux.x64.KvmX64H;
import io.coldframe.bindings.generated.linux.x64.kvm_msr_list;
import io.coldframe.bindings.generated.linux.x64.kvm_pit_config;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What KVM does on x86-64 only, beside the parts of [KvmVcpuState] and [KvmVmState].
///
/// Results are the kernel's, or the negated errno; arm64 answers `-EINVAL` or `-ENOTTY`.
///
/// **Threads.** Those of the object that is passed in.
public final class KvmX64 {
    // The kernel's own limits are 256 CPUID entries and some hundred MSRs; it says E2BIG beyond.
    private static final int CPUID_ENTRY_COUNT_MAX = 256;

    private KvmX64() {}

    /// The MSRs whose values belong to a vCPU's state.
    public static Facility<int[]> msrIndices(Kvm kvm) {
        return indices(kvm, "KVM_GET_MSR_INDEX_LIST", KvmX64H.KVM_GET_MSR_INDEX_LIST());
    }

    /// The MSRs that say what the host can do.
    public static Facility<int[]> featureMsrIndices(Kvm kvm) {
        return indices(
                kvm, "KVM_GET_MSR_FEATURE_INDEX_LIST", KvmX64H.KVM_GET_MSR_FEATURE_INDEX_LIST());
    }

    private static Facility<int[]> indices(Kvm kvm, String name, long request) {
        try (Arena call = Arena.ofConfined()) {
            // With room for none, the kernel says E2BIG and how many there are.
            MemorySegment none = kvm_msr_list.allocate(call);
            int answer = kvm.ioctl(request, none);
            if (answer < 0 && answer != -Errno.E2BIG) {
                return Facility.missing(name + " answers " + Errno.text(-answer), "");
            }
            int count = kvm_msr_list.nmsrs(none);
            long listAt = kvm_msr_list.indices$offset();
            MemorySegment list =
                    call.allocate(listAt + Math.multiplyFull(count, Integer.BYTES), Integer.BYTES);
            kvm_msr_list.nmsrs(list, count);
            answer = kvm.ioctl(request, list);
            if (answer < 0) {
                return Facility.missing(name + " answers " + Errno.text(-answer), "");
            }
            return Facility.available(list.asSlice(listAt).toArray(ValueLayout.JAVA_INT));
        }
    }

    /// Reads the values, in order, and answers how many it could: the one after is refused.
    public static int getMsrs(KvmVcpu vcpu, KvmMsrs msrs) {
        return vcpu.ioctl(KvmX64H.KVM_GET_MSRS(), msrs.bytes());
    }

    /// Writes the values, in order, and answers how many it could: the one after is refused.
    public static int setMsrs(KvmVcpu vcpu, KvmMsrs msrs) {
        return vcpu.ioctl(KvmX64H.KVM_SET_MSRS(), msrs.bytes());
    }

    /// What the host can let a guest's CPUID answer.
    public static Facility<KvmCpuid> supportedCpuid(Kvm kvm) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment cpuid = KvmCpuid.allocate(call, CPUID_ENTRY_COUNT_MAX);
            int answer = kvm.ioctl(KvmX64H.KVM_GET_SUPPORTED_CPUID(), cpuid);
            return cpuid("KVM_GET_SUPPORTED_CPUID", answer, cpuid);
        }
    }

    /// What a vCPU's CPUID answers now.
    public static Facility<KvmCpuid> cpuid(KvmVcpu vcpu) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment cpuid = KvmCpuid.allocate(call, CPUID_ENTRY_COUNT_MAX);
            int answer = vcpu.ioctl(KvmX64H.KVM_GET_CPUID2(), cpuid);
            return cpuid("KVM_GET_CPUID2", answer, cpuid);
        }
    }

    private static Facility<KvmCpuid> cpuid(String name, int answer, MemorySegment cpuid) {
        return answer < 0
                ? Facility.missing(name + " answers " + Errno.text(-answer), "")
                : Facility.available(KvmCpuid.read(cpuid));
    }

    /// Sets what a vCPU's CPUID answers. Before its first run.
    public static int setCpuid(KvmVcpu vcpu, KvmCpuid cpuid) {
        try (Arena call = Arena.ofConfined()) {
            return vcpu.ioctl(KvmX64H.KVM_SET_CPUID2(), cpuid.write(call));
        }
    }

    /// The frequency of a vCPU's time stamp counter.
    public static int tscKilohertz(KvmVcpu vcpu) {
        return vcpu.ioctl(KvmX64H.KVM_GET_TSC_KHZ(), 0);
    }

    /// Sets the frequency of a vCPU's time stamp counter, where the host can scale it.
    public static int setTscKilohertz(KvmVcpu vcpu, int kilohertz) {
        return vcpu.ioctl(KvmX64H.KVM_SET_TSC_KHZ(), kilohertz);
    }

    /// Tells the guest that it was paused, so that its watchdogs forgive. `-EINVAL` while the guest
    /// uses no kvmclock.
    public static int tellPaused(KvmVcpu vcpu) {
        return vcpu.ioctl(KvmX64H.KVM_KVMCLOCK_CTRL(), 0);
    }

    /// The interval timer, inside the kernel. After [KvmVm#createIrqchip()].
    public static int createPit2(KvmVm vm) {
        try (Arena call = Arena.ofConfined()) {
            return vm.ioctl(KvmX64H.KVM_CREATE_PIT2(), kvm_pit_config.allocate(call));
        }
    }

    /// Three pages of guest addresses, not used for memory, that some processors need to run real
    /// mode. Before the first vCPU.
    public static int setTssAddress(KvmVm vm, long guestAddress) {
        return vm.ioctl(KvmX64H.KVM_SET_TSS_ADDR(), guestAddress);
    }

    /// One more such page. Before the first vCPU.
    public static int setIdentityMapAddress(KvmVm vm, long guestAddress) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment address = call.allocateFrom(ValueLayout.JAVA_LONG, guestAddress);
            return vm.ioctl(KvmX64H.KVM_SET_IDENTITY_MAP_ADDR(), address);
        }
    }
}

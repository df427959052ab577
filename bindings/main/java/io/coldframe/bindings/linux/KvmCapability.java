package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.x64.KvmX64H;

/// What KVM can be asked about, and some of it switched on.
///
/// The answer of [Kvm#extension] and [KvmVm#extension] is 0 where the kernel lacks it; where it is
/// more than 1 it is a number that means something, as said below.
public enum KvmCapability {
    /// An interrupt controller in the kernel: [KvmVm#createIrqchip()].
    IRQCHIP(KvmH.KVM_CAP_IRQCHIP()),
    /// Guest memory is memory of this process.
    USER_MEMORY(KvmH.KVM_CAP_USER_MEMORY()),
    /// The recommended number of vCPUs in a VM.
    RECOMMENDED_VCPUS(KvmH.KVM_CAP_NR_VCPUS()),
    /// The most vCPUs in a VM.
    MAXIMUM_VCPUS(KvmH.KVM_CAP_MAX_VCPUS()),
    /// The most memory slots in a VM.
    MEMORY_SLOTS(KvmH.KVM_CAP_NR_MEMSLOTS()),
    /// Changes to this process's mappings reach the guest.
    SYNC_MMU(KvmH.KVM_CAP_SYNC_MMU()),
    /// Memory that the guest can read only.
    READONLY_MEMORY(KvmH.KVM_CAP_READONLY_MEM()),
    /// [KvmVcpuState#MP_STATE].
    MP_STATE(KvmH.KVM_CAP_MP_STATE()),
    /// [KvmVcpuState#EVENTS].
    VCPU_EVENTS(KvmH.KVM_CAP_VCPU_EVENTS()),
    /// [KvmVcpuState#DEBUGREGS].
    DEBUGREGS(KvmX64H.KVM_CAP_DEBUGREGS()),
    /// [KvmVcpuState#XSAVE].
    XSAVE(KvmX64H.KVM_CAP_XSAVE()),
    /// The bytes of [KvmVcpuState#XSAVE], when asked of a VM.
    XSAVE2(KvmH.KVM_CAP_XSAVE2()),
    /// [KvmVcpuState#XCRS].
    XCRS(KvmX64H.KVM_CAP_XCRS()),
    /// [KvmVcpuState#SREGS2].
    SREGS2(KvmH.KVM_CAP_SREGS2()),
    /// [KvmVmState#CLOCK]; the answer is the flags that it knows.
    ADJUST_CLOCK(KvmH.KVM_CAP_ADJUST_CLOCK()),
    /// [KvmX64#tscKilohertz(KvmVcpu)].
    GET_TSC_KHZ(KvmH.KVM_CAP_GET_TSC_KHZ()),
    /// [KvmX64#setTscKilohertz(KvmVcpu, int)].
    TSC_CONTROL(KvmH.KVM_CAP_TSC_CONTROL()),
    /// [KvmX64#tellPaused(KvmVcpu)].
    KVMCLOCK_CTRL(KvmH.KVM_CAP_KVMCLOCK_CTRL()),
    /// [KvmX64#createPit2(KvmVm)].
    PIT2(KvmX64H.KVM_CAP_PIT2()),
    /// [KvmVmState#PIT2].
    PIT_STATE2(KvmX64H.KVM_CAP_PIT_STATE2()),
    /// Registers by number: [KvmArm64].
    ONE_REG(KvmH.KVM_CAP_ONE_REG()),
    /// [KvmVm#createDevice(int)].
    DEVICE_CTRL(KvmH.KVM_CAP_DEVICE_CTRL()),
    /// [KvmVcpu#immediateExit(boolean)].
    IMMEDIATE_EXIT(KvmH.KVM_CAP_IMMEDIATE_EXIT()),
    /// Guest physical address bits of a VM on arm64.
    ARM_VM_IPA_SIZE(KvmH.KVM_CAP_ARM_VM_IPA_SIZE()),
    /// PSCI 0.2 on arm64.
    ARM_PSCI_0_2(KvmH.KVM_CAP_ARM_PSCI_0_2()),
    /// [KvmVm#clearDirtyLog]; the answer is the flags that enabling it takes.
    MANUAL_DIRTY_LOG_PROTECT2(KvmH.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2()),
    /// A dirty ring on x86; the answer is its most bytes.
    DIRTY_LOG_RING(KvmH.KVM_CAP_DIRTY_LOG_RING()),
    /// A dirty ring whose user orders its accesses, as [KvmDirtyRing] does; its most bytes.
    DIRTY_LOG_RING_ACQ_REL(KvmH.KVM_CAP_DIRTY_LOG_RING_ACQ_REL()),
    /// A dirty ring with a log beside it, for what is written outside of any vCPU.
    DIRTY_LOG_RING_WITH_BITMAP(KvmH.KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP()),
    /// An exit that tells which guest address could not be backed.
    MEMORY_FAULT_INFO(KvmH.KVM_CAP_MEMORY_FAULT_INFO());

    private final int number;

    KvmCapability(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}

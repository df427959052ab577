package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.kvm_mp_state;
import io.coldframe.bindings.generated.linux.x64.KvmX64H;
import io.coldframe.bindings.generated.linux.x64.kvm_debugregs;
import io.coldframe.bindings.generated.linux.x64.kvm_fpu;
import io.coldframe.bindings.generated.linux.x64.kvm_lapic_state;
import io.coldframe.bindings.generated.linux.x64.kvm_regs;
import io.coldframe.bindings.generated.linux.x64.kvm_sregs;
import io.coldframe.bindings.generated.linux.x64.kvm_sregs2;
import io.coldframe.bindings.generated.linux.x64.kvm_vcpu_events;
import io.coldframe.bindings.generated.linux.x64.kvm_xcrs;
import io.coldframe.bindings.generated.linux.x64.kvm_xsave;

/// The parts of a vCPU's state, as the kernel hands them out and takes them back. MSRs and CPUID,
/// whose length varies, are in [KvmX64].
///
/// [#MP_STATE] and [#EVENTS] exist on both architectures; the others on x86-64 only, and arm64
/// answers `-EINVAL` or `-ENOTTY` for them: it has [KvmArm64] instead.
public enum KvmVcpuState {
    /// The general registers: [KvmX64Register].
    REGS(KvmX64H.KVM_GET_REGS(), KvmX64H.KVM_SET_REGS(), kvm_regs.sizeof()),
    /// Segments, tables, control registers: [KvmX64Segment] and [KvmX64Control].
    SREGS(KvmX64H.KVM_GET_SREGS(), KvmX64H.KVM_SET_SREGS(), kvm_sregs.sizeof()),
    /// The same with the page directory pointers, without the pending interrupt.
    SREGS2(KvmX64H.KVM_GET_SREGS2(), KvmX64H.KVM_SET_SREGS2(), kvm_sregs2.sizeof()),
    /// The x87 and SSE registers. [#XSAVE] holds them too.
    FPU(KvmX64H.KVM_GET_FPU(), KvmX64H.KVM_SET_FPU(), kvm_fpu.sizeof()),
    /// All extended state. Its length is the VM's: ask [KvmVcpu#byteCount].
    XSAVE(KvmX64H.KVM_GET_XSAVE(), KvmX64H.KVM_SET_XSAVE(), kvm_xsave.sizeof()),
    /// The extended control registers. Put back before [#XSAVE].
    XCRS(KvmX64H.KVM_GET_XCRS(), KvmX64H.KVM_SET_XCRS(), kvm_xcrs.sizeof()),
    /// The debug registers.
    DEBUGREGS(KvmX64H.KVM_GET_DEBUGREGS(), KvmX64H.KVM_SET_DEBUGREGS(), kvm_debugregs.sizeof()),
    /// The local APIC, where it is in the kernel.
    LAPIC(KvmX64H.KVM_GET_LAPIC(), KvmX64H.KVM_SET_LAPIC(), kvm_lapic_state.sizeof()),
    /// Exceptions and interrupts on their way. As long on arm64 as on x86-64.
    EVENTS(KvmH.KVM_GET_VCPU_EVENTS(), KvmH.KVM_SET_VCPU_EVENTS(), kvm_vcpu_events.sizeof()),
    /// Running, halted, waiting to be started. One 32-bit number.
    MP_STATE(KvmH.KVM_GET_MP_STATE(), KvmH.KVM_SET_MP_STATE(), kvm_mp_state.sizeof());

    private final long getRequest;
    private final long setRequest;
    private final long byteCount;

    KvmVcpuState(long getRequest, long setRequest, long byteCount) {
        this.getRequest = getRequest;
        this.setRequest = setRequest;
        this.byteCount = byteCount;
    }

    long getRequest() {
        return getRequest;
    }

    long setRequest() {
        return setRequest;
    }

    /// The fewest bytes of this part.
    long byteCount() {
        return byteCount;
    }
}

package io.coldframe.bindings.linux;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;
import io.coldframe.bindings.generated.linux.KvmH;
import io.coldframe.bindings.generated.linux.arm64.KvmArm64H;
import io.coldframe.bindings.generated.linux.arm64.kvm_regs;
import io.coldframe.bindings.generated.linux.arm64.kvm_vcpu_init;
import io.coldframe.bindings.generated.linux.kvm_one_reg;
import io.coldframe.bindings.generated.linux.kvm_reg_list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// What KVM does on arm64: vCPUs that must be initialised, and registers by number.
///
/// Results are the kernel's, or the negated errno; x86-64 answers `-EINVAL` or `-ENOTTY`.
///
/// **Threads.** Those of the object that is passed in.
public final class KvmArm64 {
    /// The type of [KvmVm#createDevice] for the interrupt controller of version 3.
    public static final int VGIC_V3 = KvmArm64H.KVM_DEV_TYPE_ARM_VGIC_V3();

    /// The type of [KvmVm#createDevice] for the interrupt controller of version 2.
    public static final int VGIC_V2 = KvmArm64H.KVM_DEV_TYPE_ARM_VGIC_V2();

    /// The type of [KvmVm#createDevice] for the interrupt translation service.
    public static final int VGIC_ITS = KvmArm64H.KVM_DEV_TYPE_ARM_VGIC_ITS();

    /// Feature of [#init]: the vCPU waits for the guest to start it.
    public static final int POWER_OFF = 1 << KvmArm64H.KVM_ARM_VCPU_POWER_OFF();

    /// Feature of [#init]: PSCI 0.2 and later.
    public static final int PSCI_0_2 = 1 << KvmArm64H.KVM_ARM_VCPU_PSCI_0_2();

    /// Feature of [#init]: performance counters.
    public static final int PMU_V3 = 1 << KvmArm64H.KVM_ARM_VCPU_PMU_V3();

    /// Feature of [#init]: scalable vectors, which [#finishInit] has to complete.
    public static final int SVE = 1 << KvmArm64H.KVM_ARM_VCPU_SVE();

    private static final int GENERAL_REGISTER_COUNT = 31;
    private static final int VECTOR_REGISTER_COUNT = 32;
    private static final long VECTOR_BYTE_COUNT = 16;

    private KvmArm64() {}

    /// Makes a vCPU of the kind that this host prefers. Before anything else on it, and again to
    /// reset it.
    ///
    /// @param features the constants here, or-ed
    public static int init(KvmVm vm, KvmVcpu vcpu, int features) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment init = kvm_vcpu_init.allocate(call);
            int answer = vm.ioctl(KvmArm64H.KVM_ARM_PREFERRED_TARGET(), init);
            if (answer < 0) {
                return answer;
            }
            kvm_vcpu_init.features(init, 0, kvm_vcpu_init.features(init, 0) | features);
            return vcpu.ioctl(KvmArm64H.KVM_ARM_VCPU_INIT(), init);
        }
    }

    /// Completes a feature that is configured between [#init] and the first run.
    ///
    /// @param feature one constant here
    public static int finishInit(KvmVcpu vcpu, int feature) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment number =
                    call.allocateFrom(ValueLayout.JAVA_INT, Integer.numberOfTrailingZeros(feature));
            return vcpu.ioctl(KvmArm64H.KVM_ARM_VCPU_FINALIZE(), number);
        }
    }

    /// The numbers of all registers of a vCPU: together they are its state.
    public static Facility<long[]> registers(KvmVcpu vcpu) {
        try (Arena call = Arena.ofConfined()) {
            // With room for none, the kernel says E2BIG and how many there are.
            MemorySegment none = kvm_reg_list.allocate(call);
            int answer = vcpu.ioctl(KvmH.KVM_GET_REG_LIST(), none);
            if (answer < 0 && answer != -Errno.E2BIG) {
                return Facility.missing("KVM_GET_REG_LIST answers " + Errno.text(-answer), "");
            }
            long count = kvm_reg_list.n(none);
            long listAt = kvm_reg_list.reg$offset();
            MemorySegment list = call.allocate(listAt + count * Long.BYTES, Long.BYTES);
            kvm_reg_list.n(list, count);
            answer = vcpu.ioctl(KvmH.KVM_GET_REG_LIST(), list);
            if (answer < 0) {
                return Facility.missing("KVM_GET_REG_LIST answers " + Errno.text(-answer), "");
            }
            return Facility.available(list.asSlice(listAt).toArray(ValueLayout.JAVA_LONG));
        }
    }

    /// Reads a register.
    ///
    /// @param value native, [#byteCount] bytes or more
    public static int getRegister(KvmVcpu vcpu, long register, MemorySegment value) {
        return oneRegister(vcpu, KvmH.KVM_GET_ONE_REG(), register, value);
    }

    /// Writes a register.
    ///
    /// @param value native, [#byteCount] bytes or more
    public static int setRegister(KvmVcpu vcpu, long register, MemorySegment value) {
        return oneRegister(vcpu, KvmH.KVM_SET_ONE_REG(), register, value);
    }

    private static int oneRegister(KvmVcpu vcpu, long request, long register, MemorySegment value) {
        MemorySegment exact =
                Parts.exactly(
                        "register 0x" + Long.toHexString(register), value, byteCount(register));
        try (Arena call = Arena.ofConfined()) {
            MemorySegment one = kvm_one_reg.allocate(call);
            kvm_one_reg.id(one, register);
            kvm_one_reg.addr(one, exact.address());
            return vcpu.ioctl(request, one, exact);
        }
    }

    /// The bytes of a register's value: its number says so.
    public static long byteCount(long register) {
        return 1L << ((register & KvmH.KVM_REG_SIZE_MASK()) >>> KvmH.KVM_REG_SIZE_SHIFT());
    }

    /// The number of the general register `x<n>`.
    public static long x(int n) {
        return core(
                kvm_regs.regs$offset()
                        + Objects.checkIndex(n, GENERAL_REGISTER_COUNT) * (long) Long.BYTES,
                KvmH.KVM_REG_SIZE_U64());
    }

    /// The number of the stack pointer of EL0.
    public static long sp() {
        return core(kvm_regs.regs$offset() + kvm_regs.regs.sp$offset(), KvmH.KVM_REG_SIZE_U64());
    }

    /// The number of the program counter.
    public static long pc() {
        return core(kvm_regs.regs$offset() + kvm_regs.regs.pc$offset(), KvmH.KVM_REG_SIZE_U64());
    }

    /// The number of the processor state.
    public static long pstate() {
        return core(
                kvm_regs.regs$offset() + kvm_regs.regs.pstate$offset(), KvmH.KVM_REG_SIZE_U64());
    }

    /// The number of the vector register `v<n>`, of a vCPU without [#SVE].
    public static long v(int n) {
        return core(
                kvm_regs.fp_regs$offset()
                        + Objects.checkIndex(n, VECTOR_REGISTER_COUNT) * VECTOR_BYTE_COUNT,
                KvmH.KVM_REG_SIZE_U128());
    }

    private static long core(long offset, long size) {
        return KvmH.KVM_REG_ARM64() | size | KvmArm64H.KVM_REG_ARM_CORE() | offset / Integer.BYTES;
    }

    /// The number of a system register, from the five coordinates that the architecture gives it.
    public static long systemRegister(int op0, int op1, int crn, int crm, int op2) {
        return KvmH.KVM_REG_ARM64()
                | KvmH.KVM_REG_SIZE_U64()
                | KvmArm64H.KVM_REG_ARM64_SYSREG()
                | (long) op0 << KvmArm64H.KVM_REG_ARM64_SYSREG_OP0_SHIFT()
                | (long) op1 << KvmArm64H.KVM_REG_ARM64_SYSREG_OP1_SHIFT()
                | (long) crn << KvmArm64H.KVM_REG_ARM64_SYSREG_CRN_SHIFT()
                | (long) crm << KvmArm64H.KVM_REG_ARM64_SYSREG_CRM_SHIFT()
                | (long) op2 << KvmArm64H.KVM_REG_ARM64_SYSREG_OP2_SHIFT();
    }
}

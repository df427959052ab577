package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.arm64.KvmArm64H;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The groups and attributes of the arm64 interrupt controller, as a [KvmDevice].
///
/// A register's attribute is [#attribute]: the affinity of the vCPU that it belongs to, and its
/// offset or, in [#CPU_SYSTEM_REGISTERS], its coordinates.
public final class KvmVgic {
    /// Registers of the distributor, 32 bits each.
    public static final int DISTRIBUTOR_REGISTERS = KvmArm64H.KVM_DEV_ARM_VGIC_GRP_DIST_REGS();

    /// Registers of one vCPU's redistributor, 32 bits each.
    public static final int REDISTRIBUTOR_REGISTERS = KvmArm64H.KVM_DEV_ARM_VGIC_GRP_REDIST_REGS();

    /// Registers of one vCPU's interface, 64 bits each.
    public static final int CPU_SYSTEM_REGISTERS = KvmArm64H.KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS();

    /// The levels of 32 interrupt lines.
    public static final int LINE_LEVELS = KvmArm64H.KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO();

    /// Registers of the translation service, 64 bits each.
    public static final int ITS_REGISTERS = KvmArm64H.KVM_DEV_ARM_VGIC_GRP_ITS_REGS();

    /// An address: the distributor of version 3.
    public static final int DISTRIBUTOR = KvmArm64H.KVM_VGIC_V3_ADDR_TYPE_DIST();

    /// An address: the redistributors of version 3, one after another.
    public static final int REDISTRIBUTORS = KvmArm64H.KVM_VGIC_V3_ADDR_TYPE_REDIST();

    /// An address: the translation service.
    public static final int ITS = KvmArm64H.KVM_VGIC_ITS_ADDR_TYPE();

    private KvmVgic() {}

    /// Places a part of the controller in the guest's addresses.
    ///
    /// @param part one of the addresses here
    public static int setAddress(KvmDevice vgic, int part, long guestAddress) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment value = call.allocateFrom(ValueLayout.JAVA_LONG, guestAddress);
            return vgic.set(KvmArm64H.KVM_DEV_ARM_VGIC_GRP_ADDR(), part, value);
        }
    }

    /// Sets how many interrupts there are. Before [#init].
    public static int setInterruptCount(KvmDevice vgic, int count) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment value = call.allocateFrom(ValueLayout.JAVA_INT, count);
            return vgic.set(KvmArm64H.KVM_DEV_ARM_VGIC_GRP_NR_IRQS(), 0, value);
        }
    }

    /// Makes the controller ready. When all vCPUs exist.
    public static int init(KvmDevice vgic) {
        return control(vgic, KvmArm64H.KVM_DEV_ARM_VGIC_CTRL_INIT());
    }

    /// Writes the pending interrupts of version 3 into guest memory. Before that is saved.
    public static int savePendingTables(KvmDevice vgic) {
        return control(vgic, KvmArm64H.KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES());
    }

    /// Writes the tables of the translation service into guest memory. Before that is saved.
    public static int saveItsTables(KvmDevice its) {
        return control(its, KvmArm64H.KVM_DEV_ARM_ITS_SAVE_TABLES());
    }

    /// Reads the tables of the translation service from guest memory.
    public static int restoreItsTables(KvmDevice its) {
        return control(its, KvmArm64H.KVM_DEV_ARM_ITS_RESTORE_TABLES());
    }

    private static int control(KvmDevice device, int action) {
        return device.set(KvmArm64H.KVM_DEV_ARM_VGIC_GRP_CTRL(), action, MemorySegment.NULL);
    }

    /// The attribute of a register.
    ///
    /// @param affinity of the vCPU, as its MPIDR packs it; 0 for the distributor
    /// @param offset of the register
    public static long attribute(int affinity, int offset) {
        return Integer.toUnsignedLong(affinity) << KvmArm64H.KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT()
                | Integer.toUnsignedLong(offset);
    }
}

package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.x64.KvmX64H;
import io.coldframe.bindings.generated.linux.x64.kvm_clock_data;
import io.coldframe.bindings.generated.linux.x64.kvm_irqchip;
import io.coldframe.bindings.generated.linux.x64.kvm_pit_state2;

import java.lang.foreign.MemorySegment;

/// The parts of a VM's state that the kernel holds on x86-64, as it hands them out and takes them
/// back. On arm64 they are the attributes of a [KvmDevice].
public enum KvmVmState {
    /// The first interrupt controller of the PC.
    PIC_MASTER(KvmX64H.KVM_IRQCHIP_PIC_MASTER()),
    /// The second one.
    PIC_SLAVE(KvmX64H.KVM_IRQCHIP_PIC_SLAVE()),
    /// The I/O APIC.
    IOAPIC(KvmX64H.KVM_IRQCHIP_IOAPIC()),
    /// The interval timer.
    PIT2(KvmX64H.KVM_GET_PIT2(), KvmX64H.KVM_SET_PIT2(), kvm_pit_state2.sizeof()),
    /// The clock that the guest sees through kvmclock. Put back as it was read it goes on from
    /// there, but moved on by the time in between where its flags hold `KVM_CLOCK_REALTIME`.
    CLOCK(KvmX64H.KVM_GET_CLOCK(), KvmX64H.KVM_SET_CLOCK(), kvm_clock_data.sizeof());

    private static final int NO_CHIP = -1;

    private final long getRequest;
    private final long setRequest;
    private final long byteCount;
    private final int chip;

    KvmVmState(long getRequest, long setRequest, long byteCount) {
        this.getRequest = getRequest;
        this.setRequest = setRequest;
        this.byteCount = byteCount;
        this.chip = NO_CHIP;
    }

    KvmVmState(int chip) {
        this.getRequest = KvmX64H.KVM_GET_IRQCHIP();
        this.setRequest = KvmX64H.KVM_SET_IRQCHIP();
        this.byteCount = kvm_irqchip.sizeof();
        this.chip = chip;
    }

    /// The bytes of this part.
    public long byteCount() {
        return byteCount;
    }

    int get(KvmVm vm, MemorySegment into) {
        MemorySegment exact = Parts.exactly(this, into, byteCount);
        if (chip != NO_CHIP) {
            kvm_irqchip.chip_id(exact, chip);
        }
        return vm.ioctl(getRequest, exact);
    }

    int set(KvmVm vm, MemorySegment from) {
        MemorySegment exact = Parts.exactly(this, from, byteCount);
        if (chip != NO_CHIP && kvm_irqchip.chip_id(exact) != chip) {
            throw new IllegalArgumentException(
                    this + " can't be set from the state of chip " + kvm_irqchip.chip_id(exact));
        }
        return vm.ioctl(setRequest, exact);
    }
}

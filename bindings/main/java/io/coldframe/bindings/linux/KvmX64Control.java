package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.x64.kvm_sregs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A control register of x86-64, in the bytes of [KvmVcpuState#SREGS] and, at the same offsets, of
/// [KvmVcpuState#SREGS2].
public enum KvmX64Control {
    /// Protection, paging, caches.
    CR0(kvm_sregs.cr0$offset()),
    /// The address of the last page fault.
    CR2(kvm_sregs.cr2$offset()),
    /// The root of the page tables.
    CR3(kvm_sregs.cr3$offset()),
    /// Extensions.
    CR4(kvm_sregs.cr4$offset()),
    /// The task priority.
    CR8(kvm_sregs.cr8$offset()),
    /// Long mode.
    EFER(kvm_sregs.efer$offset()),
    /// Where the local APIC is.
    APIC_BASE(kvm_sregs.apic_base$offset());

    private final long offset;

    KvmX64Control(long offset) {
        this.offset = offset;
    }

    /// Reads this register from `sregs`.
    public long get(MemorySegment sregs) {
        return sregs.get(ValueLayout.JAVA_LONG, offset);
    }

    /// Writes this register in `sregs`.
    public void set(MemorySegment sregs, long value) {
        sregs.set(ValueLayout.JAVA_LONG, offset, value);
    }
}

package io.coldframe.bindings.linux;

import io.coldframe.bindings.generated.linux.x64.kvm_regs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A general register of x86-64, in the bytes of [KvmVcpuState#REGS].
public enum KvmX64Register {
    /// rax.
    RAX(kvm_regs.rax$offset()),
    /// rbx.
    RBX(kvm_regs.rbx$offset()),
    /// rcx.
    RCX(kvm_regs.rcx$offset()),
    /// rdx.
    RDX(kvm_regs.rdx$offset()),
    /// rsi.
    RSI(kvm_regs.rsi$offset()),
    /// rdi.
    RDI(kvm_regs.rdi$offset()),
    /// The stack pointer.
    RSP(kvm_regs.rsp$offset()),
    /// rbp.
    RBP(kvm_regs.rbp$offset()),
    /// r8.
    R8(kvm_regs.r8$offset()),
    /// r9.
    R9(kvm_regs.r9$offset()),
    /// r10.
    R10(kvm_regs.r10$offset()),
    /// r11.
    R11(kvm_regs.r11$offset()),
    /// r12.
    R12(kvm_regs.r12$offset()),
    /// r13.
    R13(kvm_regs.r13$offset()),
    /// r14.
    R14(kvm_regs.r14$offset()),
    /// r15.
    R15(kvm_regs.r15$offset()),
    /// The instruction pointer.
    RIP(kvm_regs.rip$offset()),
    /// The flags; bit 1 is always set.
    RFLAGS(kvm_regs.rflags$offset());

    private final long offset;

    KvmX64Register(long offset) {
        this.offset = offset;
    }

    /// Reads this register from `regs`.
    public long get(MemorySegment regs) {
        return regs.get(ValueLayout.JAVA_LONG, offset);
    }

    /// Writes this register in `regs`.
    public void set(MemorySegment regs, long value) {
        regs.set(ValueLayout.JAVA_LONG, offset, value);
    }
}

package io.coldframe.state;

/// The general registers of x86-64, in the order in which [X86Registers] has them.
public enum X86Register {
    /// rax.
    RAX(0),
    /// rbx.
    RBX(1),
    /// rcx.
    RCX(2),
    /// rdx.
    RDX(3),
    /// rsi.
    RSI(4),
    /// rdi.
    RDI(5),
    /// The stack pointer.
    RSP(6),
    /// rbp.
    RBP(7),
    /// r8.
    R8(8),
    /// r9.
    R9(9),
    /// r10.
    R10(10),
    /// r11.
    R11(11),
    /// r12.
    R12(12),
    /// r13.
    R13(13),
    /// r14.
    R14(14),
    /// r15.
    R15(15),
    /// The instruction pointer.
    RIP(16),
    /// The flags.
    RFLAGS(17);

    /// How many there are.
    public static final int COUNT = values().length;

    private final int index;

    X86Register(int index) {
        this.index = index;
    }

    /// {@return the place in [X86Registers]; files have this order too}
    public int index() {
        return index;
    }
}

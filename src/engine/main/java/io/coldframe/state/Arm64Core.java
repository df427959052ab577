package io.coldframe.state;

/// The general registers of a vCPU of arm64.
///
/// @param x the registers `x0` to `x30`
/// @param sp the stack pointer of EL0
/// @param pc the program counter
/// @param pstate the processor state, laid out as in `SPSR_EL1`
public record Arm64Core(Words x, long sp, long pc, long pstate) {

    /// How many registers `x` there are.
    public static final int X_COUNT = 31;

    /// All zero.
    public static final Arm64Core ZERO = new Arm64Core(Words.zeros(X_COUNT), 0, 0, 0);

    /// Refuses any other number of registers.
    public Arm64Core {
        x.checkCount("registers x", X_COUNT);
    }

    /// {@return the same with another program counter}
    ///
    /// @param value the program counter
    public Arm64Core withPc(long value) {
        return new Arm64Core(x, sp, value, pstate);
    }

    /// {@return the same with another register `x`}
    ///
    /// @param index from 0 to 30
    /// @param value what it holds
    public Arm64Core withX(int index, long value) {
        return new Arm64Core(x.with(index, value), sp, pc, pstate);
    }
}

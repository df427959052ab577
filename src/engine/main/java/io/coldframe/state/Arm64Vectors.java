package io.coldframe.state;

/// The vector registers of a vCPU of arm64.
///
/// @param halves of `v0` to `v31` the low and the high 64 bits: `v<n>` is at `2n` and `2n + 1`
/// @param fpsr the floating-point status register
/// @param fpcr the floating-point control register
public record Arm64Vectors(Words halves, int fpsr, int fpcr) {

    /// How many registers `v` there are.
    public static final int V_COUNT = 32;

    /// All zero.
    public static final Arm64Vectors ZERO = new Arm64Vectors(Words.zeros(2 * V_COUNT), 0, 0);

    /// Refuses any other number of registers.
    public Arm64Vectors {
        halves.checkCount("halves of registers v", 2 * V_COUNT);
    }

    /// {@return the low 64 bits of `v<n>`}
    ///
    /// @param n from 0 to 31
    public long low(int n) {
        return halves.get(2 * n);
    }

    /// {@return the high 64 bits of `v<n>`}
    ///
    /// @param n from 0 to 31
    public long high(int n) {
        return halves.get(2 * n + 1);
    }
}

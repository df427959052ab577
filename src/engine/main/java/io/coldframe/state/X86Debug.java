package io.coldframe.state;

/// The debug registers of x86-64, in the order in which [X86Registers] has them.
public enum X86Debug {
    /// The first breakpoint's address.
    DR0(0),
    /// The second's.
    DR1(1),
    /// The third's.
    DR2(2),
    /// The fourth's.
    DR3(3),
    /// What happened.
    DR6(4),
    /// Which breakpoints are on.
    DR7(5);

    /// How many there are.
    public static final int COUNT = values().length;

    private final int index;

    X86Debug(int index) {
        this.index = index;
    }

    /// {@return the place in [X86Registers]; files have this order too}
    public int index() {
        return index;
    }
}

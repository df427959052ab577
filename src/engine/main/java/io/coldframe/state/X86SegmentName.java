package io.coldframe.state;

/// The segment registers of x86-64, in the order in which [X86Registers] has them.
public enum X86SegmentName {
    /// Code.
    CS(0),
    /// Data.
    DS(1),
    /// Extra data.
    ES(2),
    /// More data.
    FS(3),
    /// More data.
    GS(4),
    /// The stack.
    SS(5),
    /// The task.
    TR(6),
    /// The local descriptor table.
    LDT(7);

    /// How many there are.
    public static final int COUNT = values().length;

    private final int index;

    X86SegmentName(int index) {
        this.index = index;
    }

    /// {@return the place in [X86Registers]; files have this order too}
    public int index() {
        return index;
    }
}

package io.coldframe.state;

/// The control registers of x86-64, in the order in which [X86Registers] has them.
public enum X86Control {
    /// Protection, paging, caches.
    CR0(0),
    /// The address of the last page fault.
    CR2(1),
    /// The root of the page tables.
    CR3(2),
    /// Extensions.
    CR4(3),
    /// The task priority.
    CR8(4),
    /// Long mode.
    EFER(5),
    /// Where the local APIC is.
    APIC_BASE(6);

    /// How many there are.
    public static final int COUNT = values().length;

    private final int index;

    X86Control(int index) {
        this.index = index;
    }

    /// {@return the place in [X86Registers]; files have this order too}
    public int index() {
        return index;
    }
}

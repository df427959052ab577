package io.coldframe.state;

/// What a vCPU of x86-64 is doing. The order is that of KVM's `KVM_MP_STATE_…`.
public enum X86RunState {
    /// It runs.
    RUNNABLE(0),
    /// It waits to be started.
    UNINITIALIZED(1),
    /// It was reset, and waits for where to start.
    INIT_RECEIVED(2),
    /// It executed HLT.
    HALTED(3),
    /// It was told where to start.
    SIPI_RECEIVED(4);

    private final int number;

    X86RunState(int number) {
        this.number = number;
    }

    /// {@return the number that files store}
    public int number() {
        return number;
    }
}

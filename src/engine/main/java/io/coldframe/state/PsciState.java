package io.coldframe.state;

/// Whether a vCPU of arm64 is powered, by the standard interface for it (PSCI).
public enum PsciState {
    /// It runs.
    ON(0),
    /// The guest has not started it, or has stopped it.
    OFF(1),
    /// The guest has asked for it, and it has not begun.
    ON_PENDING(2);

    private final int number;

    PsciState(int number) {
        this.number = number;
    }

    /// {@return the number that files store}
    public int number() {
        return number;
    }
}

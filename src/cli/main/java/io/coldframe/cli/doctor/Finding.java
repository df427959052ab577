package io.coldframe.cli.doctor;

/// A check and its outcome.
record Finding(String group, String name, boolean floor, Outcome outcome) {

    boolean isAvailable() {
        return outcome.state() == Outcome.State.AVAILABLE;
    }

    /// Whether the engine can't work for want of this.
    boolean breaksFloor() {
        return floor && !isAvailable();
    }
}

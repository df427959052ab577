package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.UnknownFields;

/// The interrupt controller, as the hypervisor hands it out: the GIC of arm64, the interrupt chips
/// of x86-64.
///
/// The length is stated beside the bytes, so that a state whose bytes were cut before they came
/// here is found: [MachineState#checkCompatible] compares the two.
///
/// @param state the hypervisor's bytes
/// @param statedByteCount how many there were when they were taken
/// @param unknown what a newer release stored with it
public record InterruptController(Blob state, long statedByteCount, UnknownFields unknown) {

    /// A machine's state without its interrupt controller, which no machine is restored from.
    public static final InterruptController NONE = new InterruptController(Blob.EMPTY);

    /// The whole of `state`.
    ///
    /// @param state the hypervisor's bytes
    public InterruptController(Blob state) {
        this(state, state.byteCount(), UnknownFields.NONE);
    }
}

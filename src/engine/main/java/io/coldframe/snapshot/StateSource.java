package io.coldframe.snapshot;

import io.coldframe.state.Architecture;
import io.coldframe.state.MachineState;

import java.lang.foreign.MemorySegment;

/// The machine state of a snapshot that is to be saved.
///
/// **Threads.** Immutable; the bytes of an opaque state are not changed while it is saved.
public sealed interface StateSource permits StateSource.Machine, StateSource.Opaque {

    /// The most bytes of an opaque state: far more than the devices of a machine have, and few
    /// enough to be held in memory while it is restored.
    long OPAQUE_BYTE_COUNT_MAX = 1L << 30;

    /// {@return the architecture of the guest}
    Architecture architecture();

    /// {@return how many virtual processors it has}
    int vcpuCount();

    /// A state that the engine encodes.
    ///
    /// @param state the state
    record Machine(MachineState state) implements StateSource {

        @Override
        public Architecture architecture() {
            return state.architecture();
        }

        @Override
        public int vcpuCount() {
            return state.vcpus().size();
        }
    }

    /// A state that only its maker can read: the device state of another VMM.
    ///
    /// @param bytes the state
    /// @param architecture of the guest
    /// @param vcpuCount how many virtual processors it has
    record Opaque(MemorySegment bytes, Architecture architecture, int vcpuCount)
            implements StateSource {

        /// Refuses a state that could not be read back.
        public Opaque {
            if (bytes.byteSize() > OPAQUE_BYTE_COUNT_MAX) {
                throw new IllegalArgumentException(
                        "a state of %d bytes, of at most %d"
                                .formatted(bytes.byteSize(), OPAQUE_BYTE_COUNT_MAX));
            }
            if (vcpuCount < 0) {
                throw new IllegalArgumentException("vcpuCount is negative: " + vcpuCount);
            }
        }
    }

    /// {@return a state that the engine encodes}
    ///
    /// @param state the state
    static StateSource machine(MachineState state) {
        return new Machine(state);
    }

    /// {@return a state that only its maker can read}
    ///
    /// @param bytes the state, at most [#OPAQUE_BYTE_COUNT_MAX] of them
    /// @param architecture of the guest
    /// @param vcpuCount how many virtual processors it has
    static StateSource opaque(MemorySegment bytes, Architecture architecture, int vcpuCount) {
        return new Opaque(bytes, architecture, vcpuCount);
    }

    /// {@return no state at all: of memory that is worth keeping by itself}
    ///
    /// @param architecture of the guest
    /// @param vcpuCount how many virtual processors it has
    static StateSource none(Architecture architecture, int vcpuCount) {
        return opaque(MemorySegment.ofArray(new byte[0]), architecture, vcpuCount);
    }
}

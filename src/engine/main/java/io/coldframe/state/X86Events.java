package io.coldframe.state;

import io.coldframe.UnknownFields;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// What was on its way to a vCPU of x86-64 when it was stopped: the fields of KVM's
/// `kvm_vcpu_events`. A guest that loses one of them may wait for ever.
///
/// @param exception an exception
/// @param interrupt an external interrupt
/// @param nmi a non-maskable interrupt
/// @param smi a system management interrupt
/// @param sipiVector where a vCPU was told to start, from 0 to 255
/// @param tripleFaultPending whether the machine is about to be reset
/// @param unknown what a newer release stored with it
public record X86Events(
        PendingException exception,
        Interrupt interrupt,
        Nmi nmi,
        Smi smi,
        int sipiVector,
        boolean tripleFaultPending,
        UnknownFields unknown) {

    /// Nothing was on its way.
    public static final X86Events NONE =
            new X86Events(
                    new PendingException(
                            false, false, 0, OptionalInt.empty(), OptionalLong.empty()),
                    new Interrupt(false, 0, false, 0),
                    new Nmi(false, false, false),
                    new Smi(false, false, false, false),
                    0,
                    false,
                    UnknownFields.NONE);

    /// Refuses a vector of more than 8 bits.
    public X86Events {
        checkByte("sipiVector", sipiVector);
    }

    /// {@return the same with another exception}
    ///
    /// @param value an exception
    public X86Events withException(PendingException value) {
        return new X86Events(value, interrupt, nmi, smi, sipiVector, tripleFaultPending, unknown);
    }

    /// {@return the same with another external interrupt}
    ///
    /// @param value an external interrupt
    public X86Events withInterrupt(Interrupt value) {
        return new X86Events(exception, value, nmi, smi, sipiVector, tripleFaultPending, unknown);
    }

    /// {@return the same with another non-maskable interrupt}
    ///
    /// @param value a non-maskable interrupt
    public X86Events withNmi(Nmi value) {
        return new X86Events(
                exception, interrupt, value, smi, sipiVector, tripleFaultPending, unknown);
    }

    /// {@return the same with another system management interrupt}
    ///
    /// @param value a system management interrupt
    public X86Events withSmi(Smi value) {
        return new X86Events(
                exception, interrupt, nmi, value, sipiVector, tripleFaultPending, unknown);
    }

    private static void checkByte(String name, int value) {
        if (value < 0 || value > 0xFF) {
            throw new IllegalArgumentException(name + " is not from 0 to 255: " + value);
        }
    }

    /// An exception.
    ///
    /// @param injected whether its delivery had begun
    /// @param pending whether it waits to be delivered
    /// @param vector its number, from 0 to 255
    /// @param errorCode its error code, if it has one
    /// @param payload what is yet to be put into CR2 or DR6, if anything
    public record PendingException(
            boolean injected,
            boolean pending,
            int vector,
            OptionalInt errorCode,
            OptionalLong payload) {

        /// Refuses a vector of more than 8 bits.
        public PendingException {
            checkByte("vector", vector);
        }
    }

    /// An external interrupt.
    ///
    /// @param injected whether its delivery had begun
    /// @param vector its number, from 0 to 255
    /// @param soft whether an instruction raised it
    /// @param shadow what holds interrupts back for one instruction: KVM's bits
    public record Interrupt(boolean injected, int vector, boolean soft, int shadow) {

        /// Refuses a vector or a shadow of more than 8 bits.
        public Interrupt {
            checkByte("vector", vector);
            checkByte("shadow", shadow);
        }
    }

    /// A non-maskable interrupt.
    ///
    /// @param injected whether its delivery had begun
    /// @param pending whether one waits to be delivered
    /// @param masked whether the guest is handling one
    public record Nmi(boolean injected, boolean pending, boolean masked) {}

    /// A system management interrupt.
    ///
    /// @param active whether the guest is handling one
    /// @param pending whether one waits to be delivered
    /// @param insideNmi whether it came while a non-maskable interrupt was handled
    /// @param latchedInit whether a reset waits for its end
    public record Smi(boolean active, boolean pending, boolean insideNmi, boolean latchedInit) {}
}

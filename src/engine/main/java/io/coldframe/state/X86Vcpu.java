package io.coldframe.state;

import io.coldframe.UnknownFields;

/// A vCPU of x86-64.
///
/// @param apicId its number among the others, unsigned
/// @param features what processor it is to its guest
/// @param registers the registers that every processor has
/// @param extended the registers that depend on the processor's extensions
/// @param msrs the model-specific registers, by their numbers
/// @param interrupts how it stands with interrupts
/// @param unknown what a newer release stored with it
public record X86Vcpu(
        int apicId,
        X86Features features,
        X86Registers registers,
        X86Extended extended,
        Registers msrs,
        X86Interrupts interrupts,
        UnknownFields unknown)
        implements VcpuState {

    /// A vCPU that runs and whose registers are all zero.
    ///
    /// @param apicId its number among the others
    public X86Vcpu(int apicId) {
        this(
                apicId,
                X86Features.NONE,
                X86Registers.ZERO,
                X86Extended.NONE,
                Registers.NONE,
                X86Interrupts.NONE,
                UnknownFields.NONE);
    }

    @Override
    public Architecture architecture() {
        return Architecture.X86_64;
    }

    @Override
    public Registers numberedRegisters() {
        return msrs;
    }

    /// {@return the same with other features}
    ///
    /// @param value what processor it is to its guest
    public X86Vcpu withFeatures(X86Features value) {
        return new X86Vcpu(apicId, value, registers, extended, msrs, interrupts, unknown);
    }

    /// {@return the same with other registers}
    ///
    /// @param value the registers that every processor has
    public X86Vcpu withRegisters(X86Registers value) {
        return new X86Vcpu(apicId, features, value, extended, msrs, interrupts, unknown);
    }

    /// {@return the same with other extended registers}
    ///
    /// @param value the registers that depend on the processor's extensions
    public X86Vcpu withExtended(X86Extended value) {
        return new X86Vcpu(apicId, features, registers, value, msrs, interrupts, unknown);
    }

    /// {@return the same with other model-specific registers}
    ///
    /// @param value the model-specific registers
    public X86Vcpu withMsrs(Registers value) {
        return new X86Vcpu(apicId, features, registers, extended, value, interrupts, unknown);
    }

    /// {@return the same with other interrupts}
    ///
    /// @param value how it stands with interrupts
    public X86Vcpu withInterrupts(X86Interrupts value) {
        return new X86Vcpu(apicId, features, registers, extended, msrs, value, unknown);
    }
}

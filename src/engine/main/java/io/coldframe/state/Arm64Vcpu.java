package io.coldframe.state;

import io.coldframe.UnknownFields;

/// A vCPU of arm64.
///
/// @param mpidr its number among the others, as `MPIDR_EL1` has it
/// @param core the general registers
/// @param vectors the vector registers
/// @param systemRegisters the system registers by the hypervisor's numbers: the 16 bits of
///     Hypervisor.framework, the 64 of KVM's `KVM_GET_REG_LIST`
/// @param psci whether it is powered
/// @param unknown what a newer release stored with it
public record Arm64Vcpu(
        long mpidr,
        Arm64Core core,
        Arm64Vectors vectors,
        Registers systemRegisters,
        PsciState psci,
        UnknownFields unknown)
        implements VcpuState {

    /// A vCPU that is powered and whose registers are all zero.
    ///
    /// @param mpidr its number among the others
    public Arm64Vcpu(long mpidr) {
        this(
                mpidr,
                Arm64Core.ZERO,
                Arm64Vectors.ZERO,
                Registers.NONE,
                PsciState.ON,
                UnknownFields.NONE);
    }

    @Override
    public Architecture architecture() {
        return Architecture.AARCH64;
    }

    @Override
    public Registers numberedRegisters() {
        return systemRegisters;
    }

    /// {@return the same with other general registers}
    ///
    /// @param value the general registers
    public Arm64Vcpu withCore(Arm64Core value) {
        return new Arm64Vcpu(mpidr, value, vectors, systemRegisters, psci, unknown);
    }

    /// {@return the same with other vector registers}
    ///
    /// @param value the vector registers
    public Arm64Vcpu withVectors(Arm64Vectors value) {
        return new Arm64Vcpu(mpidr, core, value, systemRegisters, psci, unknown);
    }

    /// {@return the same with other system registers}
    ///
    /// @param value the system registers
    public Arm64Vcpu withSystemRegisters(Registers value) {
        return new Arm64Vcpu(mpidr, core, vectors, value, psci, unknown);
    }

    /// {@return the same with another power state}
    ///
    /// @param value the power state
    public Arm64Vcpu withPsci(PsciState value) {
        return new Arm64Vcpu(mpidr, core, vectors, systemRegisters, value, unknown);
    }
}

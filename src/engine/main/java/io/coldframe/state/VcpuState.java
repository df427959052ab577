package io.coldframe.state;

import io.coldframe.UnknownFields;

/// A virtual processor between two instructions.
public sealed interface VcpuState permits Arm64Vcpu, X86Vcpu {

    /// {@return what kind of processor it is}
    Architecture architecture();

    /// The registers that a hypervisor reads and writes by number, of which it may not know each:
    /// the system registers of arm64, the MSRs of x86-64.
    ///
    /// @return the registers
    Registers numberedRegisters();

    /// {@return what a newer release stored with it}
    UnknownFields unknown();
}

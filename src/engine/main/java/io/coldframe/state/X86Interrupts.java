package io.coldframe.state;

import io.coldframe.Blob;

/// How a vCPU of x86-64 stands with interrupts.
///
/// @param runState what it is doing
/// @param events what was on its way to it
/// @param localApic the registers of its local APIC as the hypervisor hands them out, without which
///     its timer would never tick again; empty where the APIC is a device of the VMM
public record X86Interrupts(X86RunState runState, X86Events events, Blob localApic) {

    /// It runs, and nothing was on its way.
    public static final X86Interrupts NONE =
            new X86Interrupts(X86RunState.RUNNABLE, X86Events.NONE, Blob.EMPTY);
}

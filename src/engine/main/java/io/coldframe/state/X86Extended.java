package io.coldframe.state;

import io.coldframe.Blob;

/// The registers of a vCPU of x86-64 that depend on the processor's extensions.
///
/// @param xsave the XSAVE area as the processor lays it out, with the x87 and SSE registers; empty
///     where the hypervisor has none
/// @param fpu the x87 and SSE registers as the hypervisor hands them out, where there is no
///     XSAVE; else empty
/// @param controls the extended control registers (XCR), to be put back before the XSAVE area
public record X86Extended(Blob xsave, Blob fpu, Registers controls) {

    /// None.
    public static final X86Extended NONE = new X86Extended(Blob.EMPTY, Blob.EMPTY, Registers.NONE);
}

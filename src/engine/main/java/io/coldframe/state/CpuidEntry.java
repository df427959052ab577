package io.coldframe.state;

import io.coldframe.UnknownFields;

/// One answer of a vCPU's CPUID instruction.
///
/// @param function what is asked, in EAX
/// @param index what is asked, in ECX
/// @param flags whether the index counts: KVM's bits
/// @param answer what is answered
/// @param unknown what a newer release stored with it
public record CpuidEntry(int function, int index, int flags, Answer answer, UnknownFields unknown) {

    /// An entry.
    ///
    /// @param function what is asked, in EAX
    /// @param index what is asked, in ECX
    /// @param flags whether the index counts
    /// @param answer what is answered
    public CpuidEntry(int function, int index, int flags, Answer answer) {
        this(function, index, flags, answer, UnknownFields.NONE);
    }

    /// The registers that hold an answer.
    ///
    /// @param eax EAX
    /// @param ebx EBX
    /// @param ecx ECX
    /// @param edx EDX
    public record Answer(int eax, int ebx, int ecx, int edx) {}
}

package io.coldframe.state;

import java.util.Collections;
import java.util.List;

/// The registers of a vCPU of x86-64 that every processor has.
///
/// @param general those that [X86Register] names, in its order
/// @param segments those that [X86SegmentName] names, in its order
/// @param tables the global and the interrupt descriptor table
/// @param control those that [X86Control] names, in its order
/// @param pageDirectoryPointers the four of PAE paging where the hypervisor hands them out, or none
/// @param debug those that [X86Debug] names, in its order
public record X86Registers(
        Words general,
        List<X86Segment> segments,
        Tables tables,
        Words control,
        Words pageDirectoryPointers,
        Words debug) {

    /// How many page directory pointers PAE paging has.
    public static final int PAGE_DIRECTORY_POINTER_COUNT = 4;

    /// All zero.
    public static final X86Registers ZERO =
            new X86Registers(
                    Words.zeros(X86Register.COUNT),
                    Collections.nCopies(X86SegmentName.COUNT, X86Segment.ZERO),
                    new Tables(X86DescriptorTable.ZERO, X86DescriptorTable.ZERO),
                    Words.zeros(X86Control.COUNT),
                    Words.EMPTY,
                    Words.zeros(X86Debug.COUNT));

    /// The descriptor tables that have a register of their own.
    ///
    /// @param global the GDT
    /// @param interrupt the IDT
    public record Tables(X86DescriptorTable global, X86DescriptorTable interrupt) {}

    /// Refuses any other number of registers.
    public X86Registers {
        general.checkCount("general registers", X86Register.COUNT);
        control.checkCount("control registers", X86Control.COUNT);
        debug.checkCount("debug registers", X86Debug.COUNT);
        if (pageDirectoryPointers.count() != 0) {
            pageDirectoryPointers.checkCount(
                    "page directory pointers", PAGE_DIRECTORY_POINTER_COUNT);
        }
        segments = List.copyOf(segments);
        if (segments.size() != X86SegmentName.COUNT) {
            throw new IllegalArgumentException(
                    "segments: " + X86SegmentName.COUNT + " are needed, not " + segments.size());
        }
    }

    /// {@return a general register}
    ///
    /// @param register which one
    public long get(X86Register register) {
        return general.get(register.index());
    }

    /// {@return a control register}
    ///
    /// @param register which one
    public long get(X86Control register) {
        return control.get(register.index());
    }

    /// {@return a debug register}
    ///
    /// @param register which one
    public long get(X86Debug register) {
        return debug.get(register.index());
    }

    /// {@return a segment register}
    ///
    /// @param name which one
    public X86Segment get(X86SegmentName name) {
        return segments.get(name.index());
    }

    /// {@return the same with another general register}
    ///
    /// @param register which one
    /// @param value what it holds
    public X86Registers with(X86Register register, long value) {
        Words changed = general.with(register.index(), value);
        return new X86Registers(changed, segments, tables, control, pageDirectoryPointers, debug);
    }

    /// {@return the same with another control register}
    ///
    /// @param register which one
    /// @param value what it holds
    public X86Registers with(X86Control register, long value) {
        Words changed = control.with(register.index(), value);
        return new X86Registers(general, segments, tables, changed, pageDirectoryPointers, debug);
    }

    /// {@return the same with another debug register}
    ///
    /// @param register which one
    /// @param value what it holds
    public X86Registers with(X86Debug register, long value) {
        Words changed = debug.with(register.index(), value);
        return new X86Registers(general, segments, tables, control, pageDirectoryPointers, changed);
    }
}

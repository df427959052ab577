package io.coldframe.state;

import io.coldframe.wire.WireWriter;

/// Writes the messages of `docs/state.proto` that only x86-64 has.
final class X86Writer {

    private X86Writer() {}

    static void vcpu(WireWriter out, X86Vcpu vcpu) {
        X86Registers registers = vcpu.registers();
        out.uint32(1, vcpu.apicId());
        for (CpuidEntry entry : vcpu.features().cpuid()) {
            out.message(2, to -> cpuid(to, entry));
        }
        out.uint32(3, vcpu.features().tscKilohertz());
        out.fixed64s(4, registers.general().values());
        for (X86Segment segment : registers.segments()) {
            out.message(5, to -> segment(to, segment));
        }
        out.uint64(6, registers.tables().global().base());
        out.uint32(7, registers.tables().global().limit());
        out.uint64(8, registers.tables().interrupt().base());
        out.uint32(9, registers.tables().interrupt().limit());
        out.fixed64s(10, registers.control().values());
        out.fixed64s(11, registers.pageDirectoryPointers().values());
        out.fixed64s(12, registers.debug().values());
        out.bytes(13, vcpu.extended().xsave());
        out.bytes(14, vcpu.extended().fpu());
        vcpu.extended().controls().forEach((number, value) -> out.mapEntry(15, number, value));
        vcpu.msrs().forEach((number, value) -> out.mapEntry(16, number, value));
        out.uint32(17, vcpu.interrupts().runState().number());
        out.message(18, to -> events(to, vcpu.interrupts().events()));
        out.bytes(19, vcpu.interrupts().localApic());
        out.unknown(vcpu.unknown());
    }

    private static void cpuid(WireWriter out, CpuidEntry entry) {
        out.uint32(1, entry.function());
        out.uint32(2, entry.index());
        out.uint32(3, entry.flags());
        out.uint32(4, entry.answer().eax());
        out.uint32(5, entry.answer().ebx());
        out.uint32(6, entry.answer().ecx());
        out.uint32(7, entry.answer().edx());
        out.unknown(entry.unknown());
    }

    private static void segment(WireWriter out, X86Segment segment) {
        out.uint64(1, segment.base());
        out.uint32(2, segment.limit());
        out.uint32(3, segment.selector());
        out.uint32(4, segment.accessRights());
        out.unknown(segment.unknown());
    }

    private static void events(WireWriter out, X86Events events) {
        out.bool(1, events.exception().injected());
        out.bool(2, events.exception().pending());
        out.uint32(3, events.exception().vector());
        out.optionalUint32(4, events.exception().errorCode());
        out.optionalUint64(5, events.exception().payload());
        out.bool(6, events.interrupt().injected());
        out.uint32(7, events.interrupt().vector());
        out.bool(8, events.interrupt().soft());
        out.uint32(9, events.interrupt().shadow());
        out.bool(10, events.nmi().injected());
        out.bool(11, events.nmi().pending());
        out.bool(12, events.nmi().masked());
        out.bool(13, events.smi().active());
        out.bool(14, events.smi().pending());
        out.bool(15, events.smi().insideNmi());
        out.bool(16, events.smi().latchedInit());
        out.uint32(17, events.sipiVector());
        out.bool(18, events.tripleFaultPending());
        out.unknown(events.unknown());
    }
}

package io.coldframe.state;

import io.coldframe.wire.WireWriter;

/// Writes the messages of `docs/state.proto`, which says what each field is.
final class StateWriter {

    private StateWriter() {}

    static void envelope(WireWriter out, StateEnvelope envelope) {
        out.message(1, to -> machine(to, envelope.state()));
        envelope.memory().ifPresent(memory -> out.message(2, to -> binding(to, memory)));
        out.unknown(envelope.unknown());
    }

    private static void binding(WireWriter out, MemoryBinding memory) {
        out.bool(1, memory.diff());
        out.uint64(2, memory.byteCount());
        out.bytes(3, memory.digest().bytes());
        out.bytes(4, memory.encodedSums());
        memory.base().ifPresent(base -> out.bytes(5, base.bytes()));
        out.unknown(memory.unknown());
    }

    private static void machine(WireWriter out, MachineState state) {
        out.message(1, to -> vmInfo(to, state.vmInfo()));
        for (VcpuState vcpu : state.vcpus()) {
            switch (vcpu) {
                case Arm64Vcpu arm64 -> out.message(2, to -> arm64Vcpu(to, arm64));
                case X86Vcpu x86 -> out.message(3, to -> X86Writer.vcpu(to, x86));
            }
        }
        for (DeviceState device : state.devices()) {
            out.message(4, to -> device(to, device));
        }
        out.message(5, to -> interruptController(to, state.interruptController()));
        state.metadataService().ifPresent(mmds -> out.message(6, to -> metadata(to, mmds)));
        out.unknown(state.unknown());
    }

    private static void vmInfo(WireWriter out, VmInfo info) {
        out.uint64(1, info.memoryMib());
        out.bool(2, info.smt());
        out.string(3, info.cpuTemplate());
        out.string(4, info.kernelPath());
        info.initrdPath().ifPresent(path -> out.explicitString(5, path));
        out.string(6, info.bootArguments());
        out.bool(7, info.trackDirtyPages());
        out.unknown(info.unknown());
    }

    private static void arm64Vcpu(WireWriter out, Arm64Vcpu vcpu) {
        out.uint64(1, vcpu.mpidr());
        out.fixed64s(2, vcpu.core().x().values());
        out.uint64(3, vcpu.core().sp());
        out.uint64(4, vcpu.core().pc());
        out.uint64(5, vcpu.core().pstate());
        out.fixed64s(6, vcpu.vectors().halves().values());
        out.uint32(7, vcpu.vectors().fpsr());
        out.uint32(8, vcpu.vectors().fpcr());
        vcpu.systemRegisters().forEach((number, value) -> out.mapEntry(9, number, value));
        out.uint32(10, vcpu.psci().number());
        out.unknown(vcpu.unknown());
    }

    private static void device(WireWriter out, DeviceState device) {
        out.string(1, device.kind());
        out.string(2, device.id());
        out.uint32(3, device.slot());
        out.bytes(4, device.state());
        out.unknown(device.unknown());
    }

    private static void interruptController(WireWriter out, InterruptController controller) {
        out.uint64(1, controller.statedByteCount());
        out.bytes(2, controller.state());
        out.unknown(controller.unknown());
    }

    private static void metadata(WireWriter out, MetadataService service) {
        out.string(1, service.json());
        out.optionalUint64(2, service.tokenTtlSeconds());
        out.unknown(service.unknown());
    }
}

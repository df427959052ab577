package io.coldframe.state;

import com.google.protobuf.Message;

import io.coldframe.wire.ProtoJudge;
import io.coldframe.wire.ProtoJudge.Draft;

/// An envelope as protobuf-java makes it, every field by its name in `docs/state.proto`.
final class TheirState {

    private final ProtoJudge judge;

    TheirState(ProtoJudge judge) {
        this.judge = judge;
    }

    Message envelope(StateEnvelope envelope) {
        Draft draft = judge.message("Envelope").set("state", machine(envelope.state()));
        envelope.memory().ifPresent(memory -> draft.set("memory", binding(memory)));
        return draft.unknown(envelope.unknown()).build();
    }

    private Draft binding(MemoryBinding memory) {
        Draft draft =
                judge.message("MemoryBinding")
                        .set("diff", memory.diff())
                        .set("byte_count", memory.byteCount())
                        .set("digest", memory.digest().bytes())
                        .set("encoded_sums", memory.encodedSums());
        memory.base().ifPresent(base -> draft.set("base", base.bytes()));
        return draft.unknown(memory.unknown());
    }

    private Draft machine(MachineState state) {
        Draft draft = judge.message("MachineState").set("vm_info", vmInfo(state.vmInfo()));
        for (VcpuState vcpu : state.vcpus()) {
            switch (vcpu) {
                case Arm64Vcpu arm64 -> draft.add("arm64_vcpus", arm64(arm64));
                case X86Vcpu x86 -> draft.add("x86_vcpus", x86(x86));
            }
        }
        for (DeviceState device : state.devices()) {
            draft.add(
                    "devices",
                    judge.message("Device")
                            .set("kind", device.kind())
                            .set("id", device.id())
                            .set("slot", device.slot())
                            .set("state", device.state())
                            .unknown(device.unknown()));
        }
        InterruptController controller = state.interruptController();
        draft.set(
                "interrupt_controller",
                judge.message("InterruptController")
                        .set("stated_byte_count", controller.statedByteCount())
                        .set("state", controller.state())
                        .unknown(controller.unknown()));
        state.metadataService().ifPresent(mmds -> draft.set("metadata_service", metadata(mmds)));
        return draft.unknown(state.unknown());
    }

    private Draft metadata(MetadataService service) {
        Draft draft = judge.message("MetadataService").set("json", service.json());
        service.tokenTtlSeconds().ifPresent(ttl -> draft.set("token_ttl_seconds", ttl));
        return draft.unknown(service.unknown());
    }

    private Draft vmInfo(VmInfo info) {
        Draft draft =
                judge.message("VmInfo")
                        .set("memory_mib", info.memoryMib())
                        .set("smt", info.smt())
                        .set("cpu_template", info.cpuTemplate())
                        .set("kernel_path", info.kernelPath())
                        .set("boot_arguments", info.bootArguments())
                        .set("track_dirty_pages", info.trackDirtyPages());
        info.initrdPath().ifPresent(path -> draft.set("initrd_path", path));
        return draft.unknown(info.unknown());
    }

    private Draft arm64(Arm64Vcpu vcpu) {
        Draft draft =
                judge.message("Arm64Vcpu")
                        .set("mpidr", vcpu.mpidr())
                        .addAll("x", vcpu.core().x().values())
                        .set("sp", vcpu.core().sp())
                        .set("pc", vcpu.core().pc())
                        .set("pstate", vcpu.core().pstate())
                        .set("fpsr", vcpu.vectors().fpsr())
                        .set("fpcr", vcpu.vectors().fpcr())
                        .set("psci", vcpu.psci().number());
        for (int n = 0; n < Arm64Vectors.V_COUNT; n++) {
            draft.addAll("v", vcpu.vectors().low(n), vcpu.vectors().high(n));
        }
        vcpu.systemRegisters().forEach((key, value) -> draft.put("system_registers", key, value));
        return draft.unknown(vcpu.unknown());
    }

    private Draft x86(X86Vcpu vcpu) {
        X86Registers registers = vcpu.registers();
        Draft draft =
                judge.message("X86Vcpu")
                        .set("apic_id", vcpu.apicId())
                        .set("tsc_kilohertz", vcpu.features().tscKilohertz())
                        .set("gdt_base", registers.tables().global().base())
                        .set("gdt_limit", registers.tables().global().limit())
                        .set("idt_base", registers.tables().interrupt().base())
                        .set("idt_limit", registers.tables().interrupt().limit())
                        .addAll(
                                "page_directory_pointers",
                                registers.pageDirectoryPointers().values())
                        .set("xsave", vcpu.extended().xsave())
                        .set("fpu", vcpu.extended().fpu())
                        .set("run_state", vcpu.interrupts().runState().number())
                        .set("events", events(vcpu.interrupts().events()))
                        .set("local_apic", vcpu.interrupts().localApic());
        for (X86Register each : X86Register.values()) {
            draft.add("general", registers.get(each));
        }
        for (X86SegmentName each : X86SegmentName.values()) {
            draft.add("segments", segment(registers.get(each)));
        }
        for (X86Control each : X86Control.values()) {
            draft.add("control", registers.get(each));
        }
        for (X86Debug each : X86Debug.values()) {
            draft.add("debug", registers.get(each));
        }
        vcpu.features().cpuid().forEach(entry -> draft.add("cpuid", cpuid(entry)));
        vcpu.extended()
                .controls()
                .forEach((key, value) -> draft.put("extended_controls", key, value));
        vcpu.msrs().forEach((key, value) -> draft.put("msrs", key, value));
        return draft.unknown(vcpu.unknown());
    }

    private Draft cpuid(CpuidEntry entry) {
        return judge.message("Cpuid")
                .set("function", entry.function())
                .set("index", entry.index())
                .set("flags", entry.flags())
                .set("eax", entry.answer().eax())
                .set("ebx", entry.answer().ebx())
                .set("ecx", entry.answer().ecx())
                .set("edx", entry.answer().edx())
                .unknown(entry.unknown());
    }

    private Draft segment(X86Segment segment) {
        int rights =
                segment.type()
                        | bit(segment.isCodeOrData(), 4)
                        | segment.privilege() << 5
                        | bit(segment.isPresent(), 7)
                        | bit(segment.isAvailable(), 12)
                        | bit(segment.isLongMode(), 13)
                        | bit(segment.isWide(), 14)
                        | bit(segment.countsPages(), 15)
                        | bit(segment.isUnusable(), 16);
        return judge.message("Segment")
                .set("base", segment.base())
                .set("limit", segment.limit())
                .set("selector", segment.selector())
                .set("access_rights", rights)
                .unknown(segment.unknown());
    }

    private static int bit(boolean set, int number) {
        return set ? 1 << number : 0;
    }

    private Draft events(X86Events events) {
        Draft draft =
                judge.message("Events")
                        .set("exception_injected", events.exception().injected())
                        .set("exception_pending", events.exception().pending())
                        .set("exception_vector", events.exception().vector())
                        .set("interrupt_injected", events.interrupt().injected())
                        .set("interrupt_vector", events.interrupt().vector())
                        .set("interrupt_soft", events.interrupt().soft())
                        .set("interrupt_shadow", events.interrupt().shadow())
                        .set("nmi_injected", events.nmi().injected())
                        .set("nmi_pending", events.nmi().pending())
                        .set("nmi_masked", events.nmi().masked())
                        .set("smi_active", events.smi().active())
                        .set("smi_pending", events.smi().pending())
                        .set("smi_inside_nmi", events.smi().insideNmi())
                        .set("smi_latched_init", events.smi().latchedInit())
                        .set("sipi_vector", events.sipiVector())
                        .set("triple_fault_pending", events.tripleFaultPending());
        events.exception().errorCode().ifPresent(code -> draft.set("exception_error_code", code));
        events.exception().payload().ifPresent(each -> draft.set("exception_payload", each));
        return draft.unknown(events.unknown());
    }
}

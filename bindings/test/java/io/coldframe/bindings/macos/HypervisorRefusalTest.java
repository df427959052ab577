package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.Platform;
import io.coldframe.bindings.macos.HypervisorVcpu.InterruptLine;
import io.coldframe.standin.HypervisorStandIn;
import io.coldframe.standin.HypervisorStandIn.Function;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Every function hands on every code with which it refuses, and does nothing then.
final class HypervisorRefusalTest extends StandInTest {
    private static final HypervisorGic.Layout LAYOUT =
            new HypervisorGic.Layout(0x0800_0000L, 0x0810_0000L, 0x0c00_0000L, 64, 32);

    private static final List<HvResult> REFUSALS =
            List.of(
                    HvResult.ERROR,
                    HvResult.BUSY,
                    HvResult.BAD_ARGUMENT,
                    HvResult.ILLEGAL_GUEST_STATE,
                    HvResult.NO_RESOURCES,
                    HvResult.NO_DEVICE,
                    HvResult.DENIED,
                    HvResult.FAULT,
                    HvResult.UNSUPPORTED,
                    HvResult.of(12345));

    @Test
    void everyFunctionHandsOnEveryCode() {
        HypervisorGic gic = framework.gic().asOptional().orElseThrow();
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        HypervisorVcpu vcpu = vcpu();
        Map<Function, Supplier<HvResult>> calls = new EnumMap<>(Function.class);
        putMachineCalls(calls);
        putVcpuCalls(calls, vcpu);
        putGicCalls(calls, gic, vcpu);
        assertEquals(EnumSet.allOf(Function.class), calls.keySet());
        calls.forEach(
                (function, call) -> {
                    for (HvResult refusal : REFUSALS) {
                        HypervisorStandIn.refuse(framework, function, 0, 1, refusal);
                        assertEquals(refusal, call.get(), function::name);
                    }
                });
        destroy(vcpu);
    }

    private void putMachineCalls(Map<Function, Supplier<HvResult>> calls) {
        MemorySegment page = HypervisorStandIn.memory(arena, 1);
        calls.put(Function.VM_CREATE, framework::createVm);
        calls.put(Function.VM_DESTROY, framework::destroyVm);
        calls.put(Function.VM_MAP, () -> framework.map(page, DATA, ALL));
        calls.put(Function.VM_UNMAP, () -> framework.unmap(DATA, PAGE));
        calls.put(Function.VM_PROTECT, () -> framework.protect(DATA, PAGE, ALL));
        calls.put(Function.VM_GET_MAX_VCPU_COUNT, () -> framework.maxVcpuCount().result());
        calls.put(
                Function.VM_CONFIG_GET_MAX_IPA_SIZE,
                () -> framework.maxGuestAddressBits().result());
        calls.put(
                Function.VM_CONFIG_GET_DEFAULT_IPA_SIZE,
                () -> framework.defaultGuestAddressBits().result());
        calls.put(Function.VM_CONFIG_SET_IPA_SIZE, () -> framework.createVm(36));
        calls.put(Function.VCPU_CREATE, () -> framework.createVcpu().result());
    }

    private void putVcpuCalls(Map<Function, Supplier<HvResult>> calls, HypervisorVcpu vcpu) {
        MemorySegment vector = arena.allocate(VectorRegisters.BYTES);
        VectorRegisters vectors = framework.vectors().asOptional().orElseThrow();
        calls.put(Function.VCPU_DESTROY, vcpu::destroy);
        calls.put(Function.VCPU_RUN, vcpu::run);
        calls.put(Function.VCPUS_EXIT, vcpu::cancel);
        calls.put(Function.VCPU_GET_REG, () -> vcpu.read(HvRegister.PC).result());
        calls.put(Function.VCPU_SET_REG, () -> vcpu.write(HvRegister.PC, 0));
        calls.put(Function.VCPU_GET_SYS_REG, () -> vcpu.read(HvSystemRegister.SCTLR_EL1).result());
        calls.put(Function.VCPU_SET_SYS_REG, () -> vcpu.write(HvSystemRegister.SCTLR_EL1, 0));
        calls.put(Function.VCPU_GET_SIMD_FP_REG, () -> vcpu.readVector(0, vector));
        calls.put(Function.VCPU_SET_SIMD_FP_REG, () -> vectors.write(vcpu, 0, vector));
        calls.put(
                Function.VCPU_GET_PENDING_INTERRUPT,
                () -> vcpu.isPending(InterruptLine.IRQ).result());
        calls.put(
                Function.VCPU_SET_PENDING_INTERRUPT,
                () -> vcpu.setPending(InterruptLine.IRQ, true));
        calls.put(Function.VCPU_GET_VTIMER_MASK, () -> vcpu.isTimerMasked().result());
        calls.put(Function.VCPU_SET_VTIMER_MASK, () -> vcpu.setTimerMasked(true));
        calls.put(Function.VCPU_GET_VTIMER_OFFSET, () -> vcpu.timerOffsetTicks().result());
        calls.put(Function.VCPU_SET_VTIMER_OFFSET, () -> vcpu.setTimerOffsetTicks(1));
    }

    private void putGicCalls(
            Map<Function, Supplier<HvResult>> calls, HypervisorGic gic, HypervisorVcpu vcpu) {
        MemorySegment state = gic.captureState(arena).value();
        calls.put(Function.GIC_CREATE, () -> gic.create(LAYOUT));
        calls.put(Function.GIC_CONFIG_SET_DISTRIBUTOR_BASE, () -> gic.create(LAYOUT));
        calls.put(Function.GIC_CONFIG_SET_REDISTRIBUTOR_BASE, () -> gic.create(LAYOUT));
        calls.put(Function.GIC_CONFIG_SET_MSI_REGION_BASE, () -> gic.create(LAYOUT));
        calls.put(Function.GIC_CONFIG_SET_MSI_INTERRUPT_RANGE, () -> gic.create(LAYOUT));
        calls.put(Function.GIC_RESET, gic::reset);
        calls.put(Function.GIC_SET_SPI, () -> gic.setInterrupt(200, true));
        calls.put(Function.GIC_SEND_MSI, () -> gic.sendMessage(LAYOUT.msiBase() + 0x40, 64));
        calls.put(Function.GIC_GET_REDISTRIBUTOR_BASE, () -> gic.redistributorBase(vcpu).result());
        calls.put(Function.GIC_STATE_GET_SIZE, () -> gic.captureState(arena).result());
        calls.put(Function.GIC_STATE_GET_DATA, () -> gic.captureState(arena).result());
        calls.put(Function.GIC_SET_STATE, () -> gic.restoreState(state));
        calls.put(Function.GIC_GET_ICC_REG, () -> gic.read(vcpu, HvIccRegister.PMR_EL1).result());
        calls.put(Function.GIC_SET_ICC_REG, () -> gic.write(vcpu, HvIccRegister.PMR_EL1, 1));
    }

    @Test
    void aRefusalComesWhenItWasOrderedAndAsOftenAsItWas() {
        mapped(DATA, 1, 0);
        HypervisorStandIn.refuse(framework, Function.VM_PROTECT, 2, 3, HvResult.DENIED);
        for (int call = 0; call < 8; call++) {
            HvResult expected = call < 2 || call >= 5 ? HvResult.SUCCESS : HvResult.DENIED;
            assertEquals(expected, framework.protect(DATA, PAGE, ALL), "call " + call);
        }
    }

    @Test
    void oneProcessHasOneLibrary() {
        assertEquals(
                framework,
                HypervisorFramework.load(HypervisorStandIn.library()).asOptional().get());
        assertInstanceOf(
                Facility.Missing.class, HypervisorFramework.load(Path.of("/nowhere/another.so")));
    }

    @Test
    void aSystemThatIsNotAMacSaysSo() {
        Assumptions.assumeTrue(
                Platform.current() != Platform.MACOS_ARM64, "this is a Mac, which has it");
        var missing = assertInstanceOf(Facility.Missing.class, HypervisorFramework.system());
        assertEquals(true, missing.reason().contains(System.getProperty("os.name")));
    }
}

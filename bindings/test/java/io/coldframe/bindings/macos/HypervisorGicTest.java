package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.generated.macos.HypervisorH;
import io.coldframe.standin.GuestProgram;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The interrupt controller and its state.
final class HypervisorGicTest extends StandInTest {
    private static final long DISTRIBUTOR = 0x0800_0000L;
    private static final long REDISTRIBUTORS = 0x0810_0000L;
    private static final long MESSAGES = 0x0c00_0000L;
    private static final int FIRST_MESSAGE = 64;
    private static final int MESSAGE_COUNT = 32;

    private static final HypervisorGic.Layout LAYOUT =
            new HypervisorGic.Layout(
                    DISTRIBUTOR, REDISTRIBUTORS, MESSAGES, FIRST_MESSAGE, MESSAGE_COUNT);

    private final HypervisorGic gic = framework.gic().asOptional().orElseThrow();

    @Test
    void itIsMadeOnceAfterTheMachineAndBeforeAnyVcpu() {
        HypervisorVcpu vcpu = vcpu();
        assertEquals(HvResult.BUSY, gic.create(LAYOUT));
        destroy(vcpu);
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        assertEquals(HvResult.BUSY, gic.create(LAYOUT));
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        assertEquals(HvResult.NO_DEVICE, gic.create(LAYOUT));
    }

    @Test
    void everyPartHasItsPlace() {
        HypervisorGic.Geometry geometry = gic.geometry().value();
        assertEquals(0x2_0000, geometry.redistributorBytes());
        assertEquals(
                framework.maxVcpuCount().value() * geometry.redistributorBytes(),
                geometry.redistributorRegionBytes());
        assertEquals(32, geometry.firstSpi());
        assertRefused(HypervisorGic.Layout.withoutMessages(DISTRIBUTOR, 0));
        assertRefused(HypervisorGic.Layout.withoutMessages(DISTRIBUTOR + 4096, REDISTRIBUTORS));
        assertRefused(HypervisorGic.Layout.withoutMessages(DISTRIBUTOR, REDISTRIBUTORS + PAGE));
        assertRefused(HypervisorGic.Layout.withoutMessages(-0x10000L, REDISTRIBUTORS));
        assertRefused(HypervisorGic.Layout.withoutMessages(DISTRIBUTOR, -0x10000L));
        assertRefused(messages(MESSAGES + 4, 64, 32));
        assertRefused(messages(MESSAGES, 31, 32));
        assertRefused(messages(MESSAGES, 64, geometry.spiCount()));
        assertRefused(messages(MESSAGES, 64, -1));
        assertEquals(
                HvResult.SUCCESS,
                gic.create(HypervisorGic.Layout.withoutMessages(DISTRIBUTOR, REDISTRIBUTORS)));
    }

    private static HypervisorGic.Layout messages(long base, int first, int count) {
        return new HypervisorGic.Layout(DISTRIBUTOR, REDISTRIBUTORS, base, first, count);
    }

    private void assertRefused(HypervisorGic.Layout layout) {
        assertEquals(HvResult.BAD_ARGUMENT, gic.create(layout), layout::toString);
    }

    @Test
    void theReservedInterruptsAreTheArchitectures() {
        for (int interrupt = 0; interrupt < 1024; interrupt++) {
            boolean reserved =
                    interrupt == HypervisorH.HV_GIC_INT_PERFORMANCE_MONITOR()
                            || interrupt == HypervisorH.HV_GIC_INT_MAINTENANCE()
                            || interrupt == HypervisorH.HV_GIC_INT_EL2_PHYSICAL_TIMER()
                            || interrupt == HypervisorH.HV_GIC_INT_EL1_VIRTUAL_TIMER()
                            || interrupt == HypervisorH.HV_GIC_INT_EL1_PHYSICAL_TIMER();
            HvAnswer<Integer> answer = gic.reservedInterrupt(interrupt);
            assertEquals(reserved, answer.result().isSuccess(), "interrupt " + interrupt);
        }
        assertEquals(27, gic.reservedInterrupt(27).value());
    }

    @Test
    void interruptsAreSharedOnesOrMessages() {
        assertEquals(HvResult.UNSUPPORTED, gic.setInterrupt(40, true));
        assertEquals(HvResult.UNSUPPORTED, gic.sendMessage(MESSAGES + 0x40, 64));
        assertEquals(HvResult.UNSUPPORTED, gic.reset());
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        for (int interrupt = 0; interrupt < 1100; interrupt++) {
            boolean message =
                    interrupt >= FIRST_MESSAGE && interrupt < FIRST_MESSAGE + MESSAGE_COUNT;
            boolean shared = interrupt >= 32 && interrupt < 1020 && !message;
            assertEquals(shared, gic.setInterrupt(interrupt, true).isSuccess());
            assertEquals(message, gic.sendMessage(MESSAGES + 0x40, interrupt).isSuccess());
        }
        assertEquals(HvResult.BAD_ARGUMENT, gic.sendMessage(MESSAGES, FIRST_MESSAGE));
        assertEquals(HvResult.SUCCESS, gic.reset());
    }

    @Test
    void aStateIsPutBackIntoANewMachine() {
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        MemorySegment quiet = gic.captureState(arena).value();
        assertEquals(HvResult.SUCCESS, gic.setInterrupt(200, true));
        MemorySegment state = gic.captureState(arena).value();
        assertTrue(state.mismatch(quiet) >= 0);
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        assertEquals(HvResult.SUCCESS, framework.createVm());
        assertEquals(HvResult.UNSUPPORTED, gic.restoreState(state));
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        HypervisorVcpu vcpu = vcpu();
        assertEquals(-1, gic.captureState(arena).value().mismatch(quiet));
        assertEquals(HvResult.SUCCESS, gic.restoreState(state));
        assertEquals(-1, gic.captureState(arena).value().mismatch(state));
        destroy(vcpu);
    }

    @Test
    void aStateThatIsNotOneIsRefusedWhicheverBitIsWrong() {
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        MemorySegment state = gic.captureState(arena).value();
        MemorySegment wrong = arena.allocate(state.byteSize()).copyFrom(state);
        for (long bit = 0; bit < state.byteSize() * 8; bit++) {
            byte good = state.get(ValueLayout.JAVA_BYTE, bit / 8);
            wrong.set(ValueLayout.JAVA_BYTE, bit / 8, (byte) (good ^ 1 << bit % 8));
            assertEquals(HvResult.BAD_ARGUMENT, gic.restoreState(wrong), "bit " + bit);
            wrong.set(ValueLayout.JAVA_BYTE, bit / 8, good);
        }
        assertEquals(
                HvResult.BAD_ARGUMENT, gic.restoreState(state.asSlice(0, state.byteSize() - 1)));
        assertEquals(HvResult.SUCCESS, gic.restoreState(wrong));
    }

    @Test
    void aStateOfAnotherLayoutIsRefused() {
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        MemorySegment state = gic.captureState(arena).value();
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        assertEquals(HvResult.SUCCESS, framework.createVm());
        assertEquals(
                HvResult.SUCCESS,
                gic.create(HypervisorGic.Layout.withoutMessages(DISTRIBUTOR, REDISTRIBUTORS)));
        assertEquals(HvResult.BAD_ARGUMENT, gic.restoreState(state));
    }

    @Test
    void aStateIsPutBackBeforeAnyVcpuRuns() {
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        MemorySegment state = gic.captureState(arena).value();
        install(new GuestProgram().hvc(0));
        HypervisorVcpu vcpu = vcpu();
        assertEquals(HvResult.SUCCESS, gic.restoreState(state));
        run(vcpu);
        assertEquals(HvResult.ILLEGAL_GUEST_STATE, gic.restoreState(state));
        destroy(vcpu);
    }

    @Test
    void thereIsNoStateWithoutAControllerOrWhileAVcpuRuns() throws Exception {
        assertEquals(HvResult.ERROR, gic.captureState(arena).result());
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        MemorySegment data = mapped(DATA, 1, ALL);
        GuestProgram program = new GuestProgram().set(0, DATA).set(1, 1).store(1, 0);
        program.branch(program.here());
        install(program);
        try (ExecutorService guest = Executors.newSingleThreadExecutor()) {
            HypervisorVcpu vcpu = guest.submit(this::vcpu).get();
            Future<HvResult> running = guest.submit(vcpu::run);
            while ((long) ValueLayout.JAVA_LONG.varHandle().getVolatile(data, 0L) == 0) {
                Thread.onSpinWait();
            }
            assertInstanceOf(HvAnswer.Refused.class, gic.captureState(arena));
            assertEquals(HvResult.SUCCESS, vcpu.cancel());
            assertEquals(HvResult.SUCCESS, running.get());
            assertInstanceOf(HvAnswer.Given.class, gic.captureState(arena));
            assertEquals(HvResult.SUCCESS, guest.submit(vcpu::destroy).get());
        }
    }

    @Test
    void theInterfaceOfAVcpuKeepsEveryRegister() {
        HypervisorVcpu early = vcpu();
        assertEquals(HvResult.UNSUPPORTED, gic.read(early, HvIccRegister.PMR_EL1).result());
        assertEquals(HvResult.UNSUPPORTED, gic.redistributorBase(early).result());
        destroy(early);
        assertEquals(HvResult.SUCCESS, gic.create(LAYOUT));
        HypervisorVcpu vcpu = vcpu();
        assertEquals(REDISTRIBUTORS, gic.redistributorBase(vcpu).value());
        for (HvIccRegister register : HvIccRegister.values()) {
            HvResult expected =
                    register == HvIccRegister.SRE_EL2 ? HvResult.BAD_ARGUMENT : HvResult.SUCCESS;
            assertEquals(expected, gic.write(vcpu, register, register.code() + 1L));
        }
        for (HvIccRegister register : HvIccRegister.values()) {
            if (gic.read(vcpu, register) instanceof HvAnswer.Given<Long>(Long value)) {
                assertEquals(register.code() + 1L, value);
            }
        }
        HvResult fromElsewhere =
                onAnotherThread(() -> gic.write(vcpu, HvIccRegister.PMR_EL1, 0xff));
        assertEquals(HvResult.BAD_ARGUMENT, fromElsewhere);
        // The physical timer exists where there is a controller.
        assertEquals(HvResult.SUCCESS, vcpu.write(HvSystemRegister.CNTP_CVAL_EL0, 5));
        assertEquals(5, vcpu.read(HvSystemRegister.CNTP_CVAL_EL0).value());
        destroy(vcpu);
    }
}

package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.generated.macos.HypervisorH;
import io.coldframe.bindings.macos.HypervisorVcpu.InterruptLine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// vCPUs and their registers.
final class HypervisorVcpuTest extends StandInTest {

    @Test
    void aThreadOwnsOneVcpuAndAMachineWithVcpusStays() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        assertEquals(HvResult.BUSY, framework.createVcpu().result());
        assertEquals(HvResult.BUSY, framework.destroyVm());
        destroy(vcpu);
        assertThrows(IllegalStateException.class, vcpu::exitReason);
        destroy(framework.createVcpu().value());
    }

    @Test
    void aNumberThatNoVcpuHasIsRefused() {
        HypervisorVcpu gone = framework.createVcpu().value();
        destroy(gone);
        for (long id : new long[] {gone.id(), 63, 64, -1}) {
            MemorySegment ids = arena.allocateFrom(ValueLayout.JAVA_LONG, id);
            assertEquals(HvResult.BAD_ARGUMENT, HvResult.of(HypervisorH.hv_vcpu_run(id)));
            assertEquals(HvResult.BAD_ARGUMENT, HvResult.of(HypervisorH.hv_vcpu_destroy(id)));
            assertEquals(HvResult.BAD_ARGUMENT, HvResult.of(HypervisorH.hv_vcpus_exit(ids, 1)));
        }
    }

    @Test
    void aDestroyedVcpuIsNotTheNextOneOfItsNumber() {
        HypervisorVcpu gone = framework.createVcpu().value();
        destroy(gone);
        HypervisorVcpu next = framework.createVcpu().value();
        assertEquals(gone.id(), next.id());
        MemorySegment vector = arena.allocate(VectorRegisters.BYTES);
        for (Executable call :
                List.<Executable>of(
                        gone::run,
                        gone::cancel,
                        gone::destroy,
                        () -> framework.cancel(List.of(next, gone)),
                        () -> gone.read(HvRegister.X0),
                        () -> gone.write(HvRegister.X0, 1),
                        () -> gone.read(HvSystemRegister.SCTLR_EL1),
                        () -> gone.write(HvSystemRegister.SCTLR_EL1, 1),
                        () -> gone.readVector(0, vector),
                        () -> vectors().write(gone, 0, vector),
                        () -> gone.isPending(InterruptLine.IRQ),
                        () -> gone.setPending(InterruptLine.IRQ, true),
                        gone::isTimerMasked,
                        () -> gone.setTimerMasked(true),
                        gone::timerOffsetTicks,
                        () -> gone.setTimerOffsetTicks(1))) {
            assertThrows(IllegalStateException.class, call);
        }
        destroy(next);
    }

    @Test
    void anotherThreadsCallsAreRefused() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        List<HvResult> results =
                onAnotherThread(
                        () ->
                                List.of(
                                        vcpu.run(),
                                        vcpu.destroy(),
                                        vcpu.read(HvRegister.X0).result(),
                                        vcpu.write(HvRegister.X0, 1),
                                        vcpu.read(HvSystemRegister.SCTLR_EL1).result(),
                                        vcpu.write(HvSystemRegister.SCTLR_EL1, 1),
                                        vcpu.readVector(0, arena.allocate(16)),
                                        vcpu.isPending(InterruptLine.IRQ).result(),
                                        vcpu.setPending(InterruptLine.IRQ, true),
                                        vcpu.isTimerMasked().result(),
                                        vcpu.setTimerMasked(true),
                                        vcpu.timerOffsetTicks().result(),
                                        vcpu.setTimerOffsetTicks(1)));
        for (HvResult result : results) {
            assertEquals(HvResult.BAD_ARGUMENT, result);
        }
        onAnotherThread(() -> assertThrows(WrongThreadException.class, vcpu::exitReason));
        assertEquals(HvResult.SUCCESS, onAnotherThread(vcpu::cancel));
        assertEquals(0, vcpu.read(HvRegister.X0).value());
        destroy(vcpu);
    }

    @Test
    void thereAreAsManyVcpusAsTheFrameworkSays() throws Exception {
        int most = framework.maxVcpuCount().value();
        CountDownLatch allMade = new CountDownLatch(most);
        CountDownLatch allSeen = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(most)) {
            List<Future<HvResult>> destroyed = new ArrayList<>();
            for (int at = 0; at < most; at++) {
                destroyed.add(
                        threads.submit(
                                () -> {
                                    HypervisorVcpu vcpu = framework.createVcpu().value();
                                    allMade.countDown();
                                    allSeen.await();
                                    return vcpu.destroy();
                                }));
            }
            allMade.await();
            HvResult oneMore = framework.createVcpu().result();
            allSeen.countDown();
            assertEquals(HvResult.NO_RESOURCES, oneMore);
            for (Future<HvResult> result : destroyed) {
                assertEquals(HvResult.SUCCESS, result.get());
            }
        }
    }

    @Test
    void everyGeneralRegisterKeepsItsOwnValue() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        Map<HvRegister, Long> written = new EnumMap<>(HvRegister.class);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (HvRegister register : HvRegister.values()) {
            written.put(register, random.nextLong());
            assertEquals(HvResult.SUCCESS, vcpu.write(register, written.get(register)));
        }
        for (HvRegister register : HvRegister.values()) {
            assertEquals(
                    written.get(register),
                    vcpu.read(register).value(),
                    () -> register + " " + seed);
        }
        MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
        assertEquals(
                HvResult.BAD_ARGUMENT,
                HvResult.of(HypervisorH.hv_vcpu_get_reg(vcpu.id(), 35, value)));
        assertEquals(
                HvResult.BAD_ARGUMENT, HvResult.of(HypervisorH.hv_vcpu_set_reg(vcpu.id(), 35, 0)));
        destroy(vcpu);
    }

    @Test
    void everySystemRegisterThatThisMachineHasKeepsItsOwnValue() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        for (HvSystemRegister register : HvSystemRegister.values()) {
            boolean has =
                    switch (register.needs()) {
                        case NOTHING_MORE, MACOS_15_0, MACOS_15_2 -> true;
                        case GIC, EL2 -> false;
                    };
            HvResult expected = has ? HvResult.SUCCESS : HvResult.BAD_ARGUMENT;
            assertEquals(expected, vcpu.write(register, ~register.code()), register::name);
        }
        for (HvSystemRegister register : HvSystemRegister.values()) {
            if (vcpu.read(register) instanceof HvAnswer.Given<Long>(Long value)) {
                assertEquals(~register.code(), value, register::name);
            }
        }
        destroy(vcpu);
    }

    @Test
    void aNumberThatIsNoSystemRegisterIsRefused() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
        int known = 0;
        for (int code = 0; code <= 0xffff; code++) {
            int result = HypervisorH.hv_vcpu_get_sys_reg(vcpu.id(), (short) code, value);
            if (result == 0) {
                known++;
                assertEquals(code, HvSystemRegister.of(code).orElseThrow().code());
            } else {
                assertEquals(HvResult.BAD_ARGUMENT, HvResult.of(result));
            }
        }
        // All but 3 timer registers and 25 of exception level 2.
        assertEquals(HvSystemRegister.values().length - 28, known);
        destroy(vcpu);
    }

    @Test
    void everyVectorRegisterKeepsAll128Bits() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        VectorRegisters vectors = vectors();
        byte[][] written = new byte[VectorRegisters.COUNT][VectorRegisters.BYTES];
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MemorySegment value = arena.allocate(VectorRegisters.BYTES, VectorRegisters.BYTES);
        for (int index = 0; index < VectorRegisters.COUNT; index++) {
            random.nextBytes(written[index]);
            value.copyFrom(MemorySegment.ofArray(written[index]));
            assertEquals(HvResult.SUCCESS, vectors.write(vcpu, index, value));
        }
        for (int index = 0; index < VectorRegisters.COUNT; index++) {
            assertEquals(HvResult.SUCCESS, vcpu.readVector(index, value));
            assertEquals(-1, value.mismatch(MemorySegment.ofArray(written[index])), "seed " + seed);
        }
        for (int index : new int[] {-1, 32, Integer.MAX_VALUE}) {
            assertEquals(HvResult.BAD_ARGUMENT, vectors.write(vcpu, index, value));
            assertEquals(HvResult.BAD_ARGUMENT, vcpu.readVector(index, value));
        }
        destroy(vcpu);
    }

    @Test
    void aVectorNeedNotBeInAlignedMemory() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        MemorySegment odd = arena.allocate(32, 16).asSlice(3, VectorRegisters.BYTES);
        odd.fill((byte) 0x5a);
        assertEquals(HvResult.SUCCESS, vectors().write(vcpu, 7, odd));
        MemorySegment back = arena.allocate(32, 16).asSlice(5, VectorRegisters.BYTES);
        assertEquals(HvResult.SUCCESS, vcpu.readVector(7, back));
        assertEquals(-1, back.mismatch(odd));
        MemorySegment small = arena.allocate(8);
        assertThrows(IllegalArgumentException.class, () -> vcpu.readVector(7, small));
        assertThrows(IllegalArgumentException.class, () -> vectors().write(vcpu, 7, small));
        destroy(vcpu);
    }

    private VectorRegisters vectors() {
        return switch (framework.vectors()) {
            case Facility.Available<VectorRegisters>(VectorRegisters vectors) -> vectors;
            case Facility.Missing<VectorRegisters>(String reason, String remedy) ->
                    throw new AssertionError(reason);
        };
    }

    @Test
    void theVirtualTimerKeepsItsMaskAndOffset() {
        HypervisorVcpu vcpu = framework.createVcpu().value();
        assertEquals(false, vcpu.isTimerMasked().value());
        assertEquals(HvResult.SUCCESS, vcpu.setTimerMasked(true));
        assertEquals(true, vcpu.isTimerMasked().value());
        assertEquals(HvResult.SUCCESS, vcpu.setTimerOffsetTicks(Long.MIN_VALUE + 3));
        assertEquals(Long.MIN_VALUE + 3, vcpu.timerOffsetTicks().value());
        destroy(vcpu);
    }
}

package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.macos.HypervisorVcpu.InterruptLine;
import io.coldframe.standin.GuestProgram;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// What the guest does and how it comes back.
final class HypervisorGuestTest extends StandInTest {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    @Test
    void aProgramComputesAndCallsTheHypervisor() {
        GuestProgram program = new GuestProgram().set(0, 10).set(1, 0);
        int loop = program.here();
        program.addRegister(1, 0).subtract(0, 1).branchUnlessZero(0, loop);
        program.set(2, 0x1234_5678_9abc_def0L).hvc(0x77);
        install(program);
        HypervisorVcpu vcpu = vcpu();
        run(vcpu);
        assertExit(HvSyndrome.HVC, vcpu);
        assertEquals(0x77, vcpu.syndrome().immediate());
        assertEquals(55, vcpu.read(HvRegister.X1).value());
        assertEquals(0x1234_5678_9abc_def0L, vcpu.read(HvRegister.X2).value());
        // Behind the call, so that the next run goes on.
        assertEquals(CODE + program.byteCount(), vcpu.read(HvRegister.PC).value());
        destroy(vcpu);
    }

    @Test
    void loadsAndStoresReachTheHostsMemory() {
        MemorySegment data = mapped(DATA, 1, ALL);
        data.set(LONG, 0, 42);
        install(new GuestProgram().set(0, DATA).load(1, 0).add(1, 1).add(0, 8).store(1, 0).hvc(0));
        HypervisorVcpu vcpu = vcpu();
        run(vcpu);
        assertExit(HvSyndrome.HVC, vcpu);
        assertEquals(43, data.get(LONG, 8));
        destroy(vcpu);
    }

    @Test
    void permissionsAreOfAPageAndEachRefusesItsOwnAccess() {
        MemorySegment data = mapped(DATA, 3, ALL);
        install(new GuestProgram().load(1, 0).hvc(1).store(1, 0).hvc(2));
        HypervisorVcpu vcpu = vcpu();
        for (int permissions = 0; permissions <= ALL; permissions++) {
            assertEquals(HvResult.SUCCESS, framework.protect(DATA + PAGE, PAGE, permissions));
            for (int page = 0; page < 3; page++) {
                int may = page == 1 ? permissions : ALL;
                long address = DATA + (page + 1L) * PAGE - 8;
                assertAccess(vcpu, address, false, (may & HypervisorFramework.READ) != 0);
                assertAccess(vcpu, address, true, (may & HypervisorFramework.WRITE) != 0);
                assertFetch(
                        vcpu, DATA + (long) page * PAGE, (may & HypervisorFramework.EXECUTE) != 0);
            }
            // The host's own view of the page never changes.
            data.set(LONG, PAGE, permissions);
        }
        destroy(vcpu);
    }

    private void assertAccess(HypervisorVcpu vcpu, long address, boolean write, boolean allowed) {
        long pc = CODE + (write ? 8 : 0);
        vcpu.write(HvRegister.PC, pc);
        vcpu.write(HvRegister.X0, address);
        run(vcpu);
        if (allowed) {
            assertExit(HvSyndrome.HVC, vcpu);
            assertEquals(write ? 2 : 1, vcpu.syndrome().immediate());
            return;
        }
        assertExit(HvSyndrome.DATA_ABORT, vcpu);
        HvSyndrome syndrome = vcpu.syndrome();
        assertTrue(syndrome.isPermissionFault());
        assertFalse(syndrome.isTranslationFault());
        assertEquals(write, syndrome.isWrite());
        assertTrue(syndrome.describesAccess());
        assertEquals(8, syndrome.accessBytes());
        assertEquals(1, syndrome.register());
        assertEquals(address, vcpu.guestAddress());
        assertEquals(address, vcpu.virtualAddress());
        assertEquals(pc, vcpu.read(HvRegister.PC).value());
    }

    private void assertFetch(HypervisorVcpu vcpu, long address, boolean allowed) {
        vcpu.write(HvRegister.PC, address);
        run(vcpu);
        // The data are zeros, which are no instruction.
        assertExit(allowed ? 0 : HvSyndrome.INSTRUCTION_ABORT, vcpu);
        if (!allowed) {
            assertTrue(vcpu.syndrome().isPermissionFault());
            assertEquals(address, vcpu.guestAddress());
        }
    }

    @Test
    void anAccessToWhatIsNotMappedIsATranslationFault() {
        mapped(DATA, 1, ALL);
        install(new GuestProgram().store(1, 0).hvc(0));
        HypervisorVcpu vcpu = vcpu();
        long outside = 1L << framework.defaultGuestAddressBits().value();
        for (long address : new long[] {DATA - 8, DATA + PAGE, 0, outside, -8}) {
            vcpu.write(HvRegister.X0, address);
            run(vcpu);
            assertExit(HvSyndrome.DATA_ABORT, vcpu);
            assertTrue(vcpu.syndrome().isTranslationFault(), Long.toHexString(address));
            assertTrue(vcpu.syndrome().isWrite());
            assertEquals(address, vcpu.guestAddress());
        }
        // A host that plays a device steps over the instruction, as over any of arm64.
        vcpu.write(HvRegister.PC, CODE + 4);
        run(vcpu);
        assertExit(HvSyndrome.HVC, vcpu);
        destroy(vcpu);
    }

    @Test
    void anUnalignedAccessIsNeitherFault() {
        mapped(DATA, 1, ALL);
        install(new GuestProgram().set(0, DATA + 4).load(1, 0).hvc(0));
        HypervisorVcpu vcpu = vcpu();
        run(vcpu);
        assertExit(HvSyndrome.DATA_ABORT, vcpu);
        assertFalse(vcpu.syndrome().isPermissionFault());
        assertFalse(vcpu.syndrome().isTranslationFault());
        destroy(vcpu);
    }

    @Test
    void waitingForAnInterruptExitsUnlessOneIsPending() {
        install(new GuestProgram().wfi().hvc(0));
        HypervisorVcpu vcpu = vcpu();
        run(vcpu);
        assertExit(HvSyndrome.WFX, vcpu);
        assertEquals(CODE, vcpu.read(HvRegister.PC).value());
        for (InterruptLine line : InterruptLine.values()) {
            assertEquals(HvResult.SUCCESS, vcpu.setPending(line, true));
            assertEquals(true, vcpu.isPending(line).value());
            vcpu.write(HvRegister.PC, CODE);
            run(vcpu);
            assertExit(HvSyndrome.HVC, vcpu);
            assertEquals(false, vcpu.isPending(line).value());
        }
        destroy(vcpu);
    }

    @Test
    void whatTheStandInDoesNotPlayExitsWithClassZero() {
        install(new GuestProgram().word(0x9b017c00));
        HypervisorVcpu vcpu = vcpu();
        run(vcpu);
        assertExit(0, vcpu);
        assertEquals(CODE, vcpu.read(HvRegister.PC).value());
        destroy(vcpu);
    }

    @Test
    void aVcpuThatSpinsIsCancelledFromAnotherThread() {
        MemorySegment data = mapped(DATA, 1, ALL);
        GuestProgram program = new GuestProgram().set(0, DATA).set(1, 1).store(1, 0);
        program.branch(program.here());
        install(program);
        HypervisorVcpu vcpu = vcpu();
        Thread canceller =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!isRunning(data)) {
                                        Thread.onSpinWait();
                                    }
                                    vcpu.cancel();
                                });
        run(vcpu);
        assertEquals(HvExitReason.CANCELED, vcpu.exitReason());
        assertTrue(isRunning(data));
        assertDoesNotThrowJoin(canceller);
        destroy(vcpu);
    }

    private static boolean isRunning(MemorySegment data) {
        return (long) LONG.varHandle().getVolatile(data, 0L) == 1;
    }

    private static void assertDoesNotThrowJoin(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void aCancelBeforeTheRunEndsTheNextRunOnceAndBeforeAnyInstruction() {
        install(new GuestProgram().set(0, 7).hvc(0));
        HypervisorVcpu vcpu = vcpu();
        assertEquals(HvResult.SUCCESS, vcpu.cancel());
        assertEquals(HvResult.SUCCESS, framework.cancel(List.of(vcpu, vcpu)));
        run(vcpu);
        assertEquals(HvExitReason.CANCELED, vcpu.exitReason());
        assertEquals(CODE, vcpu.read(HvRegister.PC).value());
        assertEquals(0, vcpu.read(HvRegister.X0).value());
        run(vcpu);
        assertExit(HvSyndrome.HVC, vcpu);
        assertEquals(HvResult.SUCCESS, framework.cancel(List.of()));
        destroy(vcpu);
    }
}

package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.bindings.generated.macos.HypervisorH;
import io.coldframe.standin.HypervisorStandIn;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The machine and its memory, up to the guest's first instruction.
final class HypervisorMachineTest extends StandInTest {

    @Test
    void aProcessHasOneMachine() {
        assertEquals(HvResult.BUSY, framework.createVm());
        assertEquals(HvResult.BUSY, framework.createVm(38));
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        assertEquals(HvResult.NO_DEVICE, framework.destroyVm());
        assertEquals(HvResult.SUCCESS, framework.createVm());
    }

    @Test
    void theSizeOfTheGuestsAddressSpaceIsAChoiceWithinLimits() {
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        int most = framework.maxGuestAddressBits().value();
        int usual = framework.defaultGuestAddressBits().value();
        assertEquals(HvResult.BAD_ARGUMENT, framework.createVm(most + 1));
        assertEquals(HvResult.BAD_ARGUMENT, framework.createVm(0));
        assertEquals(HvResult.SUCCESS, framework.createVm(most));
        MemorySegment page = HypervisorStandIn.memory(arena, 1);
        assertEquals(HvResult.SUCCESS, framework.map(page, 1L << usual, ALL));
        assertEquals(HvResult.BAD_ARGUMENT, framework.map(page, 1L << most, ALL));
        assertEquals(HvResult.SUCCESS, framework.map(page, (1L << most) - PAGE, ALL));
    }

    @Test
    void addressesAndSizesThatAreNotWholePagesAreRefused() {
        MemorySegment memory = HypervisorStandIn.memory(arena, 4);
        long pages = 2L * PAGE;
        // 4096 is a page on other hosts, and not here.
        for (int off : new int[] {1, 8, 4096, PAGE - 1}) {
            MemorySegment shifted = memory.asSlice(off, pages);
            assertEquals(HvResult.BAD_ARGUMENT, framework.map(shifted, DATA, ALL));
            assertEquals(
                    HvResult.BAD_ARGUMENT,
                    framework.map(memory.asSlice(0, pages), DATA + off, ALL));
            assertEquals(
                    HvResult.BAD_ARGUMENT,
                    framework.map(memory.asSlice(0, pages - off), DATA, ALL));
        }
        assertEquals(HvResult.BAD_ARGUMENT, framework.map(memory.asSlice(0, 0), DATA, ALL));
        assertEquals(HvResult.SUCCESS, framework.map(memory, DATA, ALL));
        for (int off : new int[] {1, 8, 4096, PAGE - 1}) {
            assertEquals(HvResult.BAD_ARGUMENT, framework.protect(DATA + off, PAGE, ALL));
            assertEquals(HvResult.BAD_ARGUMENT, framework.protect(DATA, PAGE + off, ALL));
            assertEquals(HvResult.BAD_ARGUMENT, framework.unmap(DATA + off, PAGE));
            assertEquals(HvResult.BAD_ARGUMENT, framework.unmap(DATA, PAGE + off));
        }
        assertEquals(HvResult.BAD_ARGUMENT, framework.protect(DATA, 0, ALL));
        assertEquals(HvResult.BAD_ARGUMENT, framework.unmap(DATA, 0));
    }

    @Test
    void rangesThatLeaveTheAddressSpaceAreRefused() {
        MemorySegment memory = HypervisorStandIn.memory(arena, 2);
        long end = 1L << framework.defaultGuestAddressBits().value();
        assertEquals(HvResult.BAD_ARGUMENT, framework.map(memory, end - PAGE, ALL));
        assertEquals(HvResult.BAD_ARGUMENT, framework.map(memory, -PAGE, ALL));
        assertEquals(HvResult.BAD_ARGUMENT, framework.protect(end - PAGE, 2L * PAGE, ALL));
        assertEquals(HvResult.BAD_ARGUMENT, framework.protect(DATA, -PAGE, ALL));
        assertEquals(HvResult.BAD_ARGUMENT, framework.unmap(-PAGE, 2L * PAGE));
    }

    @Test
    void unknownPermissionsAreRefusedAndChangeNothing() {
        mapped(DATA, 1, 0);
        MemorySegment memory = HypervisorStandIn.memory(arena, 1);
        for (int bit = 3; bit < Integer.SIZE; bit++) {
            assertEquals(HvResult.BAD_ARGUMENT, framework.map(memory, CODE, 1 << bit));
            assertEquals(HvResult.BAD_ARGUMENT, framework.protect(DATA, PAGE, ALL | 1 << bit));
        }
        for (int permissions = 0; permissions <= ALL; permissions++) {
            assertEquals(HvResult.SUCCESS, framework.protect(DATA, PAGE, permissions));
        }
    }

    @Test
    void guestMemoryIsMappedOnce() {
        mapped(DATA, 4, ALL);
        MemorySegment other = HypervisorStandIn.memory(arena, 6);
        assertEquals(HvResult.ERROR, framework.map(other, DATA - PAGE, ALL));
        assertEquals(HvResult.ERROR, framework.map(other.asSlice(0, PAGE), DATA + 3 * PAGE, ALL));
        assertEquals(HvResult.SUCCESS, framework.unmap(DATA + PAGE, PAGE));
        assertEquals(HvResult.SUCCESS, framework.map(other.asSlice(0, PAGE), DATA + PAGE, ALL));
    }

    @Test
    void whatIsNotMappedIsNeitherProtectedNorUnmapped() {
        mapped(DATA, 2, ALL);
        mapped(DATA + 2 * PAGE, 1, ALL);
        assertEquals(HvResult.ERROR, framework.protect(DATA - PAGE, 2L * PAGE, 0));
        assertEquals(HvResult.ERROR, framework.unmap(DATA, 4L * PAGE));
        // Ranges need not be the ones that were mapped.
        assertEquals(HvResult.SUCCESS, framework.protect(DATA + PAGE, 2L * PAGE, 0));
        assertEquals(HvResult.SUCCESS, framework.unmap(DATA, 3L * PAGE));
        assertEquals(HvResult.ERROR, framework.unmap(DATA, PAGE));
        assertEquals(HvResult.ERROR, framework.protect(DATA, PAGE, ALL));
    }

    @Test
    void withoutAMachineThereIsNoDevice() {
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        MemorySegment page = HypervisorStandIn.memory(arena, 1);
        assertEquals(HvResult.NO_DEVICE, framework.map(page, DATA, ALL));
        assertEquals(HvResult.NO_DEVICE, framework.protect(DATA, PAGE, ALL));
        assertEquals(HvResult.NO_DEVICE, framework.unmap(DATA, PAGE));
        assertEquals(HvResult.NO_DEVICE, framework.createVcpu().result());
        assertEquals(HvResult.NO_DEVICE, HvResult.of(HypervisorH.hv_vcpu_run(0)));
        assertEquals(HvResult.NO_DEVICE, HvResult.of(HypervisorH.hv_vcpu_destroy(0)));
        assertEquals(HvResult.NO_DEVICE, framework.cancel(List.of()));
    }

    @Test
    void theMemoryOfOneMachineIsNotTheNextOnes() {
        mapped(DATA, 1, ALL);
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        assertEquals(HvResult.SUCCESS, framework.createVm());
        assertEquals(HvResult.ERROR, framework.protect(DATA, PAGE, ALL));
    }
}

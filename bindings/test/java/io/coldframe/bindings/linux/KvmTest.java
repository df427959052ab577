package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.Facility;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;

final class KvmTest {

    @Test
    void aDeviceThatIsNotThereIsAReasonAndARemedy() {
        Facility.Missing<?> missing = Facilities.missing(Kvm.open(Path.of("/dev/no-such-kvm")));
        assertTrue(missing.reason().contains("/dev/no-such-kvm"), missing::reason);
        assertTrue(missing.reason().contains("ENOENT"), missing::reason);
        assertFalse(missing.remedy().isEmpty());
    }

    @Test
    void aDeviceThatIsNotKvmIsRefused() {
        Facility.Missing<?> missing = Facilities.missing(Kvm.open(Path.of("/dev/null")));
        assertTrue(missing.reason().contains("ENOTTY"), missing::reason);
    }

    @Test
    void theApiVersionIsTheOnlyOneThereIs() {
        try (Kvm kvm = Facilities.assume(Kvm.open())) {
            assertEquals(12, kvm.apiVersion());
            assertTrue(kvm.extension(KvmCapability.USER_MEMORY) > 0);
            assertTrue(kvm.extension(KvmCapability.MEMORY_SLOTS) >= 32);
        }
    }

    @Test
    void aClosedHandleIsNotADescriptorOfSomebodyElse() {
        Kvm kvm = Facilities.assume(Kvm.open());
        KvmVm vm = Facilities.require(kvm.createVm());
        KvmVcpu vcpu = Facilities.require(vm.createVcpu(0));
        KvmExit exit = vcpu.exit();
        vcpu.close();
        vcpu.close();
        vm.close();
        kvm.close();
        assertThrows(IllegalStateException.class, vcpu::run);
        assertThrows(IllegalStateException.class, exit::reason);
        assertThrows(IllegalStateException.class, vm::createIrqchip);
        assertThrows(IllegalStateException.class, kvm::createVm);
    }

    @Test
    void aSecondVcpuOfOneNumberIsRefused() {
        try (TestGuest guest = TestGuest.plain()) {
            Facility.Missing<?> missing = Facilities.missing(guest.vm().createVcpu(0));
            assertTrue(missing.reason().contains("EEXIST"), missing::reason);
        }
    }

    @Test
    void memoryThatOverlapsAnotherSlotIsRefused() {
        try (TestGuest guest = TestGuest.plain()) {
            MemorySegment more = TestMemory.anonymous(guest.arena(), 1);
            KvmVm vm = guest.vm();
            assertEquals(-Errno.EEXIST, vm.setMemory(5, Set.of(), 0, more));
            assertEquals(0, vm.setMemory(5, Set.of(), 1L << 30, more));
            assertEquals(0, vm.removeMemory(5));
            assertEquals(0, vm.setMemory(6, Set.of(), 1L << 30, more));
        }
    }

    @Test
    void memoryThatTheKernelCouldOverrunIsRefusedFirst() {
        try (TestGuest guest = TestGuest.plain();
                Arena arena = Arena.ofConfined()) {
            KvmVm vm = guest.vm();
            KvmVcpu vcpu = guest.vcpu();
            MemorySegment small = arena.allocate(8, 8);
            assertThrows(
                    IllegalArgumentException.class, () -> vm.getDirtyLog(TestGuest.SLOT, small));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> vm.clearDirtyLog(TestGuest.SLOT, small, 0, 128));
            assertThrows(IllegalArgumentException.class, () -> vm.getDirtyLog(99, small));
            assertThrows(IllegalArgumentException.class, () -> vcpu.get(KvmVcpuState.REGS, small));
            assertThrows(IllegalArgumentException.class, () -> vm.get(KvmVmState.PIT2, small));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> vm.setMemory(9, Set.of(), 0, MemorySegment.ofArray(new byte[4096])));
        }
    }

    @Test
    void memoryThatIsClosedNeverReachesTheKernel() {
        try (TestGuest guest = TestGuest.with(Set.of(KvmVm.SlotFlag.LOG_DIRTY_PAGES), vm -> {})) {
            KvmVm vm = guest.vm();
            MemorySegment words = closed(vm.dirtyLogByteCount(TestGuest.SLOT));
            MemorySegment pages = closed(TestMemory.PAGE_BYTE_COUNT);
            assertThrows(IllegalStateException.class, () -> vm.getDirtyLog(TestGuest.SLOT, words));
            assertThrows(
                    IllegalStateException.class,
                    () -> vm.clearDirtyLog(TestGuest.SLOT, words, 0, 64));
            assertThrows(
                    IllegalStateException.class, () -> vm.setMemory(9, Set.of(), 1L << 30, pages));
            assertThrows(
                    IllegalStateException.class,
                    () -> KvmArm64.getRegister(guest.vcpu(), KvmArm64.pc(), words));
        }
    }

    private static MemorySegment closed(long byteCount) {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(byteCount, TestMemory.PAGE_BYTE_COUNT);
        }
    }

    @Test
    void aDeviceOfAnotherArchitectureIsAReason() {
        try (TestGuest guest = TestGuest.plain()) {
            Facility.Missing<?> missing =
                    Facilities.missing(guest.vm().createDevice(KvmArm64.VGIC_V3));
            assertTrue(missing.reason().contains("ENODEV"), missing::reason);
        }
    }
}

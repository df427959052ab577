package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Errno;
import io.coldframe.bindings.generated.linux.kvm_mp_state;
import io.coldframe.bindings.generated.linux.x64.kvm_clock_data;
import io.coldframe.bindings.generated.linux.x64.kvm_irqchip;
import io.coldframe.bindings.generated.linux.x64.kvm_pic_state;
import io.coldframe.bindings.generated.linux.x64.kvm_pit_channel_state;
import io.coldframe.bindings.generated.linux.x64.kvm_pit_state2;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/// What the kernel holds for a VM with interrupt controllers and a timer.
final class KvmVmStateTest {
    private static final int MP_STATE_HALTED = 3;
    private static final long APIC_TASK_PRIORITY_AT = 0x80;

    private static TestGuest guestWithIrqchip() {
        return TestGuest.with(
                Set.of(),
                vm -> {
                    assertEquals(0, vm.createIrqchip());
                    assertEquals(0, KvmX64.createPit2(vm));
                });
    }

    private static MemorySegment state(TestGuest guest, KvmVmState part) {
        MemorySegment bytes = guest.arena().allocate(part.byteCount(), Long.BYTES);
        assertEquals(0, guest.vm().get(part, bytes), part::name);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(names = {"PIC_MASTER", "PIC_SLAVE"})
    void aControllerOfThePcRoundTrips(KvmVmState part) {
        try (TestGuest guest = guestWithIrqchip()) {
            MemorySegment pic = state(guest, part);
            kvm_pic_state.imr(kvm_irqchip.chip.pic(kvm_irqchip.chip(pic)), (byte) 0x5D);
            assertEquals(0, guest.vm().set(part, pic));
            assertEquals(-1, pic.mismatch(state(guest, part)));
        }
    }

    @Test
    void theIoApicRoundTripsAndIsNoPic() {
        try (TestGuest guest = guestWithIrqchip()) {
            MemorySegment ioapic = state(guest, KvmVmState.IOAPIC);
            assertEquals(0, guest.vm().set(KvmVmState.IOAPIC, ioapic));
            assertEquals(-1, ioapic.mismatch(state(guest, KvmVmState.IOAPIC)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> guest.vm().set(KvmVmState.PIC_MASTER, ioapic));
        }
    }

    @Test
    void theTimerRoundTrips() {
        try (TestGuest guest = guestWithIrqchip()) {
            MemorySegment pit = state(guest, KvmVmState.PIT2);
            MemorySegment speaker = kvm_pit_state2.channels(pit, 2);
            kvm_pit_channel_state.count(speaker, 0x1234);
            kvm_pit_channel_state.mode(speaker, (byte) 3);
            assertEquals(0, guest.vm().set(KvmVmState.PIT2, pit));
            MemorySegment back = kvm_pit_state2.channels(state(guest, KvmVmState.PIT2), 2);
            assertEquals(0x1234, kvm_pit_channel_state.count(back));
            assertEquals(3, kvm_pit_channel_state.mode(back));
        }
    }

    @Test
    void theClockGoesOnFromWhereItIsSet() {
        try (TestGuest guest = TestGuest.plain()) {
            long hourNs = 3_600_000_000_000L;
            MemorySegment clock = state(guest, KvmVmState.CLOCK).fill((byte) 0);
            kvm_clock_data.clock(clock, hourNs);
            assertEquals(0, guest.vm().set(KvmVmState.CLOCK, clock));
            long nowNs = kvm_clock_data.clock(state(guest, KvmVmState.CLOCK));
            assertTrue(nowNs >= hourNs && nowNs < 2 * hourNs, () -> "clock " + nowNs);
        }
    }

    @Test
    void theLocalApicRoundTrips() {
        try (TestGuest guest = guestWithIrqchip()) {
            MemorySegment lapic = guest.state(KvmVcpuState.LAPIC);
            lapic.set(ValueLayout.JAVA_INT, APIC_TASK_PRIORITY_AT, 0x30);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.LAPIC, lapic));
            MemorySegment back = guest.state(KvmVcpuState.LAPIC);
            assertEquals(0x30, back.get(ValueLayout.JAVA_INT, APIC_TASK_PRIORITY_AT));
        }
    }

    @Test
    void aHaltedVcpuStaysHaltedThroughASave() {
        try (TestGuest guest = guestWithIrqchip()) {
            MemorySegment state = guest.state(KvmVcpuState.MP_STATE);
            kvm_mp_state.mp_state(state, MP_STATE_HALTED);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.MP_STATE, state));
            MemorySegment back = guest.state(KvmVcpuState.MP_STATE);
            assertEquals(MP_STATE_HALTED, kvm_mp_state.mp_state(back));
        }
    }

    @Test
    void anInterruptLineNeedsAController() {
        try (TestGuest guest = guestWithIrqchip()) {
            assertEquals(0, guest.vm().setInterruptLine(4, true));
            assertEquals(0, guest.vm().setInterruptLine(4, false));
        }
        try (TestGuest guest = TestGuest.plain()) {
            assertEquals(-Errno.ENXIO, guest.vm().setInterruptLine(4, true));
        }
    }

    @Test
    void aGuestWithoutItsClockCannotBeTold() {
        try (TestGuest guest = TestGuest.plain()) {
            assertEquals(-Errno.EINVAL, KvmX64.tellPaused(guest.vcpu()));
        }
    }
}

package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Errno;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.Set;

/// Guests of a few instructions, in real mode.
final class KvmRunTest {

    @Test
    void aGuestThatHaltsLeavesAndGoesOnWhereItStopped() {
        try (TestGuest guest = TestGuest.plain()) {
            // mov byte [0x5000], 0x5a; hlt; mov byte [0x5001], 0xa5; hlt
            guest.load("c60600505a f4 c6060150a5 f4");
            guest.startReal();
            guest.runUntil(KvmExit.HLT);
            assertEquals((byte) 0x5A, guest.memory().get(ValueLayout.JAVA_BYTE, 0x5000));
            assertEquals(0, guest.memory().get(ValueLayout.JAVA_BYTE, 0x5001));
            guest.runUntil(KvmExit.HLT);
            assertEquals((byte) 0xA5, guest.memory().get(ValueLayout.JAVA_BYTE, 0x5001));
        }
    }

    @Test
    void portsAreReadAndWritten() {
        try (TestGuest guest = TestGuest.plain()) {
            // mov al, 0x2a; out 0x10, al; in ax, 0x20; mov [0x5000], ax; hlt
            guest.load("b02a e610 e520 a30050 f4");
            guest.startReal();
            KvmExit exit = guest.vcpu().exit();

            guest.runUntil(KvmExit.IO);
            assertTrue(exit.ioIsWrite());
            assertEquals(0x10, exit.ioPort());
            assertEquals(1, exit.ioByteCount());
            assertEquals(1, exit.ioAccessCount());
            assertEquals(1, exit.ioData().byteSize());
            assertEquals(0x2A, exit.ioData().get(ValueLayout.JAVA_BYTE, 0));

            guest.runUntil(KvmExit.IO);
            assertFalse(exit.ioIsWrite());
            assertEquals(0x20, exit.ioPort());
            assertEquals(2, exit.ioData().byteSize());
            exit.ioData().set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 0x1234);

            guest.runUntil(KvmExit.HLT);
            assertEquals(0x1234, guest.memory().get(ValueLayout.JAVA_SHORT, 0x5000));
        }
    }

    @Test
    void aRepeatedReadComesAsOneExit() {
        try (TestGuest guest = TestGuest.plain()) {
            // mov di, 0x5000; mov cx, 4; mov dx, 0x30; rep insb; hlt
            guest.load("bf0050 b90400 ba3000 f36c f4");
            guest.startReal();
            guest.runUntil(KvmExit.IO);
            KvmExit exit = guest.vcpu().exit();
            assertEquals(4, exit.ioAccessCount());
            assertEquals(1, exit.ioByteCount());
            exit.ioData().set(ValueLayout.JAVA_INT_UNALIGNED, 0, 0x04030201);
            guest.runUntil(KvmExit.HLT);
            assertEquals(0x04030201, guest.memory().get(ValueLayout.JAVA_INT, 0x5000));
        }
    }

    @Test
    void anAddressWithoutMemoryIsADevice() {
        try (TestGuest guest = TestGuest.plain()) {
            // mov eax, [0x800000]; mov [0x800004], ax; hlt (32-bit code)
            guest.load("a100008000 66a304008000 f4");
            guest.startFlat(0, 0);
            KvmExit exit = guest.vcpu().exit();

            guest.runUntil(KvmExit.MMIO);
            assertFalse(exit.mmioIsWrite());
            assertEquals(0x80_0000, exit.mmioAddress());
            assertEquals(4, exit.mmioData().byteSize());
            exit.mmioData().set(ValueLayout.JAVA_INT_UNALIGNED, 0, 0x0BAD_CAFE);

            guest.runUntil(KvmExit.MMIO);
            assertTrue(exit.mmioIsWrite());
            assertEquals(0x80_0004, exit.mmioAddress());
            assertEquals(2, exit.mmioData().byteSize());
            assertEquals((short) 0xCAFE, exit.mmioData().get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
            guest.runUntil(KvmExit.HLT);
        }
    }

    @Test
    void aReadOnlySlotIsReadByTheGuestAndNotWritten() {
        try (TestGuest guest = TestGuest.with(Set.of(KvmVm.SlotFlag.READONLY), vm -> {})) {
            // mov al, [0x5000]; mov [0x5001], al; hlt
            guest.load("a00050 a20150 f4");
            guest.memory().set(ValueLayout.JAVA_BYTE, 0x5000, (byte) 0x77);
            guest.startReal();
            guest.runUntil(KvmExit.MMIO);
            KvmExit exit = guest.vcpu().exit();
            assertTrue(exit.mmioIsWrite());
            assertEquals(0x5001, exit.mmioAddress());
            assertEquals(0x77, exit.mmioData().get(ValueLayout.JAVA_BYTE, 0));
            guest.runUntil(KvmExit.HLT);
            assertEquals(0, guest.memory().get(ValueLayout.JAVA_BYTE, 0x5001));
        }
    }

    @Test
    void aGuestThatGivesUpIsAShutdown() {
        try (TestGuest guest = TestGuest.plain()) {
            // ud2, in 32-bit mode without an interrupt table
            guest.load("0f0b");
            guest.startFlat(0, 0);
            guest.runUntil(KvmExit.SHUTDOWN);
        }
    }

    @Test
    void immediateExitAnswersWithoutEnteringTheGuest() {
        try (TestGuest guest = TestGuest.plain()) {
            guest.load("c60600505a f4");
            guest.startReal();
            guest.vcpu().immediateExit(true);
            assertEquals(-Errno.EINTR, guest.vcpu().run());
            assertEquals(0, guest.memory().get(ValueLayout.JAVA_BYTE, 0x5000));
            guest.vcpu().immediateExit(false);
            guest.runUntil(KvmExit.HLT);
            assertEquals(0x5A, guest.memory().get(ValueLayout.JAVA_BYTE, 0x5000));
        }
    }

    @Test
    void immediateExitFinishesAReadFirst() {
        try (TestGuest guest = TestGuest.plain()) {
            // in al, 0x20; hlt
            guest.load("e420 f4");
            guest.startReal();
            guest.runUntil(KvmExit.IO);
            guest.vcpu().exit().ioData().set(ValueLayout.JAVA_BYTE, 0, (byte) 0x66);
            guest.vcpu().immediateExit(true);
            assertEquals(-Errno.EINTR, guest.vcpu().run());
            assertEquals(0x66, KvmX64Register.RAX.get(guest.state(KvmVcpuState.REGS)) & 0xFF);
            guest.vcpu().immediateExit(false);
            guest.runUntil(KvmExit.HLT);
        }
    }
}

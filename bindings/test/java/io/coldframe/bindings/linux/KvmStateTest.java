package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.generated.linux.x64.kvm_debugregs;
import io.coldframe.bindings.generated.linux.x64.kvm_fpu;
import io.coldframe.bindings.generated.linux.x64.kvm_vcpu_events;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// The state of a vCPU: what is put in comes out, and the guest sees it.
final class KvmStateTest {
    // The legacy part of an XSAVE area holds the vector registers from here on.
    private static final long XSAVE_XMM_AT = 160;
    private static final long XSAVE_PRESENT_AT = 512;
    private static final long XSAVE_X87_AND_SSE = 3;

    @Test
    void generalRegistersRoundTrip() {
        long seed = new Random().nextLong();
        System.out.println("KvmStateTest seed " + seed);
        Random random = new Random(seed);
        try (TestGuest guest = TestGuest.plain()) {
            MemorySegment regs = guest.state(KvmVcpuState.REGS);
            for (KvmX64Register register : KvmX64Register.values()) {
                if (register != KvmX64Register.RFLAGS) {
                    register.set(regs, random.nextLong());
                }
            }
            assertEquals(0, guest.vcpu().set(KvmVcpuState.REGS, regs));
            assertSame(regs, guest.state(KvmVcpuState.REGS));
        }
    }

    @Test
    void theGuestComputesInTheRegistersThatAreSet() {
        try (TestGuest guest = TestGuest.plain()) {
            // add ecx, esi; mov ebx, ecx; hlt (32-bit code)
            guest.load("01f1 89cb f4");
            guest.startFlat(1000, 234);
            guest.runUntil(KvmExit.HLT);
            MemorySegment regs = guest.state(KvmVcpuState.REGS);
            assertEquals(1234, KvmX64Register.RBX.get(regs));
            assertEquals(TestGuest.CODE_ADDRESS + 5, KvmX64Register.RIP.get(regs));
        }
    }

    @Test
    void segmentsAndControlRegistersRoundTrip() {
        try (TestGuest guest = TestGuest.plain()) {
            guest.startFlat(0, 0);
            MemorySegment sregs = guest.state(KvmVcpuState.SREGS);
            KvmX64Segment.Value data =
                    new KvmX64Segment.Value(
                            0x1234_5000,
                            0xFFFFF,
                            24,
                            0x3,
                            0,
                            new KvmX64Segment.Flags(true, true, true, false, false, true, false));
            KvmX64Segment.FS.set(sregs, data);
            KvmX64Control.CR3.set(sregs, 0x7000);
            KvmX64Control.CR2.set(sregs, 0x1234_5678_9000L);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.SREGS, sregs));
            MemorySegment back = guest.state(KvmVcpuState.SREGS);
            assertEquals(data, KvmX64Segment.FS.get(back));
            assertSame(sregs, back);
        }
    }

    @Test
    void bothFormsOfTheSpecialRegistersAgree() {
        try (TestGuest guest = TestGuest.plain()) {
            guest.startFlat(0, 0);
            MemorySegment sregs = guest.state(KvmVcpuState.SREGS);
            MemorySegment sregs2 = guest.state(KvmVcpuState.SREGS2);
            for (KvmX64Segment segment : KvmX64Segment.values()) {
                assertEquals(segment.get(sregs), segment.get(sregs2), segment::name);
            }
            for (KvmX64Control control : KvmX64Control.values()) {
                assertEquals(control.get(sregs), control.get(sregs2), control::name);
            }
            KvmX64Control.CR2.set(sregs2, 0xABCD_E000L);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.SREGS2, sregs2));
            assertEquals(0xABCD_E000L, KvmX64Control.CR2.get(guest.state(KvmVcpuState.SREGS)));
        }
    }

    @Test
    void floatingPointRoundTrips() {
        try (TestGuest guest = TestGuest.plain()) {
            MemorySegment fpu = guest.state(KvmVcpuState.FPU);
            MemorySegment vectors = kvm_fpu.xmm(fpu);
            fillDifferently(vectors);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.FPU, fpu));
            assertSame(vectors, kvm_fpu.xmm(guest.state(KvmVcpuState.FPU)));
        }
    }

    @Test
    void xsaveRoundTripsAndFloatingPointHoldsTheSame() {
        try (TestGuest guest = TestGuest.plain()) {
            assertTrue(guest.vcpu().byteCount(KvmVcpuState.XSAVE) >= 4096);
            MemorySegment xsave = guest.state(KvmVcpuState.XSAVE);
            MemorySegment vectors = xsave.asSlice(XSAVE_XMM_AT, 256);
            fillDifferently(vectors);
            long present = xsave.get(ValueLayout.JAVA_LONG, XSAVE_PRESENT_AT);
            xsave.set(ValueLayout.JAVA_LONG, XSAVE_PRESENT_AT, present | XSAVE_X87_AND_SSE);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.XSAVE, xsave));
            assertSame(xsave, guest.state(KvmVcpuState.XSAVE));
            assertSame(vectors, kvm_fpu.xmm(guest.state(KvmVcpuState.FPU)));
        }
    }

    @Test
    void debugRegistersRoundTrip() {
        try (TestGuest guest = TestGuest.plain()) {
            MemorySegment debug = guest.state(KvmVcpuState.DEBUGREGS);
            for (int register = 0; register < 4; register++) {
                kvm_debugregs.db(debug, register, 0x1000L * (register + 1));
            }
            assertEquals(0, guest.vcpu().set(KvmVcpuState.DEBUGREGS, debug));
            assertSame(debug, guest.state(KvmVcpuState.DEBUGREGS));
        }
    }

    @Test
    void eventsRoundTrip() {
        try (TestGuest guest = TestGuest.plain()) {
            MemorySegment events = guest.state(KvmVcpuState.EVENTS);
            assertEquals(0, kvm_vcpu_events.nmi.masked(kvm_vcpu_events.nmi(events)));
            kvm_vcpu_events.nmi.masked(kvm_vcpu_events.nmi(events), (byte) 1);
            assertEquals(0, guest.vcpu().set(KvmVcpuState.EVENTS, events));
            MemorySegment back = guest.state(KvmVcpuState.EVENTS);
            assertEquals(1, kvm_vcpu_events.nmi.masked(kvm_vcpu_events.nmi(back)));
        }
    }

    /// Parts whose every bit belongs to the kernel: what comes out goes in, and comes out again.
    @ParameterizedTest
    @EnumSource(names = {"XCRS", "MP_STATE", "EVENTS", "SREGS", "FPU", "XSAVE", "DEBUGREGS"})
    void whatComesOutGoesIn(KvmVcpuState part) {
        try (TestGuest guest = TestGuest.plain()) {
            guest.load("f4");
            guest.startReal();
            guest.runUntil(KvmExit.HLT);
            MemorySegment before = guest.state(part);
            assertEquals(0, guest.vcpu().set(part, before));
            assertSame(before, guest.state(part));
        }
    }

    @Test
    void modelSpecificRegistersRoundTripAndTheGuestReadsThem() {
        int sysenterEsp = 0x175;
        int lstar = 0xC000_0082;
        try (TestGuest guest = TestGuest.plain()) {
            KvmMsrs msrs = KvmMsrs.of(guest.arena(), sysenterEsp, lstar);
            msrs.setValue(0, 0x1122_3344);
            msrs.setValue(1, 0xFFFF_8000_1234_5678L);
            assertEquals(2, KvmX64.setMsrs(guest.vcpu(), msrs));
            KvmMsrs back = KvmMsrs.of(guest.arena(), lstar, sysenterEsp);
            assertEquals(2, KvmX64.getMsrs(guest.vcpu(), back));
            assertEquals(lstar, back.index(0));
            assertEquals(0xFFFF_8000_1234_5678L, back.value(0));
            assertEquals(0x1122_3344, back.value(1));

            // rdmsr; hlt
            guest.load("0f32 f4");
            guest.startFlat(sysenterEsp, 0);
            guest.runUntil(KvmExit.HLT);
            MemorySegment regs = guest.state(KvmVcpuState.REGS);
            assertEquals(0x1122_3344, KvmX64Register.RAX.get(regs));
        }
    }

    @Test
    void everyModelSpecificRegisterOfTheListIsReadable() {
        try (TestGuest guest = TestGuest.plain()) {
            int[] indices = Facilities.require(KvmX64.msrIndices(guest.kvm()));
            assertTrue(indices.length > 10, () -> indices.length + " MSRs");
            KvmCpuid supported = Facilities.require(KvmX64.supportedCpuid(guest.kvm()));
            assertEquals(0, KvmX64.setCpuid(guest.vcpu(), supported));
            int readable = 0;
            for (int index : indices) {
                readable += KvmX64.getMsrs(guest.vcpu(), KvmMsrs.of(guest.arena(), index));
            }
            // Some belong to features that this vCPU lacks.
            assertTrue(readable > indices.length / 2, readable + " of " + indices.length);
            assertNotEquals(0, Facilities.require(KvmX64.featureMsrIndices(guest.kvm())).length);
        }
    }

    @Test
    void theGuestSeesTheCpuidThatIsSet() {
        try (TestGuest guest = TestGuest.plain()) {
            KvmCpuid supported = Facilities.require(KvmX64.supportedCpuid(guest.kvm()));
            assertEquals(0, KvmX64.setCpuid(guest.vcpu(), supported));
            KvmCpuid set = Facilities.require(KvmX64.cpuid(guest.vcpu()));
            assertEquals(supported.entries().size(), set.entries().size());
            KvmCpuid.Entry vendor = set.entries().getFirst();
            assertEquals(0, vendor.function());

            // xor eax, eax; cpuid; hlt
            guest.load("31c0 0fa2 f4");
            guest.startFlat(0, 0);
            guest.runUntil(KvmExit.HLT);
            MemorySegment regs = guest.state(KvmVcpuState.REGS);
            assertEquals(vendor.ebx(), (int) KvmX64Register.RBX.get(regs));
            assertEquals(vendor.ecx(), (int) KvmX64Register.RCX.get(regs));
            assertEquals(vendor.edx(), (int) KvmX64Register.RDX.get(regs));
        }
    }

    @Test
    void theTimeStampCounterHasAFrequency() {
        try (TestGuest guest = TestGuest.plain()) {
            int kilohertz = KvmX64.tscKilohertz(guest.vcpu());
            assertTrue(kilohertz > 100_000, () -> "KVM_GET_TSC_KHZ: " + kilohertz);
        }
    }

    @Test
    void partsThatAllocateNothingStayWithTheCaller() {
        try (TestGuest guest = TestGuest.plain();
                Arena arena = Arena.ofConfined()) {
            MemorySegment larger = arena.allocate(8192, 8).fill((byte) 0x5A);
            assertEquals(0, guest.vcpu().get(KvmVcpuState.REGS, larger));
            long byteCount = guest.vcpu().byteCount(KvmVcpuState.REGS);
            assertEquals(0x5A, larger.get(ValueLayout.JAVA_BYTE, byteCount));
        }
    }

    private static void fillDifferently(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at++) {
            bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (at * 7 + 1));
        }
    }

    private static void assertSame(MemorySegment expected, MemorySegment actual) {
        assertArrayEquals(
                expected.toArray(ValueLayout.JAVA_BYTE), actual.toArray(ValueLayout.JAVA_BYTE));
    }
}

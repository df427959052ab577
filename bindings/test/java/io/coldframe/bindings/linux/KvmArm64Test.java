package io.coldframe.bindings.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// The numbers of registers, which are arithmetic and the same on every host, against those that
/// VMMs write down as constants.
final class KvmArm64Test {

    @Test
    void coreRegistersHaveTheirKnownNumbers() {
        assertEquals(0x6030_0000_0010_0000L, KvmArm64.x(0));
        assertEquals(0x6030_0000_0010_003CL, KvmArm64.x(30));
        assertEquals(0x6030_0000_0010_003EL, KvmArm64.sp());
        assertEquals(0x6030_0000_0010_0040L, KvmArm64.pc());
        assertEquals(0x6030_0000_0010_0042L, KvmArm64.pstate());
        assertEquals(0x6040_0000_0010_0054L, KvmArm64.v(0));
        assertEquals(0x6040_0000_0010_00D0L, KvmArm64.v(31));
        assertThrows(IndexOutOfBoundsException.class, () -> KvmArm64.x(31));
        assertThrows(IndexOutOfBoundsException.class, () -> KvmArm64.v(32));
    }

    @Test
    void systemRegistersHaveTheirKnownNumbers() {
        // MPIDR_EL1 and MIDR_EL1.
        assertEquals(0x6030_0000_0013_C005L, KvmArm64.systemRegister(3, 0, 0, 0, 5));
        assertEquals(0x6030_0000_0013_C000L, KvmArm64.systemRegister(3, 0, 0, 0, 0));
    }

    @Test
    void theNumberTellsTheSize() {
        assertEquals(8, KvmArm64.byteCount(KvmArm64.pc()));
        assertEquals(16, KvmArm64.byteCount(KvmArm64.v(3)));
        assertEquals(256, KvmArm64.byteCount(0x6080_0000_0015_0000L));
    }

    @Test
    void aRegisterOfTheInterruptControllerIsAffinityAndOffset() {
        assertEquals(0x8000_0001_0000_0100L, KvmVgic.attribute(0x8000_0001, 0x100));
    }
}

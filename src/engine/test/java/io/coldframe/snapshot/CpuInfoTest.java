package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.Set;

/// What processors say of themselves, as their systems print it.
final class CpuInfoTest {

    private static final String EPYC =
            """
            processor\t: 0
            vendor_id\t: AuthenticAMD
            cpu family\t: 26
            model\t\t: 2
            model name\t: AMD EPYC
            stepping\t: 1
            microcode\t: 0x1000065
            cpu MHz\t\t: 2596.100
            fpu\t\t: yes
            flags\t\t: fpu vme de pse tsc msr avx2 avx512f gfni rdpid
            bugs\t\t: sysret_ss_attrs null_seg
            power management:

            processor\t: 1
            vendor_id\t: AuthenticAMD
            cpu family\t: 26
            model\t\t: 2
            model name\t: AMD EPYC
            stepping\t: 1
            flags\t\t: fpu vme de pse tsc msr avx2 avx512f gfni rdpid
            bugs\t\t: sysret_ss_attrs null_seg
            power management:

            """;

    private static final String XEON =
            """
            processor\t: 0
            vendor_id\t: GenuineIntel
            cpu family\t: 6
            model\t\t: 85
            model name\t: Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz
            stepping\t: 4
            microcode\t: 0x2006e05
            cache size\t: 33792 KB
            flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep avx avx2 avx512f pku ospke
            vmx flags\t: vnmi preemption_timer invvpid
            bogomips\t: 5000.00
            power management:
            """;

    private static final String NEOVERSE =
            """
            processor\t: 0
            BogoMIPS\t: 243.75
            Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp lrcpc dcpop
            CPU implementer\t: 0x41
            CPU architecture: 8
            CPU variant\t: 0x3
            CPU part\t: 0xd0c
            CPU revision\t: 1

            """;

    // Two kinds of core; the second lacks what the first has, and a board speaks at the end.
    private static final String BIG_AND_LITTLE =
            """
            processor\t: 0
            BogoMIPS\t: 48.00
            Features\t: fp asimd evtstrm aes crc32 atomics asimddp
            CPU implementer\t: 0x41
            CPU architecture: 8
            CPU variant\t: 0x2
            CPU part\t: 0xd05
            CPU revision\t: 0

            processor\t: 4
            BogoMIPS\t: 48.00
            Features\t: fp asimd evtstrm aes crc32
            CPU implementer\t: 0x41
            CPU architecture: 8
            CPU variant\t: 0x0
            CPU part\t: 0xd08
            CPU revision\t: 2

            Hardware\t: BCM2835
            Revision\t: c03111
            Serial\t\t: 1000000000000000
            Model\t\t: Raspberry Pi 4 Model B Rev 1.1
            """;

    // Linux on Apple silicon.
    private static final String FIRESTORM =
            """
            processor\t: 0
            BogoMIPS\t: 48.00
            Features\t: fp asimd evtstrm aes pmull sha3 sha512 dit uscat ilrcpc flagm ssbs sb paca
            CPU implementer\t: 0x61
            CPU architecture: 8
            CPU variant\t: 0x1
            CPU part\t: 0x022
            CPU revision\t: 1
            """;

    // One list of processors, then one description of them all: older arm64 kernels.
    private static final String OLD_ARM64 =
            """
            Processor\t: AArch64 Processor rev 4 (aarch64)
            processor\t: 0
            processor\t: 1
            Features\t: fp asimd aes pmull sha1 sha2 crc32
            CPU implementer\t: 0x41
            CPU architecture: AArch64
            CPU variant\t: 0x0
            CPU part\t: 0xd03
            CPU revision\t: 4

            Hardware\t: Freescale Layerscape
            """;

    private static final String MAC =
            """
            machdep.cpu.cores_per_package: 8
            machdep.cpu.core_count: 8
            machdep.cpu.brand_string: Apple M1
            hw.optional.floatingpoint: 1
            hw.optional.neon: 1
            hw.optional.arm.FEAT_LSE: 1
            hw.optional.arm.FEAT_SME: 0
            hw.optional.armv8_crc32: 1
            hw.cpufamily: 458787763
            """;

    @Test
    void anX86ProcessorTellsVendorFamilyModelAndStepping() {
        CpuInfo epyc = CpuInfo.ofProc(EPYC);
        assertEquals("AuthenticAMD", epyc.vendor());
        assertEquals("AMD EPYC", epyc.name());
        assertEquals(26, epyc.family());
        assertEquals(2, epyc.model());
        assertEquals(1, epyc.stepping());
        assertEquals(10, epyc.features().size());
        assertTrue(epyc.features().containsAll(Set.of("fpu", "avx512f", "rdpid")));

        CpuInfo xeon = CpuInfo.ofProc(XEON);
        assertEquals("GenuineIntel", xeon.vendor());
        assertEquals("Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz", xeon.name());
        assertEquals(6, xeon.family());
        assertEquals(85, xeon.model());
        assertEquals(4, xeon.stepping());
    }

    @Test
    void theFlagsOfVirtualisationAreNotThoseOfTheProcessor() {
        assertFalse(CpuInfo.ofProc(XEON).features().contains("preemption_timer"));
    }

    @Test
    void anArmProcessorTellsImplementerPartAndRevision() {
        CpuInfo neoverse = CpuInfo.ofProc(NEOVERSE);
        assertEquals("0x41", neoverse.vendor());
        assertEquals("", neoverse.name());
        assertEquals(8, neoverse.family());
        assertEquals(0xd0c, neoverse.model());
        assertEquals(0x31, neoverse.stepping());
        assertTrue(neoverse.features().contains("atomics"));

        CpuInfo firestorm = CpuInfo.ofProc(FIRESTORM);
        assertEquals("0x61", firestorm.vendor());
        assertEquals(0x22, firestorm.model());
        assertEquals(0x11, firestorm.stepping());
    }

    @Test
    void theFeaturesAreThoseThatEveryProcessorHas() {
        CpuInfo mixed = CpuInfo.ofProc(BIG_AND_LITTLE);
        assertEquals(0xd05, mixed.model());
        assertEquals(Set.of("fp", "asimd", "evtstrm", "aes", "crc32"), mixed.features());
    }

    @Test
    void anOldKernelDescribesAllProcessorsAtOnce() {
        CpuInfo old = CpuInfo.ofProc(OLD_ARM64);
        assertEquals(8, old.family());
        assertEquals(0xd03, old.model());
        assertEquals(4, old.stepping());
        assertEquals(7, old.features().size());
    }

    @Test
    void aMacTellsByAnotherName() {
        CpuInfo mac = CpuInfo.ofSysctl(MAC);
        assertEquals("Apple", mac.vendor());
        assertEquals("Apple M1", mac.name());
        assertEquals(458_787_763, mac.family());
        assertEquals(Set.of("floatingpoint", "neon", "FEAT_LSE", "armv8_crc32"), mac.features());
    }

    @Test
    void aTextThatSaysNothingIsUnknown() {
        assertEquals(CpuInfo.UNKNOWN, CpuInfo.ofProc(""));
        assertEquals(CpuInfo.UNKNOWN, CpuInfo.ofProc("processor\t: 0\n\nmodel\t: z/VM\n"));
        assertEquals(CpuInfo.UNKNOWN, CpuInfo.ofSysctl("sysctl: unknown oid\n"));
    }

    /// A kernel of next year prints what it likes.
    @Test
    void aNameThatEndsInADotIsNoFeature() {
        assertTrue(CpuInfo.ofSysctl("hw.optional.: 1\nhw.optional.arm.: 1").features().isEmpty());
    }

    @Test
    void noTextMakesItFail() {
        long seed = System.nanoTime();
        System.out.println("CpuInfoTest seed " + seed);
        Random random = new Random(seed);
        for (String text : new String[] {EPYC, XEON, NEOVERSE, BIG_AND_LITTLE, OLD_ARM64, MAC}) {
            for (int i = 0; i < 500; i++) {
                StringBuilder mutated = new StringBuilder(text);
                for (int j = random.nextInt(8); j >= 0; j--) {
                    int at = random.nextInt(mutated.length());
                    mutated.setCharAt(at, (char) (random.nextInt(96) + 31));
                }
                mutated.setLength(random.nextInt(mutated.length() + 1));
                CpuInfo ofProc = CpuInfo.ofProc(mutated.toString());
                CpuInfo ofSysctl = CpuInfo.ofSysctl(mutated.toString());
                assertFalse(ofProc.features().contains("") || ofSysctl.features().contains(""));
            }
        }
    }

    @Test
    void whatCouldNotBeReadIsAskedForAgainAndWhatCouldIsNot() {
        CpuInfo known = CpuInfo.ofProc("vendor_id : GenuineIntel\nflags : fpu sse\n");
        int[] readCount = new int[1];
        HostDescription.Cpu cpu =
                new HostDescription.Cpu(() -> ++readCount[0] < 3 ? CpuInfo.UNKNOWN : known);
        assertEquals(CpuInfo.UNKNOWN, cpu.get());
        assertEquals(CpuInfo.UNKNOWN, cpu.get());
        assertEquals(known, cpu.get());
        assertEquals(known, cpu.get());
        assertEquals(3, readCount[0]);
    }
}

package io.coldframe.bindings.macos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.generated.macos.HypervisorH;
import io.coldframe.bindings.generated.macos.hv_vcpu_exit_exception_t;
import io.coldframe.bindings.generated.macos.hv_vcpu_exit_t;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The numbers of Apple's headers, from another source than ours: our header has the architecture's
/// encodings, this test has the numbers as Apple prints them.
final class HypervisorNumbersTest {
    private static final String SYSTEM_REGISTERS =
            """
            8010 MDCCINT_EL1  8012 MDSCR_EL1  c000 MIDR_EL1  c005 MPIDR_EL1
            c020 ID_AA64PFR0_EL1  c021 ID_AA64PFR1_EL1  c024 ID_AA64ZFR0_EL1
            c025 ID_AA64SMFR0_EL1  c028 ID_AA64DFR0_EL1  c029 ID_AA64DFR1_EL1
            c030 ID_AA64ISAR0_EL1  c031 ID_AA64ISAR1_EL1  c038 ID_AA64MMFR0_EL1
            c039 ID_AA64MMFR1_EL1  c03a ID_AA64MMFR2_EL1  c080 SCTLR_EL1
            c081 ACTLR_EL1  c082 CPACR_EL1  c094 SMPRI_EL1  c096 SMCR_EL1
            c100 TTBR0_EL1  c101 TTBR1_EL1  c102 TCR_EL1  c108 APIAKEYLO_EL1
            c109 APIAKEYHI_EL1  c10a APIBKEYLO_EL1  c10b APIBKEYHI_EL1
            c110 APDAKEYLO_EL1  c111 APDAKEYHI_EL1  c112 APDBKEYLO_EL1
            c113 APDBKEYHI_EL1  c118 APGAKEYLO_EL1  c119 APGAKEYHI_EL1  c200 SPSR_EL1
            c201 ELR_EL1  c208 SP_EL0  c288 AFSR0_EL1  c289 AFSR1_EL1  c290 ESR_EL1
            c300 FAR_EL1  c3a0 PAR_EL1  c510 MAIR_EL1  c518 AMAIR_EL1  c600 VBAR_EL1
            c681 CONTEXTIDR_EL1  c684 TPIDR_EL1  c687 SCXTNUM_EL1  c708 CNTKCTL_EL1
            d000 CSSELR_EL1  de82 TPIDR_EL0  de83 TPIDRRO_EL0  de85 TPIDR2_EL0
            de87 SCXTNUM_EL0  df10 CNTP_TVAL_EL0  df11 CNTP_CTL_EL0  df12 CNTP_CVAL_EL0
            df19 CNTV_CTL_EL0  df1a CNTV_CVAL_EL0  e000 VPIDR_EL2  e005 VMPIDR_EL2
            e080 SCTLR_EL2  e088 HCR_EL2  e089 MDCR_EL2  e08a CPTR_EL2  e100 TTBR0_EL2
            e101 TTBR1_EL2  e102 TCR_EL2  e108 VTTBR_EL2  e10a VTCR_EL2  e200 SPSR_EL2
            e201 ELR_EL2  e208 SP_EL1  e290 ESR_EL2  e300 FAR_EL2  e304 HPFAR_EL2
            e510 MAIR_EL2  e600 VBAR_EL2  e682 TPIDR_EL2  e703 CNTVOFF_EL2
            e708 CNTHCTL_EL2  e710 CNTHP_TVAL_EL2  e711 CNTHP_CTL_EL2
            e712 CNTHP_CVAL_EL2  f208 SP_EL2
            """;

    private static Map<String, Integer> systemRegisters() {
        Map<String, Integer> numbers = new TreeMap<>();
        String[] words = SYSTEM_REGISTERS.strip().split("\\s+", -1);
        for (int at = 0; at < words.length; at += 2) {
            numbers.put(words[at + 1], Integer.parseInt(words[at], 16));
        }
        String[] debug = {"DBGBVR", "DBGBCR", "DBGWVR", "DBGWCR"};
        for (int pair = 0; pair < 16; pair++) {
            for (int kind = 0; kind < 4; kind++) {
                numbers.put(debug[kind] + pair + "_EL1", 0x8004 + 8 * pair + kind);
            }
        }
        return numbers;
    }

    @Test
    void everySystemRegisterHasApplesNumber() {
        Map<String, Integer> ours = new TreeMap<>();
        for (HvSystemRegister register : HvSystemRegister.values()) {
            ours.put(register.name(), register.code());
        }
        assertEquals(systemRegisters(), ours);
        assertEquals(148, ours.size());
    }

    @Test
    void aSystemRegisterIsFoundByItsNumberAndNoneByAnother() {
        Set<Integer> known = new HashSet<>(systemRegisters().values());
        for (int code = 0; code <= 0xffff; code++) {
            assertEquals(known.contains(code), HvSystemRegister.of(code).isPresent());
        }
        assertTrue(HvSystemRegister.of(0xe019).isEmpty(), "the slip of the SDKs of macOS 15");
    }

    @Test
    void theGeneralRegistersCountUpFromX0() {
        int next = 0;
        for (HvRegister register : HvRegister.values()) {
            assertEquals(next++, register.code(), register::name);
        }
        assertEquals(31, HvRegister.PC.code());
        assertEquals(HvRegister.X30, HvRegister.x(30));
        assertEquals(29, HypervisorH.HV_REG_FP());
        assertEquals(30, HypervisorH.HV_REG_LR());
        assertEquals(0, HypervisorH.HV_SIMD_FP_REG_Q0());
        assertEquals(31, HypervisorH.HV_SIMD_FP_REG_Q31());
    }

    @Test
    void theRegistersOfTheInterfaceHaveApplesNumbers() {
        Map<String, Integer> ours = new TreeMap<>();
        for (HvIccRegister register : HvIccRegister.values()) {
            ours.put(register.name(), register.code());
        }
        assertEquals(
                new TreeMap<>(
                        Map.ofEntries(
                                Map.entry("PMR_EL1", 0xc230),
                                Map.entry("BPR0_EL1", 0xc643),
                                Map.entry("AP0R0_EL1", 0xc644),
                                Map.entry("AP1R0_EL1", 0xc648),
                                Map.entry("RPR_EL1", 0xc65b),
                                Map.entry("BPR1_EL1", 0xc663),
                                Map.entry("CTLR_EL1", 0xc664),
                                Map.entry("SRE_EL1", 0xc665),
                                Map.entry("IGRPEN0_EL1", 0xc666),
                                Map.entry("IGRPEN1_EL1", 0xc667),
                                Map.entry("SRE_EL2", 0xe64d))),
                ours);
    }

    @Test
    void permissionsAndReservedInterruptsHaveApplesNumbers() {
        assertEquals(1, HypervisorFramework.READ);
        assertEquals(2, HypervisorFramework.WRITE);
        assertEquals(4, HypervisorFramework.EXECUTE);
        assertEquals(23, HypervisorH.HV_GIC_INT_PERFORMANCE_MONITOR());
        assertEquals(25, HypervisorH.HV_GIC_INT_MAINTENANCE());
        assertEquals(26, HypervisorH.HV_GIC_INT_EL2_PHYSICAL_TIMER());
        assertEquals(27, HypervisorH.HV_GIC_INT_EL1_VIRTUAL_TIMER());
        assertEquals(30, HypervisorH.HV_GIC_INT_EL1_PHYSICAL_TIMER());
        assertEquals(0, HypervisorH.HV_INTERRUPT_TYPE_IRQ());
        assertEquals(1, HypervisorH.HV_INTERRUPT_TYPE_FIQ());
    }

    @Test
    void theExitIsLaidOutAsOnAMac() {
        assertEquals(32, hv_vcpu_exit_t.sizeof());
        assertEquals(8, hv_vcpu_exit_t.layout().byteAlignment());
        assertEquals(0, hv_vcpu_exit_t.reason$offset());
        assertEquals(8, hv_vcpu_exit_t.exception$offset());
        assertEquals(24, hv_vcpu_exit_exception_t.sizeof());
        assertEquals(0, hv_vcpu_exit_exception_t.syndrome$offset());
        assertEquals(8, hv_vcpu_exit_exception_t.virtual_address$offset());
        assertEquals(16, hv_vcpu_exit_exception_t.physical_address$offset());
    }

    @Test
    void exitReasonsHaveApplesNumbersAndTheRestIsUnknown() {
        assertEquals(HvExitReason.CANCELED, HvExitReason.of(0));
        assertEquals(HvExitReason.EXCEPTION, HvExitReason.of(1));
        assertEquals(HvExitReason.VTIMER_ACTIVATED, HvExitReason.of(2));
        assertEquals(HvExitReason.UNKNOWN, HvExitReason.of(3));
        assertEquals(HvExitReason.UNKNOWN, HvExitReason.of(4));
        assertEquals(HvExitReason.UNKNOWN, HvExitReason.of(-1));
    }
}

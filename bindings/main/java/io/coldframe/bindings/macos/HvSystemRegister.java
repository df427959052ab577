package io.coldframe.bindings.macos;

import io.coldframe.bindings.generated.macos.HypervisorH;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Every system register that Hypervisor.framework of macOS 15 gives access to, under its
/// architectural name. What each one does is the Arm architecture's to say.
public enum HvSystemRegister {
    DBGBVR0_EL1(HypervisorH.HV_SYS_REG_DBGBVR0_EL1()),
    DBGBCR0_EL1(HypervisorH.HV_SYS_REG_DBGBCR0_EL1()),
    DBGWVR0_EL1(HypervisorH.HV_SYS_REG_DBGWVR0_EL1()),
    DBGWCR0_EL1(HypervisorH.HV_SYS_REG_DBGWCR0_EL1()),
    DBGBVR1_EL1(HypervisorH.HV_SYS_REG_DBGBVR1_EL1()),
    DBGBCR1_EL1(HypervisorH.HV_SYS_REG_DBGBCR1_EL1()),
    DBGWVR1_EL1(HypervisorH.HV_SYS_REG_DBGWVR1_EL1()),
    DBGWCR1_EL1(HypervisorH.HV_SYS_REG_DBGWCR1_EL1()),
    DBGBVR2_EL1(HypervisorH.HV_SYS_REG_DBGBVR2_EL1()),
    DBGBCR2_EL1(HypervisorH.HV_SYS_REG_DBGBCR2_EL1()),
    DBGWVR2_EL1(HypervisorH.HV_SYS_REG_DBGWVR2_EL1()),
    DBGWCR2_EL1(HypervisorH.HV_SYS_REG_DBGWCR2_EL1()),
    DBGBVR3_EL1(HypervisorH.HV_SYS_REG_DBGBVR3_EL1()),
    DBGBCR3_EL1(HypervisorH.HV_SYS_REG_DBGBCR3_EL1()),
    DBGWVR3_EL1(HypervisorH.HV_SYS_REG_DBGWVR3_EL1()),
    DBGWCR3_EL1(HypervisorH.HV_SYS_REG_DBGWCR3_EL1()),
    DBGBVR4_EL1(HypervisorH.HV_SYS_REG_DBGBVR4_EL1()),
    DBGBCR4_EL1(HypervisorH.HV_SYS_REG_DBGBCR4_EL1()),
    DBGWVR4_EL1(HypervisorH.HV_SYS_REG_DBGWVR4_EL1()),
    DBGWCR4_EL1(HypervisorH.HV_SYS_REG_DBGWCR4_EL1()),
    DBGBVR5_EL1(HypervisorH.HV_SYS_REG_DBGBVR5_EL1()),
    DBGBCR5_EL1(HypervisorH.HV_SYS_REG_DBGBCR5_EL1()),
    DBGWVR5_EL1(HypervisorH.HV_SYS_REG_DBGWVR5_EL1()),
    DBGWCR5_EL1(HypervisorH.HV_SYS_REG_DBGWCR5_EL1()),
    DBGBVR6_EL1(HypervisorH.HV_SYS_REG_DBGBVR6_EL1()),
    DBGBCR6_EL1(HypervisorH.HV_SYS_REG_DBGBCR6_EL1()),
    DBGWVR6_EL1(HypervisorH.HV_SYS_REG_DBGWVR6_EL1()),
    DBGWCR6_EL1(HypervisorH.HV_SYS_REG_DBGWCR6_EL1()),
    DBGBVR7_EL1(HypervisorH.HV_SYS_REG_DBGBVR7_EL1()),
    DBGBCR7_EL1(HypervisorH.HV_SYS_REG_DBGBCR7_EL1()),
    DBGWVR7_EL1(HypervisorH.HV_SYS_REG_DBGWVR7_EL1()),
    DBGWCR7_EL1(HypervisorH.HV_SYS_REG_DBGWCR7_EL1()),
    DBGBVR8_EL1(HypervisorH.HV_SYS_REG_DBGBVR8_EL1()),
    DBGBCR8_EL1(HypervisorH.HV_SYS_REG_DBGBCR8_EL1()),
    DBGWVR8_EL1(HypervisorH.HV_SYS_REG_DBGWVR8_EL1()),
    DBGWCR8_EL1(HypervisorH.HV_SYS_REG_DBGWCR8_EL1()),
    DBGBVR9_EL1(HypervisorH.HV_SYS_REG_DBGBVR9_EL1()),
    DBGBCR9_EL1(HypervisorH.HV_SYS_REG_DBGBCR9_EL1()),
    DBGWVR9_EL1(HypervisorH.HV_SYS_REG_DBGWVR9_EL1()),
    DBGWCR9_EL1(HypervisorH.HV_SYS_REG_DBGWCR9_EL1()),
    DBGBVR10_EL1(HypervisorH.HV_SYS_REG_DBGBVR10_EL1()),
    DBGBCR10_EL1(HypervisorH.HV_SYS_REG_DBGBCR10_EL1()),
    DBGWVR10_EL1(HypervisorH.HV_SYS_REG_DBGWVR10_EL1()),
    DBGWCR10_EL1(HypervisorH.HV_SYS_REG_DBGWCR10_EL1()),
    DBGBVR11_EL1(HypervisorH.HV_SYS_REG_DBGBVR11_EL1()),
    DBGBCR11_EL1(HypervisorH.HV_SYS_REG_DBGBCR11_EL1()),
    DBGWVR11_EL1(HypervisorH.HV_SYS_REG_DBGWVR11_EL1()),
    DBGWCR11_EL1(HypervisorH.HV_SYS_REG_DBGWCR11_EL1()),
    DBGBVR12_EL1(HypervisorH.HV_SYS_REG_DBGBVR12_EL1()),
    DBGBCR12_EL1(HypervisorH.HV_SYS_REG_DBGBCR12_EL1()),
    DBGWVR12_EL1(HypervisorH.HV_SYS_REG_DBGWVR12_EL1()),
    DBGWCR12_EL1(HypervisorH.HV_SYS_REG_DBGWCR12_EL1()),
    DBGBVR13_EL1(HypervisorH.HV_SYS_REG_DBGBVR13_EL1()),
    DBGBCR13_EL1(HypervisorH.HV_SYS_REG_DBGBCR13_EL1()),
    DBGWVR13_EL1(HypervisorH.HV_SYS_REG_DBGWVR13_EL1()),
    DBGWCR13_EL1(HypervisorH.HV_SYS_REG_DBGWCR13_EL1()),
    DBGBVR14_EL1(HypervisorH.HV_SYS_REG_DBGBVR14_EL1()),
    DBGBCR14_EL1(HypervisorH.HV_SYS_REG_DBGBCR14_EL1()),
    DBGWVR14_EL1(HypervisorH.HV_SYS_REG_DBGWVR14_EL1()),
    DBGWCR14_EL1(HypervisorH.HV_SYS_REG_DBGWCR14_EL1()),
    DBGBVR15_EL1(HypervisorH.HV_SYS_REG_DBGBVR15_EL1()),
    DBGBCR15_EL1(HypervisorH.HV_SYS_REG_DBGBCR15_EL1()),
    DBGWVR15_EL1(HypervisorH.HV_SYS_REG_DBGWVR15_EL1()),
    DBGWCR15_EL1(HypervisorH.HV_SYS_REG_DBGWCR15_EL1()),
    MDCCINT_EL1(HypervisorH.HV_SYS_REG_MDCCINT_EL1()),
    MDSCR_EL1(HypervisorH.HV_SYS_REG_MDSCR_EL1()),
    MIDR_EL1(HypervisorH.HV_SYS_REG_MIDR_EL1()),
    MPIDR_EL1(HypervisorH.HV_SYS_REG_MPIDR_EL1()),
    ID_AA64PFR0_EL1(HypervisorH.HV_SYS_REG_ID_AA64PFR0_EL1()),
    ID_AA64PFR1_EL1(HypervisorH.HV_SYS_REG_ID_AA64PFR1_EL1()),
    ID_AA64DFR0_EL1(HypervisorH.HV_SYS_REG_ID_AA64DFR0_EL1()),
    ID_AA64DFR1_EL1(HypervisorH.HV_SYS_REG_ID_AA64DFR1_EL1()),
    ID_AA64ISAR0_EL1(HypervisorH.HV_SYS_REG_ID_AA64ISAR0_EL1()),
    ID_AA64ISAR1_EL1(HypervisorH.HV_SYS_REG_ID_AA64ISAR1_EL1()),
    ID_AA64MMFR0_EL1(HypervisorH.HV_SYS_REG_ID_AA64MMFR0_EL1()),
    ID_AA64MMFR1_EL1(HypervisorH.HV_SYS_REG_ID_AA64MMFR1_EL1()),
    ID_AA64MMFR2_EL1(HypervisorH.HV_SYS_REG_ID_AA64MMFR2_EL1()),
    SCTLR_EL1(HypervisorH.HV_SYS_REG_SCTLR_EL1()),
    CPACR_EL1(HypervisorH.HV_SYS_REG_CPACR_EL1()),
    TTBR0_EL1(HypervisorH.HV_SYS_REG_TTBR0_EL1()),
    TTBR1_EL1(HypervisorH.HV_SYS_REG_TTBR1_EL1()),
    TCR_EL1(HypervisorH.HV_SYS_REG_TCR_EL1()),
    APIAKEYLO_EL1(HypervisorH.HV_SYS_REG_APIAKEYLO_EL1()),
    APIAKEYHI_EL1(HypervisorH.HV_SYS_REG_APIAKEYHI_EL1()),
    APIBKEYLO_EL1(HypervisorH.HV_SYS_REG_APIBKEYLO_EL1()),
    APIBKEYHI_EL1(HypervisorH.HV_SYS_REG_APIBKEYHI_EL1()),
    APDAKEYLO_EL1(HypervisorH.HV_SYS_REG_APDAKEYLO_EL1()),
    APDAKEYHI_EL1(HypervisorH.HV_SYS_REG_APDAKEYHI_EL1()),
    APDBKEYLO_EL1(HypervisorH.HV_SYS_REG_APDBKEYLO_EL1()),
    APDBKEYHI_EL1(HypervisorH.HV_SYS_REG_APDBKEYHI_EL1()),
    APGAKEYLO_EL1(HypervisorH.HV_SYS_REG_APGAKEYLO_EL1()),
    APGAKEYHI_EL1(HypervisorH.HV_SYS_REG_APGAKEYHI_EL1()),
    SPSR_EL1(HypervisorH.HV_SYS_REG_SPSR_EL1()),
    ELR_EL1(HypervisorH.HV_SYS_REG_ELR_EL1()),
    SP_EL0(HypervisorH.HV_SYS_REG_SP_EL0()),
    AFSR0_EL1(HypervisorH.HV_SYS_REG_AFSR0_EL1()),
    AFSR1_EL1(HypervisorH.HV_SYS_REG_AFSR1_EL1()),
    ESR_EL1(HypervisorH.HV_SYS_REG_ESR_EL1()),
    FAR_EL1(HypervisorH.HV_SYS_REG_FAR_EL1()),
    PAR_EL1(HypervisorH.HV_SYS_REG_PAR_EL1()),
    MAIR_EL1(HypervisorH.HV_SYS_REG_MAIR_EL1()),
    AMAIR_EL1(HypervisorH.HV_SYS_REG_AMAIR_EL1()),
    VBAR_EL1(HypervisorH.HV_SYS_REG_VBAR_EL1()),
    CONTEXTIDR_EL1(HypervisorH.HV_SYS_REG_CONTEXTIDR_EL1()),
    TPIDR_EL1(HypervisorH.HV_SYS_REG_TPIDR_EL1()),
    CNTKCTL_EL1(HypervisorH.HV_SYS_REG_CNTKCTL_EL1()),
    CSSELR_EL1(HypervisorH.HV_SYS_REG_CSSELR_EL1()),
    TPIDR_EL0(HypervisorH.HV_SYS_REG_TPIDR_EL0()),
    TPIDRRO_EL0(HypervisorH.HV_SYS_REG_TPIDRRO_EL0()),
    CNTV_CTL_EL0(HypervisorH.HV_SYS_REG_CNTV_CTL_EL0()),
    CNTV_CVAL_EL0(HypervisorH.HV_SYS_REG_CNTV_CVAL_EL0()),
    SP_EL1(HypervisorH.HV_SYS_REG_SP_EL1()),
    ACTLR_EL1(HypervisorH.HV_SYS_REG_ACTLR_EL1(), Needs.MACOS_15_0),
    ID_AA64ZFR0_EL1(HypervisorH.HV_SYS_REG_ID_AA64ZFR0_EL1(), Needs.MACOS_15_2),
    ID_AA64SMFR0_EL1(HypervisorH.HV_SYS_REG_ID_AA64SMFR0_EL1(), Needs.MACOS_15_2),
    SMPRI_EL1(HypervisorH.HV_SYS_REG_SMPRI_EL1(), Needs.MACOS_15_2),
    SMCR_EL1(HypervisorH.HV_SYS_REG_SMCR_EL1(), Needs.MACOS_15_2),
    SCXTNUM_EL1(HypervisorH.HV_SYS_REG_SCXTNUM_EL1(), Needs.MACOS_15_2),
    TPIDR2_EL0(HypervisorH.HV_SYS_REG_TPIDR2_EL0(), Needs.MACOS_15_2),
    SCXTNUM_EL0(HypervisorH.HV_SYS_REG_SCXTNUM_EL0(), Needs.MACOS_15_2),
    CNTP_TVAL_EL0(HypervisorH.HV_SYS_REG_CNTP_TVAL_EL0(), Needs.GIC),
    CNTP_CTL_EL0(HypervisorH.HV_SYS_REG_CNTP_CTL_EL0(), Needs.GIC),
    CNTP_CVAL_EL0(HypervisorH.HV_SYS_REG_CNTP_CVAL_EL0(), Needs.GIC),
    VPIDR_EL2(HypervisorH.HV_SYS_REG_VPIDR_EL2(), Needs.EL2),
    VMPIDR_EL2(HypervisorH.HV_SYS_REG_VMPIDR_EL2(), Needs.EL2),
    SCTLR_EL2(HypervisorH.HV_SYS_REG_SCTLR_EL2(), Needs.EL2),
    HCR_EL2(HypervisorH.HV_SYS_REG_HCR_EL2(), Needs.EL2),
    MDCR_EL2(HypervisorH.HV_SYS_REG_MDCR_EL2(), Needs.EL2),
    CPTR_EL2(HypervisorH.HV_SYS_REG_CPTR_EL2(), Needs.EL2),
    TTBR0_EL2(HypervisorH.HV_SYS_REG_TTBR0_EL2(), Needs.EL2),
    TTBR1_EL2(HypervisorH.HV_SYS_REG_TTBR1_EL2(), Needs.EL2),
    TCR_EL2(HypervisorH.HV_SYS_REG_TCR_EL2(), Needs.EL2),
    VTTBR_EL2(HypervisorH.HV_SYS_REG_VTTBR_EL2(), Needs.EL2),
    VTCR_EL2(HypervisorH.HV_SYS_REG_VTCR_EL2(), Needs.EL2),
    SPSR_EL2(HypervisorH.HV_SYS_REG_SPSR_EL2(), Needs.EL2),
    ELR_EL2(HypervisorH.HV_SYS_REG_ELR_EL2(), Needs.EL2),
    ESR_EL2(HypervisorH.HV_SYS_REG_ESR_EL2(), Needs.EL2),
    FAR_EL2(HypervisorH.HV_SYS_REG_FAR_EL2(), Needs.EL2),
    HPFAR_EL2(HypervisorH.HV_SYS_REG_HPFAR_EL2(), Needs.EL2),
    MAIR_EL2(HypervisorH.HV_SYS_REG_MAIR_EL2(), Needs.EL2),
    VBAR_EL2(HypervisorH.HV_SYS_REG_VBAR_EL2(), Needs.EL2),
    TPIDR_EL2(HypervisorH.HV_SYS_REG_TPIDR_EL2(), Needs.EL2),
    CNTVOFF_EL2(HypervisorH.HV_SYS_REG_CNTVOFF_EL2(), Needs.EL2),
    CNTHCTL_EL2(HypervisorH.HV_SYS_REG_CNTHCTL_EL2(), Needs.EL2),
    CNTHP_TVAL_EL2(HypervisorH.HV_SYS_REG_CNTHP_TVAL_EL2(), Needs.EL2),
    CNTHP_CTL_EL2(HypervisorH.HV_SYS_REG_CNTHP_CTL_EL2(), Needs.EL2),
    CNTHP_CVAL_EL2(HypervisorH.HV_SYS_REG_CNTHP_CVAL_EL2(), Needs.EL2),
    SP_EL2(HypervisorH.HV_SYS_REG_SP_EL2(), Needs.EL2);

    /// What a register needs beyond macOS 11. Where that is missing, the framework refuses it.
    public enum Needs {
        /// Nothing.
        NOTHING_MORE,
        /// macOS 15.0.
        MACOS_15_0,
        /// macOS 15.2, and for some the scalable matrix extension.
        MACOS_15_2,
        /// macOS 15.0 and a virtual machine with the framework's interrupt controller.
        GIC,
        /// macOS 15.0 and a virtual machine with exception level 2.
        EL2
    }

    private static final Map<Integer, HvSystemRegister> BY_CODE = new HashMap<>();

    static {
        for (HvSystemRegister register : values()) {
            BY_CODE.put(register.code, register);
        }
    }

    private final int code;
    private final Needs needs;

    HvSystemRegister(int code) {
        this(code, Needs.NOTHING_MORE);
    }

    HvSystemRegister(int code, Needs needs) {
        this.code = code;
        this.needs = needs;
    }

    /// The register with this number, if the framework has one.
    public static Optional<HvSystemRegister> of(int code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    /// The framework's number: op0, op1, CRn, CRm and op2 of the architecture's encoding, from bit
    /// 15 down. Stable, so a snapshot may store it.
    public int code() {
        return code;
    }

    /// What this register needs beyond macOS 11.
    public Needs needs() {
        return needs;
    }
}

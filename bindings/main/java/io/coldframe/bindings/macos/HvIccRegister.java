package io.coldframe.bindings.macos;

import io.coldframe.bindings.generated.macos.HypervisorH;

/// The registers of a vCPU's interface to the interrupt controller, `ICC_...`, which the
/// controller's own state does not contain.
public enum HvIccRegister {
    /// Priority mask.
    PMR_EL1(HypervisorH.HV_GIC_ICC_REG_PMR_EL1()),
    /// Binary point, group 0.
    BPR0_EL1(HypervisorH.HV_GIC_ICC_REG_BPR0_EL1()),
    /// Active priorities, group 0.
    AP0R0_EL1(HypervisorH.HV_GIC_ICC_REG_AP0R0_EL1()),
    /// Active priorities, group 1.
    AP1R0_EL1(HypervisorH.HV_GIC_ICC_REG_AP1R0_EL1()),
    /// Running priority; derived from the active priorities.
    RPR_EL1(HypervisorH.HV_GIC_ICC_REG_RPR_EL1()),
    /// Binary point, group 1.
    BPR1_EL1(HypervisorH.HV_GIC_ICC_REG_BPR1_EL1()),
    /// Control.
    CTLR_EL1(HypervisorH.HV_GIC_ICC_REG_CTLR_EL1()),
    /// System register enable.
    SRE_EL1(HypervisorH.HV_GIC_ICC_REG_SRE_EL1()),
    /// Group 0 enable.
    IGRPEN0_EL1(HypervisorH.HV_GIC_ICC_REG_IGRPEN0_EL1()),
    /// Group 1 enable.
    IGRPEN1_EL1(HypervisorH.HV_GIC_ICC_REG_IGRPEN1_EL1()),
    /// System register enable of EL2, where the virtual machine has that.
    SRE_EL2(HypervisorH.HV_GIC_ICC_REG_SRE_EL2());

    private final int code;

    HvIccRegister(int code) {
        this.code = code;
    }

    /// The framework's number, encoded like [HvSystemRegister#code()]. Stable, so a snapshot may
    /// store it.
    public int code() {
        return code;
    }
}

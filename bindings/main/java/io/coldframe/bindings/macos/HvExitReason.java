package io.coldframe.bindings.macos;

import io.coldframe.bindings.generated.macos.HypervisorH;

/// Why a vCPU came back from the guest.
public enum HvExitReason {
    /// [HypervisorVcpu#cancel()] asked it to.
    CANCELED(HypervisorH.HV_EXIT_REASON_CANCELED()),
    /// The guest did something that the host has to see to: see [HvSyndrome].
    EXCEPTION(HypervisorH.HV_EXIT_REASON_EXCEPTION()),
    /// The virtual timer is due; it stays masked until the host unmasks it.
    VTIMER_ACTIVATED(HypervisorH.HV_EXIT_REASON_VTIMER_ACTIVATED()),
    /// The framework does not know, or this release of Coldframe does not.
    UNKNOWN(HypervisorH.HV_EXIT_REASON_UNKNOWN());

    private final int code;

    HvExitReason(int code) {
        this.code = code;
    }

    static HvExitReason of(int code) {
        for (HvExitReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        return UNKNOWN;
    }
}

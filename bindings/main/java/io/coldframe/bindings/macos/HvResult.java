package io.coldframe.bindings.macos;

import io.coldframe.bindings.generated.macos.HypervisorH;

import java.util.List;

/// What a call of Hypervisor.framework answered.
///
/// The codes that Apple documents are constants here and compare by `equals`. A code that no one
/// documented is kept as it is.
///
/// @param code the `hv_return_t`; 0 is success
public record HvResult(int code) {

    /// The call did what it was asked.
    public static final HvResult SUCCESS = new HvResult(HypervisorH.HV_SUCCESS());

    /// It failed, and the framework does not say why.
    public static final HvResult ERROR = new HvResult(HypervisorH.HV_ERROR());

    /// What it needs is in use, as the process's one virtual machine may be.
    public static final HvResult BUSY = new HvResult(HypervisorH.HV_BUSY());

    /// An argument is not valid.
    public static final HvResult BAD_ARGUMENT = new HvResult(HypervisorH.HV_BAD_ARGUMENT());

    /// The guest is in a state that does not allow it.
    public static final HvResult ILLEGAL_GUEST_STATE =
            new HvResult(HypervisorH.HV_ILLEGAL_GUEST_STATE());

    /// The host has no resources left for it.
    public static final HvResult NO_RESOURCES = new HvResult(HypervisorH.HV_NO_RESOURCES());

    /// There is no virtual machine or no vCPU.
    public static final HvResult NO_DEVICE = new HvResult(HypervisorH.HV_NO_DEVICE());

    /// The system does not allow it: see [HypervisorFramework#ENTITLEMENT].
    public static final HvResult DENIED = new HvResult(HypervisorH.HV_DENIED());

    /// An address does not work, or something is there already: Apple has two names for the code.
    public static final HvResult FAULT = new HvResult(HypervisorH.HV_FAULT());

    /// This host does not have it.
    public static final HvResult UNSUPPORTED = new HvResult(HypervisorH.HV_UNSUPPORTED());

    private record Documented(HvResult result, String name, String text) {}

    private static final List<Documented> DOCUMENTED =
            List.of(
                    new Documented(SUCCESS, "HV_SUCCESS", "success"),
                    new Documented(ERROR, "HV_ERROR", "it failed"),
                    new Documented(BUSY, "HV_BUSY", "what it needs is in use"),
                    new Documented(BAD_ARGUMENT, "HV_BAD_ARGUMENT", "an argument is not valid"),
                    new Documented(
                            ILLEGAL_GUEST_STATE,
                            "HV_ILLEGAL_GUEST_STATE",
                            "the guest's state does not allow it"),
                    new Documented(
                            NO_RESOURCES, "HV_NO_RESOURCES", "the host has no resources left"),
                    new Documented(
                            NO_DEVICE, "HV_NO_DEVICE", "there is no virtual machine or no vCPU"),
                    new Documented(
                            DENIED,
                            "HV_DENIED",
                            "the system does not allow it; is the launcher signed with "
                                    + HypervisorFramework.ENTITLEMENT
                                    + "?"),
                    new Documented(
                            FAULT, "HV_FAULT", "a bad address, or something is there already"),
                    new Documented(UNSUPPORTED, "HV_UNSUPPORTED", "this host does not have it"));

    /// The constant for a documented code, or a new result that keeps the code.
    static HvResult of(int code) {
        if (code == 0) {
            return SUCCESS;
        }
        for (Documented documented : DOCUMENTED) {
            if (documented.result.code == code) {
                return documented.result;
            }
        }
        return new HvResult(code);
    }

    /// Whether the call did what it was asked.
    public boolean isSuccess() {
        return code == 0;
    }

    /// Apple's name, as in `HV_BUSY`; `hv_return_t` and the number for a code that has none.
    public String name() {
        for (Documented documented : DOCUMENTED) {
            if (documented.result.code == code) {
                return documented.name;
            }
        }
        return "hv_return_t " + hex();
    }

    /// Name, number and meaning, for a message.
    @Override
    public String toString() {
        for (Documented documented : DOCUMENTED) {
            if (documented.result.code == code) {
                return documented.name + " (" + hex() + "): " + documented.text;
            }
        }
        return name() + ": not documented";
    }

    private String hex() {
        return String.format("0x%08x", code);
    }
}

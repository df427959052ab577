package io.coldframe.cli.doctor;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.macos.HvResult;
import io.coldframe.bindings.macos.HypervisorFramework;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The hypervisor of macOS.
final class HypervisorChecks {

    /// Said in every report, because a green line would promise more than anyone has seen.
    static final String UNTESTED =
            "Coldframe's code for it was tested on a stand-in only, never on real Apple hardware";

    private HypervisorChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(
                        "virtual machines",
                        "hypervisor-framework",
                        () -> attempt(HypervisorFramework.system())));
    }

    /// Makes the machine of this process, takes a page's write permission away, and ends it again.
    static Outcome attempt(Facility<HypervisorFramework> facility) throws Refused {
        return switch (facility) {
            case Facility.Missing<HypervisorFramework>(String reason, String remedy) ->
                    Outcome.missing(reason + "; " + UNTESTED, remedy);
            case Facility.Available<HypervisorFramework>(HypervisorFramework framework) ->
                    attempt(framework);
        };
    }

    private static Outcome attempt(HypervisorFramework framework) throws Refused {
        check(framework.createVm(), "hv_vm_create");
        int byteCount = HypervisorFramework.PAGE_BYTES;
        // Twice the page, because only macOS maps at its multiples.
        try (Mapped mapped = Mapped.anonymous(2L * byteCount, 0, "mmap")) {
            long start = -mapped.segment().address() & (byteCount - 1);
            MemorySegment page = mapped.segment().asSlice(start, byteCount);
            int readWrite = HypervisorFramework.READ | HypervisorFramework.WRITE;
            check(framework.map(page, 0, readWrite), "hv_vm_map");
            int protectedTo = HypervisorFramework.READ;
            check(framework.protect(0, byteCount, protectedTo), "hv_vm_protect");
            check(framework.unmap(0, byteCount), "hv_vm_unmap");
        } finally {
            // Whatever went wrong before is what matters.
            HvResult ignored = framework.destroyVm();
        }
        return Outcome.available("a page was mapped and protected; " + UNTESTED);
    }

    private static void check(HvResult result, String call) throws Refused {
        if (!result.isSuccess()) {
            throw Refused.because(
                    call + " answers " + result + "; " + UNTESTED,
                    result.equals(HvResult.DENIED)
                            ? "sign the Java launcher with " + HypervisorFramework.ENTITLEMENT
                            : "");
        }
    }
}

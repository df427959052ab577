package io.coldframe.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.bindings.Facility;
import io.coldframe.bindings.macos.HvResult;
import io.coldframe.bindings.macos.HypervisorFramework;
import io.coldframe.standin.HypervisorStandIn;
import io.coldframe.standin.HypervisorStandIn.Function;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Locale;

/// The check of Hypervisor.framework, on the stand-in.
final class HypervisorChecksTest {

    private HypervisorFramework framework;

    @BeforeEach
    void load() {
        framework = HypervisorStandIn.framework();
    }

    private Outcome attempt() throws Refused {
        return HypervisorChecks.attempt(Facility.available(framework));
    }

    @Test
    void aMachineIsMadeAndEndedAgainAndTheReportSaysWhatNobodyTried() throws Exception {
        // Twice: a process has one machine, so the first must be gone.
        for (int run = 0; run < 2; run++) {
            Outcome outcome = attempt();
            assertEquals(Outcome.State.AVAILABLE, outcome.state());
            assertTrue(outcome.detail().endsWith(HypervisorChecks.UNTESTED), outcome.detail());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Function.class,
            names = {"VM_CREATE", "VM_MAP", "VM_PROTECT", "VM_UNMAP"})
    void aRefusedCallIsNamedWithItsAnswer(Function function) throws Exception {
        assertEquals(HvResult.SUCCESS, framework.createVm());
        HypervisorStandIn.refuse(framework, function, 0, 1, HvResult.NO_RESOURCES);
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        Refused refused = assertThrows(Refused.class, this::attempt);
        String name = "hv_" + function.name().toLowerCase(Locale.ROOT);
        assertTrue(
                refused.reason().startsWith(name + " answers HV_NO_RESOURCES"), refused.reason());
        assertTrue(refused.reason().endsWith(HypervisorChecks.UNTESTED), refused.reason());
        // And it left no machine.
        assertEquals(Outcome.State.AVAILABLE, attempt().state());
    }

    @Test
    void aLauncherWithoutTheEntitlementIsToldWhatToSign() throws Exception {
        assertEquals(HvResult.SUCCESS, framework.createVm());
        HypervisorStandIn.refuse(framework, Function.VM_CREATE, 0, 1, HvResult.DENIED);
        assertEquals(HvResult.SUCCESS, framework.destroyVm());
        Refused refused = assertThrows(Refused.class, this::attempt);
        assertTrue(refused.remedy().contains(HypervisorFramework.ENTITLEMENT), refused.remedy());
    }
}

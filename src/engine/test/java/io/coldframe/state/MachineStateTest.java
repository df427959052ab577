package io.coldframe.state;

import static io.coldframe.state.Refusals.FILE;
import static io.coldframe.state.Refusals.assertRefused;
import static io.coldframe.state.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.UnknownFields;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

final class MachineStateTest {

    private static SnapshotException assertIncompatible(MachineState state) {
        return assertRefused(
                Kind.UNSUPPORTED, Reason.INCOMPATIBLE, () -> state.checkCompatible(FILE));
    }

    @ParameterizedTest
    @EnumSource
    void oneToThirtyTwoVcpusAreCompatible(Architecture architecture) throws SnapshotException {
        for (int count = 1; count <= 32; count++) {
            RandomStates.restorable(architecture, count, 64).checkCompatible(FILE);
        }
        assertSays("0 vCPUs", assertIncompatible(RandomStates.restorable(architecture, 0, 64)));
        assertSays("33 vCPUs", assertIncompatible(RandomStates.restorable(architecture, 33, 64)));
    }

    @Test
    void whatIsIncompatibleIsStoredAndReadAllTheSame() throws SnapshotException {
        for (int count : new int[] {0, 33, 256}) {
            MachineState state = RandomStates.restorable(Architecture.AARCH64, count, 64);
            StateEnvelope read = StateEnvelope.decode(StateFiles.of(state), FILE);
            assertEquals(state, read.state());
            assertIncompatible(read.state());
        }
    }

    @Test
    void threadsOfACoreAreIncompatible() {
        MachineState state = RandomStates.restorable(Architecture.X86_64, 1, 64);
        assertSays("smt", assertIncompatible(state.withVmInfo(state.vmInfo().withSmt(true))));
    }

    @Test
    void anEmptyInterruptControllerIsIncompatible() {
        MachineState state = RandomStates.restorable(Architecture.AARCH64, 1, 64);
        assertSays(
                "empty",
                assertIncompatible(state.withInterruptController(InterruptController.NONE)));
    }

    @Test
    void anInterruptControllerOfAnotherLengthThanStatedIsIncompatible() {
        MachineState state = RandomStates.restorable(Architecture.AARCH64, 1, 64);
        Blob bytes = Blob.of(new byte[8]);
        for (long stated : new long[] {0, 7, 9, -1}) {
            InterruptController cut = new InterruptController(bytes, stated, UnknownFields.NONE);
            assertSays(
                    "has 8 bytes, and " + Long.toUnsignedString(stated) + " are stated",
                    assertIncompatible(state.withInterruptController(cut)));
        }
    }

    @Test
    void aDiffNeedsTrackedPages() throws SnapshotException {
        MachineState state = RandomStates.restorable(Architecture.AARCH64, 1, 64);
        assertSays(
                "trackDirtyPages",
                assertRefused(
                        Kind.UNSUPPORTED,
                        Reason.INCOMPATIBLE,
                        () -> state.checkTracksDirtyPages(FILE)));
        state.withVmInfo(state.vmInfo().withTrackDirtyPages(true)).checkTracksDirtyPages(FILE);
    }

    @Test
    void aRegisterThatNobodyKnowsIsIncompatible() throws SnapshotException {
        Registers registers = Registers.NONE.with(0xC080, 1).with(0xDEAD, 2).with(-1, 3);
        MachineState state =
                RandomStates.restorable(Architecture.AARCH64, 1, 64)
                        .withVcpus(
                                List.of(
                                        new Arm64Vcpu(0),
                                        new Arm64Vcpu(1).withSystemRegisters(registers)));
        state.checkRegistersKnown(number -> true, FILE);
        SnapshotException refusal =
                assertRefused(
                        Kind.UNSUPPORTED,
                        Reason.INCOMPATIBLE,
                        () -> state.checkRegistersKnown(number -> number != 0xDEAD, FILE));
        assertSays("vCPU 1 has register 0xdead", refusal);
        assertSays(
                "0xffffffffffffffff",
                assertRefused(
                        Kind.UNSUPPORTED,
                        Reason.INCOMPATIBLE,
                        () -> state.checkRegistersKnown(number -> number != -1, FILE)));
    }

    @Test
    void anMsrThatNobodyKnowsIsIncompatible() {
        X86Vcpu vcpu = new X86Vcpu(0).withMsrs(Registers.NONE.with(0xC000_0080L, 0x500));
        MachineState state =
                RandomStates.restorable(Architecture.X86_64, 1, 64).withVcpus(List.of(vcpu));
        assertSays(
                "vCPU 0 has register 0xc0000080",
                assertRefused(
                        Kind.UNSUPPORTED,
                        Reason.INCOMPATIBLE,
                        () -> state.checkRegistersKnown(number -> false, FILE)));
    }

    @Test
    void onRestoreTheFirstVcpuIsOnAndTheOthersAreOff() {
        for (PsciState first : PsciState.values()) {
            for (PsciState other : PsciState.values()) {
                MachineState state =
                        RandomStates.restorable(Architecture.AARCH64, 1, 64)
                                .withVcpus(
                                        List.of(
                                                new Arm64Vcpu(0).withPsci(first),
                                                new Arm64Vcpu(1).withPsci(other),
                                                new Arm64Vcpu(2).withPsci(first)));
                MachineState normal =
                        state.withVcpus(
                                List.of(
                                        new Arm64Vcpu(0).withPsci(PsciState.ON),
                                        new Arm64Vcpu(1).withPsci(PsciState.OFF),
                                        new Arm64Vcpu(2).withPsci(PsciState.OFF)));
                assertEquals(normal, state.normalised());
            }
        }
    }

    @Test
    void onRestoreVcpusOfX86StayAsTheyAre() {
        X86Interrupts halted = new X86Interrupts(X86RunState.HALTED, X86Events.NONE, Blob.EMPTY);
        MachineState state =
                RandomStates.restorable(Architecture.X86_64, 1, 64)
                        .withVcpus(List.of(new X86Vcpu(0), new X86Vcpu(1).withInterrupts(halted)));
        assertEquals(state, state.normalised());
    }

    @Test
    void devicesAreSortedBySlotAndId() throws SnapshotException {
        List<DeviceState> sorted =
                List.of(
                        new DeviceState("z", "a", 0, Blob.EMPTY),
                        new DeviceState("y", "b", 0, Blob.EMPTY),
                        new DeviceState("x", "a", 1, Blob.EMPTY),
                        new DeviceState("w", "a", 0x7FFF_FFFF, Blob.EMPTY),
                        // Slots are unsigned.
                        new DeviceState("v", "a", 0x8000_0000, Blob.EMPTY));
        MachineState state = RandomStates.restorable(Architecture.AARCH64, 1, 64);
        byte[] file = StateFiles.of(state.withDevices(sorted));
        for (int seed = 0; seed < 50; seed++) {
            List<DeviceState> shuffled = new ArrayList<>(sorted);
            Collections.shuffle(shuffled, new Random(seed));
            MachineState made = state.withDevices(shuffled);
            assertEquals(sorted, made.devices());
            assertEquals(Blob.of(file), Blob.of(StateFiles.of(made)));
        }
    }

    @Test
    void aVcpuOfAnotherArchitectureIsRefused() {
        MachineState state = RandomStates.restorable(Architecture.AARCH64, 1, 64);
        assertThrows(
                IllegalArgumentException.class,
                () -> state.withVcpus(List.of(new Arm64Vcpu(0), new X86Vcpu(1))));
    }

    @Test
    void whatWasPassedInCanChangeWithoutTheState() {
        List<VcpuState> vcpus = new ArrayList<>(List.of(new Arm64Vcpu(0)));
        MachineState state = RandomStates.restorable(Architecture.AARCH64, 1, 64).withVcpus(vcpus);
        vcpus.clear();
        assertEquals(1, state.vcpus().size());
    }
}

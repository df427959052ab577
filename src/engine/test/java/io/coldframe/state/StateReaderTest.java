package io.coldframe.state;

import static io.coldframe.state.Refusals.FILE;
import static io.coldframe.state.Refusals.assertRefused;
import static io.coldframe.state.Refusals.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.wire.ProtoJudge;
import io.coldframe.wire.ProtoJudge.Draft;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/// Files whose sum is right and whose payload says what no machine can be. protobuf-java writes
/// them.
final class StateReaderTest {

    private final ProtoJudge judge = ProtoJudge.of("state.proto");

    private Draft machine() {
        return judge.message("MachineState")
                .set("vm_info", judge.message("VmInfo").set("memory_mib", 64));
    }

    private Draft arm64Vcpu() {
        return judge.message("Arm64Vcpu").addAll("x", new long[31]).addAll("v", new long[64]);
    }

    private byte[] file(Draft machine) {
        Message envelope = judge.message("Envelope").set("state", machine).build();
        return StateFiles.withPayload(envelope.toByteArray());
    }

    private void assertCorrupt(String says, Draft machine) {
        SnapshotException refusal = assertRefused(Kind.CORRUPT, Reason.ENCODING, file(machine));
        assertSays(says, refusal);
        assertSays("at byte ", refusal);
    }

    @Test
    void theLeastThatIsAStateIsRead() throws SnapshotException {
        StateEnvelope envelope = StateEnvelope.decode(file(machine()), FILE);
        assertEquals(new VmInfo(64), envelope.state().vmInfo());
        assertEquals(InterruptController.NONE, envelope.state().interruptController());
        StateEnvelope one =
                StateEnvelope.decode(file(machine().add("arm64_vcpus", arm64Vcpu())), FILE);
        assertEquals(List.of(new Arm64Vcpu(0)), one.state().vcpus());
    }

    @Test
    void aPayloadWithoutAStateIsRefused() {
        assertRefused(Kind.CORRUPT, Reason.ENCODING, StateFiles.withPayload(new byte[0]));
        assertCorrupt("no VmInfo", judge.message("MachineState"));
    }

    @Test
    void whatAConstructorRefusesIsCorruptInAFile() {
        assertCorrupt(
                "memoryMib", judge.message("MachineState").set("vm_info", judge.message("VmInfo")));
        assertCorrupt(
                "memoryMib",
                machine().set("vm_info", judge.message("VmInfo").set("memory_mib", -1)));
        assertCorrupt("registers x: 31", machine().add("arm64_vcpus", judge.message("Arm64Vcpu")));
        assertCorrupt(
                "general registers: 18", machine().add("x86_vcpus", judge.message("X86Vcpu")));
    }

    @Test
    void oneRegisterTooManyIsRefused() {
        Draft vcpu = judge.message("Arm64Vcpu").addAll("x", new long[32]);
        assertCorrupt("more than 31", machine().add("arm64_vcpus", vcpu));
    }

    @Test
    void aRegisterThatComesTwiceIsRefused() {
        Draft vcpu = arm64Vcpu();
        // Not neighbours, and of a map protobuf itself would let the last one count.
        vcpu.put("system_registers", 7, 1).put("system_registers", 9, 1);
        vcpu.put("system_registers", 7, 1);
        assertCorrupt("register 0x7 comes twice", machine().add("arm64_vcpus", vcpu));
    }

    @Test
    void registersInAnyOrderAreRead() throws SnapshotException {
        Draft vcpu = arm64Vcpu();
        vcpu.put("system_registers", -1, 3).put("system_registers", 9, 2);
        vcpu.put("system_registers", 7, 1);
        StateEnvelope read = StateEnvelope.decode(file(machine().add("arm64_vcpus", vcpu)), FILE);
        Registers expected = Registers.NONE.with(7, 1).with(9, 2).with(-1, 3);
        assertEquals(expected, read.state().vcpus().getFirst().numberedRegisters());
    }

    @Test
    void anEnumWithoutAConstantIsRefused() {
        // protobuf-java would not set such a value: it comes as an unknown field with its number.
        UnknownFieldSet.Field nine = UnknownFieldSet.Field.newBuilder().addVarint(3).build();
        Message vcpu =
                arm64Vcpu().build().toBuilder()
                        .setUnknownFields(UnknownFieldSet.newBuilder().addField(10, nine).build())
                        .build();
        assertCorrupt("field 10 is 3, at most 2", machine().add("arm64_vcpus", vcpu));
    }

    @Test
    void vcpusOfTheOtherArchitectureAreRefused() {
        // The header says arm64.
        Draft x86 = judge.message("X86Vcpu").addAll("general", new long[18]);
        x86.addAll("control", new long[7]).addAll("debug", new long[6]);
        for (int i = 0; i < X86SegmentName.COUNT; i++) {
            x86.add("segments", judge.message("Segment"));
        }
        assertCorrupt("a vCPU of x86_64 in a machine of aarch64", machine().add("x86_vcpus", x86));
    }

    @Test
    void endlessListsAreRefused() {
        Draft vcpus = machine();
        Collections.nCopies(257, arm64Vcpu()).forEach(each -> vcpus.add("arm64_vcpus", each));
        assertCorrupt("more than 256 vCPUs", vcpus);
        Draft devices = machine();
        Draft device = judge.message("Device");
        Collections.nCopies(4097, device).forEach(each -> devices.add("devices", each));
        assertCorrupt("more than 4096 devices", devices);
        Draft vcpu = arm64Vcpu();
        for (int number = 0; number < 4097; number++) {
            vcpu.put("system_registers", number, 0);
        }
        assertCorrupt("more than 4096 registers", machine().add("arm64_vcpus", vcpu));
    }

    @Test
    void aDigestOfAnotherLengthIsRefused() {
        Message envelope =
                judge.message("Envelope")
                        .set("state", machine())
                        .set("memory", judge.message("MemoryBinding").set("digest", new byte[31]))
                        .build();
        assertSays(
                "31 bytes",
                assertRefused(
                        Kind.CORRUPT,
                        Reason.ENCODING,
                        StateFiles.withPayload(envelope.toByteArray())));
    }

    /// A later release adds a field to every message, the ones of lists too.
    @Test
    void whatALaterReleaseStoresSurvivesAnEarlierOne() throws Exception {
        RandomStates states = new RandomStates(new SplittableRandom(3));
        int withUnknown = 0;
        for (int round = 0; round < 200; round++) {
            byte[] later = states.envelope().encode(FILE);
            StateEnvelope read = StateEnvelope.decode(later, FILE);
            assertEquals(
                    judge.parse("Envelope", payload(later)),
                    judge.parse("Envelope", payload(read.encode(FILE))));
            for (VcpuState vcpu : read.state().vcpus()) {
                withUnknown += vcpu.unknown().isEmpty() ? 0 : 1;
            }
        }
        assertTrue(withUnknown > 0, "no vCPU had an unknown field");
    }

    private static byte[] payload(byte[] file) {
        return Arrays.copyOfRange(file, EnvelopeHeader.BYTE_COUNT, file.length - Crc64.BYTE_COUNT);
    }
}

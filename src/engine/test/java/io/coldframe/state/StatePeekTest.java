package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/// Of a bad file, what can be read is shown.
final class StatePeekTest {

    private static StateEnvelope envelope() throws SnapshotException {
        MachineState state = StateEnvelope.decode(StateFiles.sample(), "file").state();
        return new StateEnvelope(
                state,
                Optional.of(
                        new MemoryBinding(
                                false,
                                state.vmInfo().memoryByteCount(),
                                Sha256.of(new byte[1]),
                                Blob.EMPTY)));
    }

    private static void assertContents(StateEnvelope expected, StatePeek peek) {
        MachineState state = expected.state();
        assertEquals(
                new StatePeek.Contents(
                        Optional.of(state.vmInfo()),
                        state.vcpus().size(),
                        state.devices().size(),
                        state.metadataService().isPresent(),
                        expected.memory()),
                peek.contents());
        assertEquals(OptionalLong.of(expected.architecture().magic()), peek.magic());
        assertEquals(Optional.of("aarch64"), peek.architecture());
        assertEquals(Optional.of(expected.version()), peek.version());
    }

    @Test
    void ofASoundFileEverythingIsTold(@TempDir Path folder) throws Exception {
        byte[] file = envelope().encode("file");
        Path path = Files.write(folder.resolve("vm.snap"), file);
        StatePeek peek = StateEnvelope.peek(path);
        assertContents(envelope(), peek);
        assertEquals(file.length, peek.byteCount());
        assertTrue(peek.checksumGood());
        assertEquals(Optional.empty(), peek.fault());
    }

    @Test
    void aWrongSumHidesNothing() throws SnapshotException {
        byte[] file = envelope().encode("file");
        file[file.length - 1] ^= 1;
        StatePeek peek = StateEnvelope.peek(file, "file");
        assertContents(envelope(), peek);
        assertFalse(peek.checksumGood());
        assertEquals(Reason.CHECKSUM, peek.fault().orElseThrow().reason());
    }

    @Test
    void oneBadPartHidesOnlyItself() throws SnapshotException {
        byte[] file = envelope().encode("file");
        // The length of the machine state takes two bytes here: then the tag of VmInfo, its
        // length, and the tag of memory_mib, which becomes one that there is not.
        int tag = EnvelopeHeader.BYTE_COUNT + 3 + 2;
        assertEquals(0x08, file[tag]);
        StatePeek peek = StateEnvelope.peek(StateFiles.withByte(file, tag, 0x0F), "file");
        assertTrue(peek.checksumGood());
        assertEquals(Reason.ENCODING, peek.fault().orElseThrow().reason());
        assertEquals(Optional.empty(), peek.contents().vmInfo());
        assertEquals(2, peek.contents().vcpuCount());
        assertEquals(1, peek.contents().deviceCount());
        assertTrue(peek.contents().hasMetadataService());
        assertEquals(envelope().memory(), peek.contents().memory());
    }

    @Test
    void whateverIsLeftOfAFileIsRead() throws SnapshotException {
        byte[] file = envelope().encode("file");
        int vcpusSeen = 0;
        for (int end = 0; end < file.length; end++) {
            StatePeek peek = StateEnvelope.peek(Arrays.copyOf(file, end), "file");
            assertTrue(peek.fault().isPresent());
            assertEquals(Kind.CORRUPT, peek.fault().get().kind());
            assertFalse(peek.checksumGood());
            assertEquals(end >= Long.BYTES, peek.magic().isPresent());
            assertEquals(end >= EnvelopeHeader.BYTE_COUNT, peek.version().isPresent());
            assertTrue(peek.contents().vcpuCount() >= vcpusSeen, "vCPUs disappear");
            vcpusSeen = peek.contents().vcpuCount();
        }
        assertEquals(2, vcpusSeen);
    }

    @Test
    void aLaterVersionIsNamed() throws SnapshotException {
        byte[] file = StateFiles.withShort(envelope().encode("file"), 8, 6);
        StatePeek peek = StateEnvelope.peek(file, "file");
        assertEquals(Optional.of(new Version(6, 0, 0)), peek.version());
        assertTrue(peek.checksumGood());
        assertEquals(Reason.VERSION, peek.fault().orElseThrow().reason());
        assertContents(envelope(), StateEnvelope.peek(StateFiles.withShort(file, 8, 5), "file"));
    }

    @Test
    void anArchitectureToComeIsNamed() throws SnapshotException {
        byte[] file = StateFiles.withLong(StateFiles.sample(), 0, 0x0710_1984_5515_0000L);
        byte[] name = {'r', 'i', 's', 'c', 'v', '6', '4', 0x1B};
        System.arraycopy(name, 0, file, 16, name.length);
        StatePeek peek = StateEnvelope.peek(file, "file");
        assertEquals(Optional.of("riscv64?"), peek.architecture());
    }

    @Test
    void ofAForeignFileTheSumAtLeastIsTold() {
        byte[] foreign = new byte[100];
        Arrays.fill(foreign, (byte) 0xF5);
        assertFalse(StateEnvelope.peek(foreign, "file").checksumGood());
        StateEnvelope.seal(foreign);
        StatePeek peek = StateEnvelope.peek(foreign, "file");
        assertTrue(peek.checksumGood());
        assertEquals(Reason.MAGIC, peek.fault().orElseThrow().reason());
        assertEquals(Optional.empty(), peek.contents().vmInfo());
    }

    @Test
    void zerosHaveNoGoodSum() {
        assertFalse(StateEnvelope.peek(new byte[100], "file").checksumGood());
    }
}

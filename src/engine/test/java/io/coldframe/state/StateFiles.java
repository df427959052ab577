package io.coldframe.state;

import io.coldframe.Blob;
import io.coldframe.SnapshotException;
import io.coldframe.wire.WireWriter;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// State files for tests, and changes of their bytes.
final class StateFiles {

    private StateFiles() {}

    static byte[] of(MachineState state) throws SnapshotException {
        return new StateEnvelope(state, Optional.empty()).encode("a new file");
    }

    /// A small file with something in every part.
    static byte[] sample() throws SnapshotException {
        return of(
                RandomStates.restorable(Architecture.AARCH64, 2, 256)
                        .withDevices(
                                List.of(
                                        new DeviceState(
                                                "virtio-net", "eth0", 1, Blob.ofText("net"))))
                        .withMetadataService(new MetadataService("{}", 60)));
    }

    /// A file of exactly so many bytes: the blob of its one device is as long as it takes.
    static MachineState stateOfFileBytes(int fileBytes) throws SnapshotException {
        MachineState small = RandomStates.restorable(Architecture.X86_64, 1, 64);
        // Four bytes of length wherever there are several millions.
        int blobBytes = fileBytes - of(small).length - 100;
        for (int tries = 0; tries < 100; tries++) {
            MachineState padded =
                    small.withDevices(
                            List.of(
                                    new DeviceState(
                                            "padding", "", 0, Blob.of(new byte[blobBytes]))));
            int left = fileBytes - byteCount(padded);
            if (left == 0) {
                return padded;
            }
            blobBytes += left;
        }
        throw new AssertionError("no blob makes a file of " + fileBytes + " bytes");
    }

    private static int byteCount(MachineState state) {
        WireWriter counter = new WireWriter(0);
        StateWriter.envelope(counter, new StateEnvelope(state, Optional.empty()));
        return Math.toIntExact(counter.byteCount() + EnvelopeHeader.BYTE_COUNT + Crc64.BYTE_COUNT);
    }

    static byte[] withByte(byte[] file, int at, int value) {
        byte[] changed = file.clone();
        changed[at] = (byte) value;
        StateEnvelope.seal(changed);
        return changed;
    }

    static byte[] withShort(byte[] file, int at, int value) {
        byte[] changed = file.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putShort(at, (short) value);
        StateEnvelope.seal(changed);
        return changed;
    }

    static byte[] withLong(byte[] file, int at, long value) {
        byte[] changed = file.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        StateEnvelope.seal(changed);
        return changed;
    }

    /// A file with these bytes for a payload, and all else right.
    static byte[] withPayload(byte[] payload) {
        byte[] file = new byte[EnvelopeHeader.BYTE_COUNT + payload.length + Crc64.BYTE_COUNT];
        EnvelopeHeader.of(Version.CURRENT, Architecture.AARCH64, payload.length).write(file);
        System.arraycopy(payload, 0, file, EnvelopeHeader.BYTE_COUNT, payload.length);
        StateEnvelope.seal(file);
        return file;
    }
}

package io.coldframe.state;

import io.coldframe.SnapshotException;
import io.coldframe.wire.MessageReader;
import io.coldframe.wire.WireReader;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads of a state file what can be read: every part that is whole, up to the first byte after
/// which nothing makes sense any more.
final class StatePeeker {

    private Optional<VmInfo> vmInfo = Optional.empty();
    private int vcpuCount;
    private int deviceCount;
    private boolean hasMetadataService;
    private Optional<MemoryBinding> memory = Optional.empty();

    private StatePeeker() {}

    static StatePeek peek(byte[] file, Object resource) {
        StatePeeker peeker = new StatePeeker();
        Optional<SnapshotException> fault = peeker.fill(file, resource);
        boolean header = file.length >= EnvelopeHeader.BYTE_COUNT;
        return new StatePeek(
                file.length,
                magic(file),
                header ? Optional.of(EnvelopeHeader.read(file).version()) : Optional.empty(),
                header ? Optional.of(EnvelopeHeader.read(file).printableName()) : Optional.empty(),
                StateEnvelope.isSumGood(file, resource),
                new StatePeek.Contents(
                        peeker.vmInfo,
                        peeker.vcpuCount,
                        peeker.deviceCount,
                        peeker.hasMetadataService,
                        peeker.memory),
                fault);
    }

    private static OptionalLong magic(byte[] file) {
        return file.length < Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    }

    private Optional<SnapshotException> fill(byte[] file, Object resource) {
        try {
            StateEnvelope envelope = StateEnvelope.decode(file, resource);
            MachineState state = envelope.state();
            vmInfo = Optional.of(state.vmInfo());
            vcpuCount = state.vcpus().size();
            deviceCount = state.devices().size();
            hasMetadataService = state.metadataService().isPresent();
            memory = envelope.memory();
            return Optional.empty();
        } catch (SnapshotException fault) {
            int end = Math.min(file.length, StateEnvelope.LIMIT_BYTES) - Crc64.BYTE_COUNT;
            if (end > EnvelopeHeader.BYTE_COUNT) {
                scan(file, end, resource);
            }
            return Optional.of(fault);
        }
    }

    private void scan(byte[] file, int end, Object resource) {
        try {
            WireReader.readWhatIsLeft(
                    file, EnvelopeHeader.BYTE_COUNT, end, resource, this::envelope);
        } catch (SnapshotException beyondReading) {
            // What was found before stays.
        }
    }

    private StatePeeker envelope(WireReader in) throws SnapshotException {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> part(in, this::machine);
                case 2 -> memory = part(in, StateReader::binding).or(() -> memory);
                default -> in.skip();
            }
        }
        return this;
    }

    private StatePeeker machine(WireReader in) throws SnapshotException {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> vmInfo = part(in, StateReader::vmInfo).or(() -> vmInfo);
                case 2, 3 -> {
                    in.skip();
                    vcpuCount++;
                }
                case 4 -> {
                    in.skip();
                    deviceCount++;
                }
                case 6 -> {
                    in.skip();
                    hasMetadataService = true;
                }
                default -> in.skip();
            }
        }
        return this;
    }

    /// A message that may be bad: its length is known, so what comes behind it can be read.
    private static <T> Optional<T> part(WireReader in, MessageReader<T> reader)
            throws SnapshotException {
        int before = in.offset();
        try {
            return Optional.of(in.eachMessage(reader));
        } catch (SnapshotException bad) {
            if (in.offset() == before) {
                in.skip();
            }
            return Optional.empty();
        }
    }
}

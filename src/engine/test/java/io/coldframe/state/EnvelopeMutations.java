package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.MutationTarget;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Changed state files.
public final class EnvelopeMutations implements MutationTarget {

    private static final int SAMPLE_COUNT = 40;

    /// Made by name.
    public EnvelopeMutations() {}

    @Override
    public List<byte[]> samples() throws SnapshotException {
        RandomStates states = new RandomStates(new SplittableRandom(5));
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLE_COUNT; i++) {
            samples.add(states.envelope().encode("sample"));
        }
        for (Architecture architecture : Architecture.values()) {
            MachineState state = RandomStates.restorable(architecture, 1, 128);
            samples.add(new StateEnvelope(state, Optional.empty()).encode("sample"));
        }
        return samples;
    }

    @Override
    public void decode(byte[] input, Object resource) throws SnapshotException {
        StatePeek peek = StateEnvelope.peek(input, resource);
        if (peek.fault().isPresent()) {
            throw peek.fault().get();
        }
        StateEnvelope envelope = StateEnvelope.decode(input, resource);
        byte[] encoded = envelope.encode(resource);
        StateEnvelope again = StateEnvelope.decode(encoded, resource);
        assertEquals(envelope, again);
        assertArrayEquals(encoded, again.encode(resource));
    }

    @Override
    public List<Supplier<byte[]>> worst() {
        // Message by message from the outside in: what it is repeated in, and what is repeated.
        return List.of(
                () -> full(new byte[0], new byte[] {0x78, 1}),
                () -> full(new byte[0], new byte[] {0x7D, 1, 2, 3, 4}),
                () -> full(new byte[0], new byte[] {0x7A, 0}),
                () -> full(new byte[] {0x0A}, new byte[] {0x78, 1}),
                () -> full(new byte[] {0x0A}, new byte[] {0x12, 0}),
                () -> full(new byte[] {0x0A}, new byte[] {0x22, 0}),
                () -> full(new byte[] {0x0A, 0x12}, new byte[] {0x4A, 0}),
                () -> full(new byte[] {0x0A, 0x12}, new byte[] {0x12}),
                () -> full(new byte[] {0x0A, 0x12}, new byte[] {0x78, 1}),
                () -> full(new byte[] {0x0A, 0x1A}, new byte[] {0x12, 0}),
                () -> full(new byte[] {0x0A, 0x1A, 0x12}, new byte[] {0x40, 0}),
                () -> full(new byte[] {0x0A, 0x0A, 0x1A}, new byte[] {'a'}),
                () -> full(new byte[] {0x0A, 0x32, 0x0A}, new byte[] {(byte) 0xC3, (byte) 0xA9}),
                () -> full(new byte[] {0x0A, 0x2A, 0x12}, new byte[] {1}),
                () -> new byte[StateEnvelope.LIMIT_BYTES],
                () -> new byte[StateEnvelope.LIMIT_BYTES + 1]);
    }

    /// A file as long as is allowed, of `tags` one in the other and in the last of them, as often
    /// as there is room, `element`.
    private static byte[] full(byte[] tags, byte[] element) {
        byte[] file = new byte[StateEnvelope.LIMIT_BYTES];
        ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int end = file.length - Crc64.BYTE_COUNT;
        EnvelopeHeader.of(Version.CURRENT, Architecture.AARCH64, end - EnvelopeHeader.BYTE_COUNT)
                .write(file);
        out.position(EnvelopeHeader.BYTE_COUNT);
        for (byte tag : tags) {
            out.put(tag);
            // Always four bytes, which the last length may not need.
            int left = end - out.position() - 4;
            for (int shift = 0; shift < 28; shift += 7) {
                out.put((byte) (((left >>> shift) & 0x7F) | (shift == 21 ? 0 : 0x80)));
            }
        }
        while (out.position() + element.length <= end) {
            out.put(element);
        }
        StateEnvelope.seal(file);
        return file;
    }

    @Override
    public void decodeWorst(byte[] input, Object resource) throws SnapshotException {
        StatePeek peek = StateEnvelope.peek(input, resource);
        if (peek.fault().isPresent()) {
            throw peek.fault().get();
        }
    }

    /// The length in the header and the sum at the end.
    @Override
    public byte[] sealed(byte[] input) {
        if (input.length < EnvelopeHeader.BYTE_COUNT + Crc64.BYTE_COUNT) {
            return input;
        }
        long payloadBytes = (long) input.length - EnvelopeHeader.BYTE_COUNT - Crc64.BYTE_COUNT;
        ByteBuffer.wrap(input)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(EnvelopeHeader.BYTE_COUNT - Long.BYTES, payloadBytes);
        StateEnvelope.seal(input);
        return input;
    }

    @Override
    public List<Kind> kinds() {
        // A changed header can be that of a later version, or of an architecture to come.
        return List.of(Kind.CORRUPT, Kind.UNSUPPORTED);
    }
}

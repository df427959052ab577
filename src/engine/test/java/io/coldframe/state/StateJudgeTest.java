package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Message;

import io.coldframe.Soak;
import io.coldframe.wire.ProtoJudge;
import io.coldframe.wire.WireReader;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

/// What protobuf-java makes of our states, and we of its: the same bytes, and the same states.
final class StateJudgeTest {

    private static final int STATE_COUNT = Soak.count(2_000, 40_000);

    private final ProtoJudge judge = ProtoJudge.of("state.proto");
    private final TheirState their = new TheirState(judge);

    @Test
    void bothReadWhatEitherWrites() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("states for protobuf-java: seed " + seed);
        RandomStates states = new RandomStates(new SplittableRandom(seed));
        for (int round = 0; round < STATE_COUNT; round++) {
            StateEnvelope envelope = states.envelope();
            byte[] file = envelope.encode("file");
            byte[] ours =
                    Arrays.copyOfRange(
                            file, EnvelopeHeader.BYTE_COUNT, file.length - Crc64.BYTE_COUNT);
            Message theirs = their.envelope(envelope);
            assertArrayEquals(theirs.toByteArray(), ours, "round " + round);
            assertEquals(theirs, judge.parse("Envelope", ours), "round " + round);
            byte[] bytes = theirs.toByteArray();
            StateEnvelope read =
                    WireReader.read(
                            bytes,
                            0,
                            bytes.length,
                            "theirs",
                            in ->
                                    StateReader.envelope(
                                            in, envelope.version(), envelope.architecture()));
            assertEquals(envelope, read, "round " + round);
        }
    }
}

package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.util.Optional;
import java.util.SplittableRandom;

final class EnvelopeRoundTripTest {

    private static final int STATE_COUNT = Soak.count(3_000, 100_000);

    @Test
    void whatWasWrittenIsReadAgain() throws SnapshotException {
        long seed = new SplittableRandom().nextLong();
        System.out.println("random states: seed " + seed);
        RandomStates states = new RandomStates(new SplittableRandom(seed));
        for (int round = 0; round < STATE_COUNT; round++) {
            StateEnvelope envelope = states.envelope();
            byte[] file = envelope.encode("file");
            StateEnvelope read = StateEnvelope.decode(file, "file");
            assertEquals(envelope, read);
            assertEquals(envelope.hashCode(), read.hashCode());
            assertArrayEquals(file, read.encode("file"), "the same state, other bytes");
        }
    }

    @Test
    void theFilesOfTheTwoArchitecturesBeginWithTheirNumbers() throws SnapshotException {
        for (Architecture architecture : Architecture.values()) {
            MachineState state = RandomStates.restorable(architecture, 2, 256);
            byte[] file = new StateEnvelope(state, Optional.empty()).encode("file");
            StatePeek peek = StateEnvelope.peek(file, "file");
            assertEquals(architecture.magic(), peek.magic().getAsLong());
            assertTrue(peek.fault().isEmpty());
        }
    }
}

package io.coldframe.state;

import io.coldframe.MutationProof;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

final class EnvelopeMutationTest {

    @Test
    void noInputBreaksTheReader() throws Exception {
        MutationProof.run(EnvelopeMutations.class, Soak.count(200_000, 1_000_000));
    }
}

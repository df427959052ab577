package io.coldframe.wrenn;

import io.coldframe.MutationProof;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

final class WrennMutationTest {

    @Test
    void noInputBreaksTheReaderOfHeaders() throws Exception {
        MutationProof.run(WrennHeaderMutations.class, Soak.count(200_000, 2_000_000));
    }
}

package io.coldframe.snapshot;

import io.coldframe.MutationProof;
import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

final class SmallFileMutationTest {

    @Test
    void noInputBreaksTheReaderOfOpenVmmsManifest() throws Exception {
        MutationProof.run(OpenVmmManifestMutations.class, Soak.count(200_000, 1_000_000));
    }

    /// Each of them is a file.
    @Test
    void noInputBreaksTheReaderOfTags() throws Exception {
        MutationProof.run(TagMutations.class, Soak.count(20_000, 400_000));
    }
}

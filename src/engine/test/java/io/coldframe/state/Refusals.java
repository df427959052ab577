package io.coldframe.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import org.junit.jupiter.api.function.Executable;

/// What a refusal has to say.
final class Refusals {

    static final String FILE = "some/folder/vm.snap";

    private Refusals() {}

    /// Checks that `file` is refused like this, with its name.
    static SnapshotException assertRefused(Kind kind, Reason reason, byte[] file) {
        return assertRefused(kind, reason, () -> StateEnvelope.decode(file, FILE));
    }

    static SnapshotException assertRefused(Kind kind, Reason reason, Executable call) {
        SnapshotException refusal = assertThrows(SnapshotException.class, call);
        assertEquals(
                kind + " " + reason, refusal.kind() + " " + refusal.reason(), refusal::toString);
        assertSays("[" + FILE + "]", refusal);
        return refusal;
    }

    static void assertSays(String text, SnapshotException refusal) {
        assertTrue(refusal.toString().contains(text), refusal::toString);
    }
}

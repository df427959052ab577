package io.coldframe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import org.junit.jupiter.api.function.Executable;

import java.nio.file.Path;

/// Expects refusals that say what a caller has to know.
final class Refusals {
    private Refusals() {}

    /// Fails unless the work is refused with this kind and reason, in words that name the path.
    static SnapshotException refused(Kind kind, Reason reason, Path path, Executable work) {
        SnapshotException refusal = assertThrows(SnapshotException.class, work);
        assertEquals(kind, refusal.kind(), refusal::toString);
        assertEquals(reason, refusal.reason(), refusal::toString);
        assertTrue(refusal.toString().contains(path.toString()), refusal::toString);
        return refusal;
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;

import org.junit.jupiter.api.function.Executable;

/// What a refusal is and says.
final class Refusals {

    private Refusals() {}

    static SnapshotException assertRefused(
            Kind kind, Reason reason, Executable attempt, String... parts) {
        SnapshotException refused = assertThrows(SnapshotException.class, attempt);
        assertEquals(kind, refused.kind(), refused.getMessage());
        assertEquals(reason, refused.reason(), refused.getMessage());
        assertSays(refused, parts);
        return refused;
    }

    static void assertSays(Throwable refused, String... parts) {
        String message = String.valueOf(refused.getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "no '" + part + "' in: " + message);
        }
    }
}

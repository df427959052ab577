package io.coldframe.layer;

import java.time.Instant;
import java.util.UUID;

/// The snapshot that last wrote a block, be it with zeros.
///
/// @param snapshotId its id
/// @param generation its distance from the first of its line, 0 for that
/// @param createdAt when it was captured
public record Origin(UUID snapshotId, int generation, Instant createdAt) {

    /// Refuses what no snapshot has.
    public Origin {
        Bytes.requireId(snapshotId);
        if (generation < 0) {
            throw new IllegalArgumentException("generation is negative: " + generation);
        }
    }
}

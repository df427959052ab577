package io.coldframe.inspect;

import java.time.Instant;
import java.util.UUID;

/// The snapshot in which a page got what it holds. It may be gone by now: pages outlive the
/// snapshot that wrote them.
///
/// @param snapshotId its id
/// @param generation how many parents it had, one above the other
/// @param createdAt when it was asked for
public record Author(UUID snapshotId, int generation, Instant createdAt) {}

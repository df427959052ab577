package io.coldframe.snapshot;

import java.util.List;
import java.util.Optional;

/// One line of a store's list.
///
/// @param name what the snapshot is called
/// @param manifest what it is; empty if that can't be read
/// @param problem why it can't be read; empty if it can
/// @param tags its other names, sorted
public record SnapshotSummary(
        String name, Optional<Manifest> manifest, String problem, List<String> tags) {

    /// Copies the list.
    public SnapshotSummary {
        tags = List.copyOf(tags);
    }
}

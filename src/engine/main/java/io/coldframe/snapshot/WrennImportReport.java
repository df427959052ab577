package io.coldframe.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What was brought from Wrenn into a store.
///
/// @param generations in the order in which they were brought, the oldest first
public record WrennImportReport(List<Generation> generations) {

    /// Copies the list.
    public WrennImportReport {
        generations = List.copyOf(generations);
    }

    /// One of them.
    ///
    /// @param name what the snapshot is called
    /// @param buildId of the generation
    /// @param generation its distance from the first one
    /// @param parent what the snapshot lies on, by name; empty if it lies on nothing
    /// @param saved what was saved; empty if the store had this generation already
    public record Generation(
            String name,
            UUID buildId,
            long generation,
            Optional<String> parent,
            Optional<SnapshotReport> saved) {}
}

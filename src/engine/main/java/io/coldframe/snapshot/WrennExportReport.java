package io.coldframe.snapshot;

import io.coldframe.wrenn.WrennReport;

import java.nio.file.Path;
import java.util.List;

/// What was written for Wrenn.
///
/// @param generations the oldest first
public record WrennExportReport(List<Generation> generations) {

    /// Copies the list.
    public WrennExportReport {
        generations = List.copyOf(generations);
    }

    /// One of them.
    ///
    /// @param name what the snapshot is called
    /// @param directory has the header and all compact files that it names
    /// @param written what was written
    /// @param isOriginal whether it has the build id with which it came from Wrenn, because it is
    ///     mapped as it was there
    public record Generation(
            String name, Path directory, WrennReport written, boolean isOriginal) {}
}

package io.coldframe.snapshot;

import io.coldframe.image.WriteReport;
import io.coldframe.layer.LayerReport;

import java.util.Optional;

/// What was saved.
///
/// @param name what the snapshot is called
/// @param manifest what it is
/// @param pagesWritten how many pages of the manifest's page size were written
/// @param memory how they were written
/// @param layer what of the memory was new, if it was captured as a layer
public record SnapshotReport(
        String name,
        Manifest manifest,
        long pagesWritten,
        WriteReport memory,
        Optional<LayerReport> layer) {}

package io.coldframe.snapshot;

import io.coldframe.image.WriteReport;

/// What was saved.
///
/// @param name what the snapshot is called
/// @param manifest what it is
/// @param pagesWritten how many pages of the manifest's page size were written
/// @param memory how they were written
public record SnapshotReport(
        String name, Manifest manifest, long pagesWritten, WriteReport memory) {}

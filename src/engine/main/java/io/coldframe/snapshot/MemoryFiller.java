package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.ImageSums;
import io.coldframe.image.WriteReport;

/// Brings the memory of a snapshot into its draft.
@FunctionalInterface
interface MemoryFiller {

    /// What was brought.
    ///
    /// @param sums of the file, whole
    /// @param report how it was brought
    record Filled(ImageSums sums, WriteReport report) {}

    /// Makes the file of memory in the draft.
    ///
    /// @param draft where
    /// @param memoryName what the file is called
    Filled fill(AtomicDirectory draft, String memoryName) throws SnapshotException;
}

package io.coldframe.snapshot;

import java.util.List;

/// What a prune did.
///
/// @param removed the names of the snapshots that are gone
/// @param left which of the plan's are still there, and why, as in `name: tagged meanwhile`
/// @param freedByteCount how much is free now
/// @param sweep what became of layers that no snapshot reads any more
public record PruneReport(
        List<String> removed, List<String> left, long freedByteCount, LayerSweep sweep) {

    /// Copies the lists.
    public PruneReport {
        removed = List.copyOf(removed);
        left = List.copyOf(left);
    }
}

package io.coldframe.snapshot;

import java.util.List;

/// What a compaction did.
///
/// @param plan what it carried out, as the store was when it began
/// @param readByteCount how much it read to copy it
/// @param writtenByteCount how much it wrote into new layers
/// @param resumedByteCount how much of the new layers an earlier run had written
/// @param rewritten how many snapshots have another index now
/// @param left which snapshots were left as they are, and why, as in `name: somebody writes it`
/// @param sweep what became of the layers that no snapshot reads any more
public record CompactionReport(
        CompactionPlan plan,
        long readByteCount,
        long writtenByteCount,
        long resumedByteCount,
        int rewritten,
        List<String> left,
        LayerSweep sweep) {

    /// Copies the list.
    public CompactionReport {
        left = List.copyOf(left);
    }
}

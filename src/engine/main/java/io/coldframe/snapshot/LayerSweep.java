package io.coldframe.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What became of layers that no living snapshot reads.
///
/// @param removed the layers that are gone
/// @param freedByteCount what their files took on the disk
/// @param whyLeft why what is left was not removed now; empty if nothing is
public record LayerSweep(List<UUID> removed, long freedByteCount, String whyLeft) {

    static final LayerSweep NOTHING = new LayerSweep(List.of(), 0, "");

    /// Copies the list.
    public LayerSweep {
        removed = List.copyOf(removed);
    }

    /// This one and another after it, which says what is left.
    LayerSweep then(LayerSweep next) {
        List<UUID> both = new ArrayList<>(removed);
        both.addAll(next.removed);
        return new LayerSweep(both, freedByteCount + next.freedByteCount, next.whyLeft);
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;

/// Knows where layers lie.
@FunctionalInterface
public interface LayerFinder {

    /// {@return where a layer lies}
    ///
    /// @param layer as an index names it
    /// @throws SnapshotException of kind `MISSING` if it is not there
    LayerFiles find(LayerRef layer) throws SnapshotException;
}

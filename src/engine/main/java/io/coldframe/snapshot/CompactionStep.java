package io.coldframe.snapshot;

import io.coldframe.memory.PageSize;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Some layers that become one.
///
/// @param blockSize of the layers
/// @param layers what is rewritten, and why
/// @param base the image snapshot whose bytes become part of the new layer, if one does
/// @param snapshots who reads them, in the order in which the new layer is laid out
/// @param readByteCount how much is read
/// @param writtenByteCount how much is written at most: zeros of an image are not
/// @param freedByteCount how long the files are that go
/// @param isResumed whether an earlier run has begun with it, and what it wrote is used
public record CompactionStep(
        PageSize blockSize,
        List<RewrittenLayer> layers,
        Optional<UUID> base,
        List<RewrittenSnapshot> snapshots,
        long readByteCount,
        long writtenByteCount,
        long freedByteCount,
        boolean isResumed) {

    /// Copies the lists.
    public CompactionStep {
        layers = List.copyOf(layers);
        snapshots = List.copyOf(snapshots);
    }

    /// Why a layer is rewritten.
    public enum Cause {
        /// A snapshot reads too many layers.
        DEPTH,
        /// Too many of its blocks are read by nobody.
        DEAD,
        /// What a snapshot reads lies in too many pieces.
        FRAGMENTS,
        /// A run that was interrupted was at it.
        INTERRUPTED
    }

    /// A layer that goes.
    ///
    /// @param id the layer
    /// @param holder the snapshot that it was made with; empty if that has gone
    /// @param storedBlockCount how many blocks it has
    /// @param liveBlockCount how many of them some snapshot reads
    /// @param cause why it is rewritten
    public record RewrittenLayer(
            UUID id,
            Optional<String> holder,
            long storedBlockCount,
            long liveBlockCount,
            Cause cause) {}

    /// A snapshot that gets another index.
    ///
    /// @param name what it is called
    /// @param id which it is
    /// @param depthBefore how many layers it reads
    /// @param depthAfter how many it will read at most: what is taken in of an image may be zero
    /// @param losesBase whether it lies on an image now, and will not
    public record RewrittenSnapshot(
            String name, UUID id, int depthBefore, int depthAfter, boolean losesBase) {}
}

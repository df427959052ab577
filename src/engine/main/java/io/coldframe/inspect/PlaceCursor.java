package io.coldframe.inspect;

import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Snapshot;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// Walks over where the bytes of a snapshot are stored. Of an image snapshot that is itself, all of
/// it: an index that lies on it says *parent* for the same bytes.
///
/// **Threads.** One.
final class PlaceCursor {

    private final Snapshot snapshot;
    private final Optional<LayerChain> layers;
    private final long byteCount;
    private final PageSize block;
    private int extent = -1;
    private long offset;
    private long endOffset;

    PlaceCursor(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.layers = snapshot.layers();
        this.byteCount = snapshot.manifest().memory().byteCount();
        this.block = snapshot.manifest().memory().pageSize();
    }

    PageSize block() {
        return block;
    }

    /// Goes to an offset; where the run ends that it is in.
    long seek(long newOffset) {
        offset = newOffset;
        if (layers.isEmpty()) {
            endOffset = byteCount;
        } else if (extent < 0 || newOffset >= endOffset) {
            ExtentMap map = index().map();
            extent = map.find(block.page(newOffset));
            endOffset = Authors.end(block, map.endBlock(extent), byteCount);
        }
        return endOffset;
    }

    BlockPlace place() {
        return layers.isEmpty() ? BlockPlace.PARENT : index().map().place(extent);
    }

    /// The sum of the whole block at the offset, where one is stored.
    OptionalInt sum(long atOffset) {
        return layers.isEmpty() ? OptionalInt.empty() : layers.get().sum(block.page(atOffset));
    }

    /// Whether the bytes at both cursors are one and the same: what is not equal may be so, too.
    boolean isSame(PlaceCursor other) {
        if (place() != other.place()) {
            return false;
        }
        return switch (place()) {
            case ZERO -> true;
            case PARENT -> base().equals(other.base());
            case DATA ->
                    layerId().equals(other.layerId()) && storedOffset() == other.storedOffset();
        };
    }

    private LayerIndex index() {
        return layers.orElseThrow().index();
    }

    private Optional<UUID> base() {
        return layers.isEmpty() ? Optional.of(snapshot.manifest().id()) : index().base();
    }

    private UUID layerId() {
        LayerIndex index = index();
        return index.layers().get(index.map().layer(extent)).id();
    }

    private long storedOffset() {
        ExtentMap map = index().map();
        long inExtent = offset - block.bytes(map.firstBlock(extent));
        return block.bytes(map.storedBlock(extent)) + inExtent;
    }
}

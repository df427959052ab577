package io.coldframe.snapshot;

import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageGrid;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import java.util.Optional;

/// What snapshots tell of their memory without a look at its bytes.
final class SnapshotChanges {

    /// The largest memory whose changes are kept in a bitmap: that of 16 TiB takes 512 MiB. A
    /// header of a few bytes can say that there is more.
    static final long BYTE_COUNT_MAX = 1L << 44;

    private SnapshotChanges() {}

    /// The memory of a snapshot, of which nothing is read that its index says is zero.
    static LayerSource source(Snapshot snapshot) {
        Optional<LayerChain> layers = snapshot.layers();
        if (layers.isPresent()) {
            LayerIndex index = layers.get().index();
            return LayerSource.of(snapshot.source(), data(index.map()), index.blockSize());
        }
        PageSize page = snapshot.manifest().memory().pageSize();
        PageRanges.Builder all = new PageRanges.Builder();
        all.add(0, page.pageCount(snapshot.source().byteCount()));
        return LayerSource.of(snapshot.source(), all.build(), page);
    }

    private static PageRanges data(ExtentMap map) {
        PageRanges.Builder data = new PageRanges.Builder();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.place(extent) != BlockPlace.ZERO) {
                long first = map.firstBlock(extent);
                data.add(first, map.endBlock(extent) - first);
            }
        }
        return data.build();
    }

    /// The pages that may differ: of two layer snapshots those that lie in different places, and
    /// otherwise all.
    ///
    /// @param before of as many bytes
    static DirtyBitmap between(Snapshot before, Snapshot after) {
        PageSize page = after.manifest().memory().pageSize();
        long byteCount = after.manifest().memory().byteCount();
        DirtyBitmap dirty = DirtyBitmap.create(new PageGrid(0, byteCount, page));
        try {
            mark(before, after, dirty);
            return dirty;
        } catch (Throwable failure) {
            Failures.closeAfter(failure, dirty);
            throw failure;
        }
    }

    private static void mark(Snapshot before, Snapshot after, DirtyBitmap dirty) {
        Optional<LayerChain> one = before.layers();
        Optional<LayerChain> other = after.layers();
        if (one.isEmpty()
                || other.isEmpty()
                || !one.get().index().blockSize().equals(other.get().index().blockSize())) {
            dirty.markPages(0, dirty.grid().pageCount());
        } else {
            mark(one.get().index(), other.get().index(), dirty);
        }
    }

    private static void mark(LayerIndex before, LayerIndex after, DirtyBitmap dirty) {
        ExtentMap old = before.map();
        ExtentMap now = after.map();
        long block = 0;
        for (int was = 0, is = 0; block < now.blockCount(); ) {
            long end = Math.min(old.endBlock(was), now.endBlock(is));
            if (!isSamePlace(before, was, after, is)) {
                dirty.markPages(block, end - block);
            }
            was += old.endBlock(was) == end ? 1 : 0;
            is += now.endBlock(is) == end ? 1 : 0;
            block = end;
        }
    }

    private static boolean isSamePlace(LayerIndex before, int was, LayerIndex after, int is) {
        ExtentMap old = before.map();
        ExtentMap now = after.map();
        if (old.place(was) != now.place(is)) {
            return false;
        }
        return switch (now.place(is)) {
            case ZERO -> true;
            case PARENT -> before.base().equals(after.base());
            case DATA ->
                    before.layers().get(old.layer(was)).equals(after.layers().get(now.layer(is)))
                            && old.storedBlock(was) - old.firstBlock(was)
                                    == now.storedBlock(is) - now.firstBlock(is);
        };
    }
}

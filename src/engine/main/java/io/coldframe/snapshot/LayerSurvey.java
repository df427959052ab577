package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.layer.BlockPlace;
import io.coldframe.layer.BlockSet;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.PruneRules.Dated;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Who reads what of which layer, in all of a store, at one look.
///
/// An image that layers lie on counts as a layer here, of its snapshot's id, whose blocks are those
/// of the address space: as a layer for each size of blocks in which it is read.
///
/// **Lifetime.** Owns its sets.
///
/// **Threads.** One.
final class LayerSurvey implements AutoCloseable {

    // Each look is lost to a compaction of the same snapshot, which takes far longer than a look.
    private static final int LOOK_COUNT_MAX = 8;

    private final Arena arena = Arena.ofConfined();
    private final Map<Source, Layer> layers = new HashMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private final Map<UUID, SnapshotException> unreadable = new HashMap<>();

    /// What a layer or an image is told by.
    ///
    /// @param id the layer's own, or of an image that of its snapshot
    record Source(UUID id, PageSize blockSize) implements Comparable<Source> {
        private static final Comparator<Source> ORDER =
                Comparator.comparing(Source::id)
                        .thenComparingInt(source -> source.blockSize().shift());

        @Override
        public int compareTo(Source other) {
            return ORDER.compare(this, other);
        }
    }

    /// A layer, or an image below layers.
    ///
    /// @param holder the snapshot that it lies with; empty if none
    /// @param ref as indices name it; of an image empty
    /// @param live the blocks of it that somebody reads
    record Layer(Source source, Optional<String> holder, Optional<LayerRef> ref, BlockSet live) {

        boolean isImage() {
            return ref.isEmpty();
        }

        Layer heldBy(String snapshot) {
            return new Layer(source, Optional.of(snapshot), ref, live);
        }

        long liveBytes() {
            return source.blockSize().bytes(live.size());
        }

        /// How long its file is; an image is nothing that goes.
        long fileBytes() {
            return isImage() ? 0 : source.blockSize().bytes(live.blockCount());
        }
    }

    /// A snapshot that reads layers.
    ///
    /// @param named the layers that its index names, its own among them, read or not
    /// @param read those of which it reads a block
    /// @param base the image that it reads
    /// @param dataBlocks how many blocks it reads of layers
    /// @param pieces in how many pieces they lie
    /// @param runs in how many pieces they would lie if it were alone
    record Reader(
            StoredSnapshot stored,
            Set<Source> named,
            Set<Source> read,
            Optional<Source> base,
            long dataBlocks,
            long pieces,
            long runs) {

        int depth() {
            return read.size();
        }

        /// All that has to be rewritten to rewrite it: layers, and the image.
        Set<Source> sources() {
            Set<Source> sources = new HashSet<>(named);
            base.ifPresent(sources::add);
            return sources;
        }
    }

    private LayerSurvey() {}

    /// Looks at every layer snapshot. One whose index can't be read is left out.
    static LayerSurvey of(Catalogue catalogue) throws SnapshotException {
        LayerSurvey survey = new LayerSurvey();
        for (StoredSnapshot listed : newestFirst(catalogue)) {
            survey.look(listed);
        }
        return survey;
    }

    /// Looks again if the snapshot got another index meanwhile; leaves out one that has gone.
    private void look(StoredSnapshot listed) throws SnapshotException {
        StoredSnapshot stored = listed;
        for (int look = 1; ; look++) {
            try (LayerIndex index = LayerPart.index(stored)) {
                add(stored, index);
                return;
            } catch (SnapshotException failure) {
                Optional<StoredSnapshot> now = stored.now();
                if (now.isEmpty() || !now.get().manifest().id().equals(listed.manifest().id())) {
                    return;
                }
                if (look == LOOK_COUNT_MAX || now.get().manifest().equals(stored.manifest())) {
                    unreadable.put(listed.manifest().id(), failure);
                    return;
                }
                stored = now.get();
            }
        }
    }

    /// The layer snapshots of a store.
    static List<StoredSnapshot> newestFirst(Catalogue catalogue) {
        return catalogue.readable().values().stream()
                .filter(stored -> stored.manifest().kind() == Manifest.Kind.LAYER)
                .sorted(Comparator.comparing(LayerSurvey::dated, PruneRules.NEWEST_FIRST))
                .toList();
    }

    private static Dated dated(StoredSnapshot stored) {
        return new Dated(stored.manifest().id(), stored.manifest().createdAt());
    }

    private void add(StoredSnapshot stored, LayerIndex index) {
        Set<Source> named = new HashSet<>();
        for (LayerRef ref : index.layers()) {
            Source source = new Source(ref.id(), index.blockSize());
            named.add(source);
            layers.computeIfAbsent(
                    source, _ -> layer(source, Optional.of(ref), ref.storedBlockCount()));
        }
        index.layerId()
                .map(own -> new Source(own, index.blockSize()))
                .ifPresent(
                        own ->
                                layers.computeIfPresent(
                                        own, (_, layer) -> layer.heldBy(stored.name())));
        Optional<Source> base = index.base().map(id -> new Source(id, index.blockSize()));
        base.ifPresent(
                source ->
                        layers.computeIfAbsent(
                                source, _ -> layer(source, Optional.empty(), index.blockCount())));
        readers.add(new Walk(index).reader(stored, named, base));
    }

    private Layer layer(Source source, Optional<LayerRef> ref, long blockCount) {
        return new Layer(source, Optional.empty(), ref, new BlockSet(blockCount, arena));
    }

    /// One look at a map.
    private final class Walk {
        private final LayerIndex index;
        private final Set<Source> read = new HashSet<>();
        private long dataBlocks;
        private long pieces;
        private long runs;

        // Where the block after the last one would lie, if it were of the same piece.
        private int layer = -1;
        private long storedEnd = -1;
        private boolean wasData;

        Walk(LayerIndex index) {
            this.index = index;
        }

        Reader reader(StoredSnapshot stored, Set<Source> named, Optional<Source> base) {
            ExtentMap map = index.map();
            for (int extent = 0; extent < map.extentCount(); extent++) {
                long first = map.firstBlock(extent);
                long count = map.endBlock(extent) - first;
                boolean isData = map.place(extent) == BlockPlace.DATA;
                if (isData) {
                    data(map.layer(extent), map.storedBlock(extent), count);
                } else if (map.place(extent) == BlockPlace.PARENT) {
                    live(base.orElseThrow()).add(first, count);
                }
                wasData = isData;
            }
            return new Reader(stored, named, read, base, dataBlocks, pieces, runs);
        }

        private void data(int ordinal, long storedBlock, long count) {
            Source source = new Source(index.layers().get(ordinal).id(), index.blockSize());
            live(source).add(storedBlock, count);
            read.add(source);
            dataBlocks += count;
            if (!wasData) {
                runs++;
            }
            if (!wasData || ordinal != layer || storedBlock != storedEnd) {
                pieces++;
            }
            layer = ordinal;
            storedEnd = storedBlock + count;
        }
    }

    private BlockSet live(Source source) {
        return layer(source).live();
    }

    /// A layer or an image that some reader names.
    Layer layer(Source source) {
        Layer found = layers.get(source);
        if (found == null) {
            throw new IllegalArgumentException("no reader names " + source);
        }
        return found;
    }

    boolean isKnown(Source source) {
        return layers.containsKey(source);
    }

    /// Who reads layers, the newest first.
    List<Reader> readers() {
        return readers;
    }

    /// What a snapshot reads, if it was there at that look.
    ///
    /// @throws SnapshotException why its index can't be read
    Optional<Reader> reader(UUID snapshot) throws SnapshotException {
        SnapshotException failure = unreadable.get(snapshot);
        if (failure != null) {
            throw failure;
        }
        return readers.stream()
                .filter(reader -> reader.stored().manifest().id().equals(snapshot))
                .findFirst();
    }

    @Override
    public void close() {
        arena.close();
    }
}

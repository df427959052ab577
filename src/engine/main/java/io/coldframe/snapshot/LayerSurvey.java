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
/// of the address space.
///
/// **Lifetime.** Owns its sets.
///
/// **Threads.** One.
final class LayerSurvey implements AutoCloseable {

    private final Arena arena = Arena.ofConfined();
    private final Map<UUID, Layer> layers = new HashMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    /// A layer, or an image below layers.
    ///
    /// @param id its own id, or of an image that of its snapshot
    /// @param holder the snapshot that it lies with; empty if none
    /// @param ref as indices name it; of an image empty
    /// @param live the blocks of it that somebody reads
    record Layer(
            UUID id,
            Optional<String> holder,
            PageSize blockSize,
            Optional<LayerRef> ref,
            BlockSet live) {

        boolean isImage() {
            return ref.isEmpty();
        }

        long liveBytes() {
            return blockSize.bytes(live.size());
        }

        /// How long its file is; an image is nothing that goes.
        long fileBytes() {
            return isImage() ? 0 : blockSize.bytes(live.blockCount());
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
            Set<UUID> named,
            Set<UUID> read,
            Optional<UUID> base,
            long dataBlocks,
            long pieces,
            long runs) {

        int depth() {
            return read.size();
        }

        /// All that has to be rewritten to rewrite it: layers, and the image.
        Set<UUID> sources() {
            Set<UUID> sources = new HashSet<>(named);
            base.ifPresent(sources::add);
            return sources;
        }
    }

    private LayerSurvey() {}

    /// Looks at every layer snapshot. One whose index can't be read is left out.
    static LayerSurvey of(Catalogue catalogue) throws SnapshotException {
        LayerSurvey survey = new LayerSurvey();
        for (StoredSnapshot stored : newestFirst(catalogue)) {
            try (LayerIndex index = LayerPart.index(stored)) {
                survey.add(stored, index);
            } catch (SnapshotException failure) {
                survey.unreadable.add(stored.name() + ": " + failure.getMessage());
            }
        }
        return survey;
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
        Set<UUID> named = new HashSet<>();
        for (LayerRef ref : index.layers()) {
            named.add(ref.id());
            layers.computeIfAbsent(
                    ref.id(),
                    id ->
                            new Layer(
                                    id,
                                    Optional.empty(),
                                    index.blockSize(),
                                    Optional.of(ref),
                                    new BlockSet(ref.storedBlockCount(), arena)));
        }
        index.layerId()
                .ifPresent(
                        own ->
                                layers.computeIfPresent(
                                        own,
                                        (id, layer) ->
                                                new Layer(
                                                        id,
                                                        Optional.of(stored.name()),
                                                        layer.blockSize(),
                                                        layer.ref(),
                                                        layer.live())));
        index.base()
                .ifPresent(
                        base ->
                                layers.computeIfAbsent(
                                        base,
                                        id ->
                                                new Layer(
                                                        id,
                                                        Optional.empty(),
                                                        index.blockSize(),
                                                        Optional.empty(),
                                                        new BlockSet(index.blockCount(), arena))));
        readers.add(new Walk(index).reader(stored, named));
    }

    /// One look at a map.
    private final class Walk {
        private final LayerIndex index;
        private final Set<UUID> read = new HashSet<>();
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

        Reader reader(StoredSnapshot stored, Set<UUID> named) {
            ExtentMap map = index.map();
            for (int extent = 0; extent < map.extentCount(); extent++) {
                long first = map.firstBlock(extent);
                long count = map.endBlock(extent) - first;
                boolean isData = map.place(extent) == BlockPlace.DATA;
                if (isData) {
                    data(map.layer(extent), map.storedBlock(extent), count);
                } else if (map.place(extent) == BlockPlace.PARENT) {
                    live(index.base().orElseThrow()).add(first, count);
                }
                wasData = isData;
            }
            return new Reader(stored, named, read, index.base(), dataBlocks, pieces, runs);
        }

        private void data(int ordinal, long storedBlock, long count) {
            UUID id = index.layers().get(ordinal).id();
            live(id).add(storedBlock, count);
            read.add(id);
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

    private BlockSet live(UUID id) {
        return layer(id).live();
    }

    /// A layer that some reader names.
    Layer layer(UUID id) {
        Layer found = layers.get(id);
        if (found == null) {
            throw new IllegalArgumentException("no reader names layer " + id);
        }
        return found;
    }

    boolean isKnown(UUID id) {
        return layers.containsKey(id);
    }

    /// Every layer and image.
    List<Layer> all() {
        return layers.values().stream().sorted(Comparator.comparing(Layer::id)).toList();
    }

    /// Who reads layers, the newest first.
    List<Reader> readers() {
        return readers;
    }

    /// Whose index can't be read, and why.
    List<String> unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        arena.close();
    }
}

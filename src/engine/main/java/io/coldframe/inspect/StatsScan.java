package io.coldframe.inspect;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.inspect.ChainStats.LayerStats;
import io.coldframe.inspect.ChainStats.SnapshotStats;
import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.Origin;
import io.coldframe.snapshot.Manifest;
import io.coldframe.snapshot.SnapshotStore;
import io.coldframe.snapshot.SnapshotSummary;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/// Reads the index of every layer snapshot of a store, one at a time, and counts.
///
/// **Threads.** One.
final class StatsScan {

    private final SnapshotStore store;
    private final BlockUse use = new BlockUse();
    private final Map<UUID, String> holders = new HashMap<>();
    private final List<SnapshotStats> snapshots = new ArrayList<>();
    private final Map<UUID, Asked> asked = new HashMap<>();

    /// What the snapshots that were asked for read of one layer.
    private static final class Asked {
        private final BitSet blocks = new BitSet();
        private int extentCount;

        private void add(BlockUse.Reading reading) {
            blocks.or(reading.blocks());
            extentCount += reading.extentCount();
        }
    }

    StatsScan(SnapshotStore store) {
        this.store = store;
    }

    ChainStats all() throws SnapshotException {
        return scan(_ -> true);
    }

    ChainStats one(String reference) throws SnapshotException {
        UUID id = store.manifest(reference).id();
        return scan(manifest -> manifest.id().equals(id));
    }

    private ChainStats scan(Predicate<Manifest> isAsked) throws SnapshotException {
        for (SnapshotSummary summary : store.list()) {
            if (summary.manifest().isPresent()) {
                add(summary.name(), summary.manifest().get(), isAsked);
            }
        }
        return new ChainStats(snapshots, layers());
    }

    private void add(String name, Manifest manifest, Predicate<Manifest> isAsked)
            throws SnapshotException {
        if (manifest.kind() != Manifest.Kind.LAYER) {
            if (isAsked.test(manifest)) {
                snapshots.add(ofImage(name, manifest));
            }
            return;
        }
        manifest.memory().layerId().ifPresent(id -> holders.put(id, name));
        try (LayerIndex index = store.layerIndex(manifest.id().toString())) {
            Map<UUID, BlockUse.Reading> readings = use.add(index);
            if (isAsked.test(manifest)) {
                snapshots.add(ofLayers(name, manifest, index));
                readings.forEach(
                        (id, reading) -> asked.computeIfAbsent(id, _ -> new Asked()).add(reading));
            }
        } catch (SnapshotException failure) {
            // It was deleted meanwhile; what is asked for by name is missed.
            if (failure.kind() != Kind.MISSING) {
                throw failure;
            }
        }
    }

    private static SnapshotStats ofImage(String name, Manifest manifest) {
        long writtenCount = manifest.memory().writtenPageCount();
        return new SnapshotStats(
                name,
                manifest.id(),
                true,
                manifest.generation(),
                manifest.createdAt(),
                manifest.memory().byteCount(),
                manifest.memory().pageSize(),
                writtenCount,
                0,
                0,
                writtenCount,
                0,
                manifest.generation() + 1);
    }

    private static SnapshotStats ofLayers(String name, Manifest manifest, LayerIndex index) {
        ExtentMap map = index.map();
        List<UUID> authors = index.origins().stream().map(Origin::snapshotId).toList();
        long dataCount = 0;
        long zeroCount = 0;
        long baseCount = 0;
        long writtenCount = 0;
        for (int extent = 0; extent < map.extentCount(); extent++) {
            long count = map.endBlock(extent) - map.firstBlock(extent);
            switch (map.place(extent)) {
                case DATA -> dataCount += count;
                case ZERO -> zeroCount += count;
                case PARENT -> {
                    baseCount += count;
                    continue;
                }
            }
            boolean isOwn = authors.get(map.origin(extent)).equals(manifest.id());
            writtenCount += isOwn ? count : 0;
        }
        return new SnapshotStats(
                name,
                manifest.id(),
                false,
                manifest.generation(),
                manifest.createdAt(),
                index.byteCount(),
                index.blockSize(),
                dataCount,
                zeroCount,
                baseCount,
                writtenCount,
                map.extentCount(),
                index.layers().size());
    }

    private List<LayerStats> layers() {
        List<LayerStats> layers = new ArrayList<>();
        for (BlockUse.Layer layer : use.layers()) {
            Asked own = asked.getOrDefault(layer.ref().id(), new Asked());
            if (own.extentCount > 0 || holdsForAsked(layer)) {
                layers.add(stats(layer, own));
            }
        }
        return layers;
    }

    /// Also a layer of which nothing is read any more is told of, where its snapshot was asked for.
    private boolean holdsForAsked(BlockUse.Layer layer) {
        String holder = holders.getOrDefault(layer.ref().id(), "");
        return snapshots.stream().anyMatch(snapshot -> snapshot.name().equals(holder));
    }

    private LayerStats stats(BlockUse.Layer layer, Asked own) {
        UUID id = layer.ref().id();
        return new LayerStats(
                id,
                Optional.ofNullable(holders.get(id)),
                layer.blockSize(),
                layer.ref().storedBlockCount(),
                own.blocks.cardinality(),
                layer.sharedBlocks(own.blocks),
                layer.ref().storedBlockCount() - layer.readBlocks(),
                own.extentCount,
                layer.readerCount());
    }
}

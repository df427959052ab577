package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerFinder;
import io.coldframe.layer.LayerRef;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Finds the layers that a snapshot reads.
///
/// A layer lies beside the index of the snapshot that it was captured with, or, when that has gone
/// or was compacted, in a directory of its own under `.layers`. It only ever moves from there to
/// here, and is here before it leaves there: so whoever looks in this order misses none.
///
/// It looks where it is likely first: at the parents, one after another by their names. Only what
/// is not found so costs a look at every manifest of the store.
///
/// **Threads.** One. It remembers what it has seen, so it is for one opening only.
final class StoreLayers implements LayerFinder {

    private final StorePaths paths;
    private final Map<UUID, StoredSnapshot> holders = new HashMap<>();
    private final List<StoredSnapshot> used = new ArrayList<>();
    private Optional<StoredSnapshot> walk;
    private @Nullable Catalogue catalogue;

    /// @param newest whose layers are looked for
    StoreLayers(StorePaths paths, StoredSnapshot newest) {
        this.paths = paths;
        this.walk = Optional.of(newest);
    }

    /// @param paths of a store in which nobody knows where to look first
    StoreLayers(StorePaths paths) {
        this.paths = paths;
        this.walk = Optional.empty();
    }

    /// The snapshots that hold a layer which was found: what was opened is theirs only if they are
    /// unchanged afterwards.
    List<StoredSnapshot> used() {
        return List.copyOf(used);
    }

    /// Whether it has seen nothing yet that may have gone since.
    boolean isNew() {
        return holders.isEmpty() && catalogue == null;
    }

    @Override
    public LayerFiles find(LayerRef layer) throws SnapshotException {
        Optional<StoredSnapshot> holder = holder(layer.id());
        if (holder.isPresent()) {
            used.add(holder.get());
            return holder.get().layerFiles();
        }
        if (StorePaths.isDirectory(paths.layer(layer.id()))) {
            return paths.layerFiles(layer.id());
        }
        return inBroken(layer).orElseThrow(() -> missing(layer));
    }

    /// A layer beside a manifest that can't be read. To read a layer takes its index and its
    /// blocks, and never a manifest.
    private Optional<LayerFiles> inBroken(LayerRef layer) throws SnapshotException {
        if (catalogue == null) {
            return Optional.empty();
        }
        for (String name : catalogue.broken().keySet()) {
            Path index = paths.snapshot(name).resolve(StorePaths.INDEX);
            if (LayerShelf.layerOf(index).filter(layer.id()::equals).isPresent()) {
                return Optional.of(
                        new LayerFiles(index, paths.snapshot(name).resolve(StorePaths.LAYER)));
            }
        }
        return Optional.empty();
    }

    /// The snapshot beside whose index a layer lies.
    private Optional<StoredSnapshot> holder(UUID layer) throws SnapshotException {
        while (!holders.containsKey(layer) && walk.isPresent()) {
            StoredSnapshot next = walk.get();
            hold(next);
            walk = parentByName(next);
        }
        if (!holders.containsKey(layer) && !StorePaths.isDirectory(paths.layer(layer))) {
            lookAtAll();
        }
        return Optional.ofNullable(holders.get(layer));
    }

    private void hold(StoredSnapshot stored) {
        stored.manifest().memory().layerId().ifPresent(id -> holders.putIfAbsent(id, stored));
    }

    /// The parent, if it is still called what it was. Its generation is less, so the walk ends.
    private Optional<StoredSnapshot> parentByName(StoredSnapshot child) {
        Optional<Manifest.Parent> parent = child.manifest().parent();
        if (parent.isEmpty() || !Names.isName(parent.get().name())) {
            return Optional.empty();
        }
        try {
            return Optional.of(StoredSnapshot.read(paths.snapshot(parent.get().name())))
                    .filter(found -> found.manifest().id().equals(parent.get().id()))
                    .filter(found -> found.manifest().generation() < child.manifest().generation());
        } catch (SnapshotException goneOrBroken) {
            return Optional.empty();
        }
    }

    private void lookAtAll() throws SnapshotException {
        if (catalogue == null) {
            catalogue = Catalogue.of(paths);
            catalogue.readable().values().forEach(this::hold);
        }
    }

    /// A layer that is nowhere, unless it is with a snapshot that can't be read here or now.
    private SnapshotException missing(LayerRef layer) {
        Optional<Map.Entry<String, SnapshotException>> unknown =
                catalogue == null ? Optional.empty() : catalogue.unknown();
        if (unknown.isPresent()) {
            SnapshotException why = unknown.get().getValue();
            return new SnapshotException(
                    why.kind(),
                    why.reason(),
                    "layer %s may be that of snapshot %s, which can't be read here: %s"
                            .formatted(layer.id(), unknown.get().getKey(), why.getMessage()),
                    paths.root(),
                    why);
        }
        return new SnapshotException(
                Kind.MISSING, "layer " + layer.id() + " is not in the store", paths.root());
    }
}

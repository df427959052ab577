package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.layer.LayerTable;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Which layers the snapshots of a store read, as their indices say, at one look.
///
/// What stands in the quarantine counts, too: somebody may move it back.
///
/// @param layers all that some index names
/// @param unknown the snapshots of which nobody can tell here what they read, each with the reason
record LayerNeeds(Set<UUID> layers, List<String> unknown) {

    static LayerNeeds of(StorePaths paths) throws SnapshotException {
        return of(paths, Catalogue.of(paths), Set.of());
    }

    /// As the other, as if some snapshots had gone.
    static LayerNeeds of(StorePaths paths, Catalogue catalogue, Set<UUID> gone)
            throws SnapshotException {
        LayerNeeds needs = new LayerNeeds(new HashSet<>(), new ArrayList<>());
        for (StoredSnapshot stored : catalogue.readable().values()) {
            Manifest manifest = stored.manifest();
            if (manifest.kind() == Manifest.Kind.LAYER && !gone.contains(manifest.id())) {
                needs.addKnown(stored);
            }
        }
        for (Map.Entry<String, SnapshotException> broken : catalogue.broken().entrySet()) {
            needs.addBroken(paths.snapshot(broken.getKey()), broken.getValue());
        }
        if (StorePaths.isDirectory(paths.quarantine())) {
            for (Path directory : Catalogue.entries(paths.quarantine())) {
                needs.addIfReadable(directory.resolve(StorePaths.INDEX));
            }
        }
        return needs;
    }

    private void addKnown(StoredSnapshot stored) {
        stored.manifest().memory().layerId().ifPresent(layers::add);
        try {
            add(stored.part(StorePaths.INDEX));
        } catch (SnapshotException failure) {
            unknown.add(stored.name() + ": " + failure.getMessage());
        }
    }

    /// What can't be restored needs nothing. But its index may be whole, and then somebody may yet
    /// mend the rest; and a later release may read what this one can't.
    private void addBroken(Path directory, SnapshotException why) {
        if (why.kind() != Kind.CORRUPT) {
            unknown.add(directory.getFileName() + ": " + why.getMessage());
        } else {
            addIfReadable(directory.resolve(StorePaths.INDEX));
        }
    }

    private void addIfReadable(Path index) {
        try {
            add(index);
        } catch (SnapshotException broken) {
            boolean isForGood = broken.kind() == Kind.CORRUPT || broken.kind() == Kind.MISSING;
            if (!isForGood) {
                unknown.add(index + ": " + broken.getMessage());
            }
        }
    }

    private void add(Path index) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            LayerTable.open(index, arena).layers().forEach(layer -> layers.add(layer.id()));
        }
    }

    /// Refuses if there is a snapshot that may read anything.
    void requireAllKnown() throws SnapshotException {
        if (!unknown.isEmpty()) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.BUSY,
                    "nobody can tell here which layers it reads",
                    unknown.getFirst());
        }
    }
}

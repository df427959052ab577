package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.PageSource;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerIndex;
import io.coldframe.os.Failures;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One attempt to open a snapshot and all that it needs, while others may replace, compact or
/// delete any of it.
///
/// The files are opened one after another by their paths, and meanwhile another process may put
/// others there. So: read the manifest, open the rest, read the manifest again; if it is the same,
/// everything in between came from one directory, because an id is given once and a compaction
/// changes the manifest. If not, whoever asked begins anew. The same holds of each snapshot of
/// which a file was opened.
///
/// **Threads.** One.
final class OpeningAttempt {

    private final SnapshotOpener opener;
    private final StoredSnapshot newest;
    private final List<StoredSnapshot> visited = new ArrayList<>();

    OpeningAttempt(SnapshotOpener opener, StoredSnapshot newest) {
        this.opener = opener;
        this.newest = newest;
    }

    /// The snapshot, unless a part of it was replaced or deleted meanwhile.
    Optional<Snapshot> open() throws SnapshotException {
        visited.add(newest);
        Snapshot snapshot;
        try {
            snapshot = openAll();
        } catch (SnapshotException failure) {
            if (visited.stream().allMatch(SnapshotOpener::isUnchanged)) {
                throw failure;
            }
            return Optional.empty();
        }
        try {
            for (StoredSnapshot stored : visited) {
                if (!stored.isUnchanged()) {
                    snapshot.close();
                    return Optional.empty();
                }
            }
            return Optional.of(snapshot);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, snapshot);
            throw failure;
        }
    }

    private Snapshot openAll() throws SnapshotException {
        FileChannel state = openState(newest);
        try {
            boolean isLayer = newest.manifest().kind() == Manifest.Kind.LAYER;
            return new Snapshot(isLayer ? openLayers() : openImages(newest), state);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, state);
            throw failure;
        }
    }

    private static FileChannel openState(StoredSnapshot newest) throws SnapshotException {
        Path file = newest.part(StorePaths.STATE);
        try {
            return PartFile.open(file);
        } catch (SnapshotException failure) {
            throw OpenedLink.missingIsCorrupt(failure, file);
        }
    }

    private OpenImages openImages(StoredSnapshot top) throws SnapshotException {
        List<OpenedLink> links = new ArrayList<>();
        try {
            links.add(OpenedLink.open(top));
            while (links.getLast().stored().manifest().parent().isPresent()) {
                OpenedLink parent =
                        opener.firstWhole(
                                links.getLast().stored(),
                                stored -> {
                                    visited.add(stored);
                                    return OpenedLink.open(stored);
                                });
                links.add(parent);
                links.get(links.size() - 2).requireOn(parent);
            }
            return new OpenImages(links);
        } catch (Throwable failure) {
            links.forEach(link -> Failures.closeAfter(failure, link));
            throw failure;
        }
    }

    private OpenLayers openLayers() throws SnapshotException {
        LayerIndex index = LayerPart.index(newest);
        Optional<OpenImages> base;
        try {
            base = openBase(index);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, index);
            throw failure;
        }
        StoreLayers layers = new StoreLayers(opener.paths(), newest);
        Optional<PageSource> below = base.map(OpenImages::source);
        try {
            LayerChain chain = LayerChain.open(index, layers, below);
            visited.addAll(layers.used());
            return new OpenLayers(newest, chain, base);
        } catch (Throwable failure) {
            visited.addAll(layers.used());
            base.ifPresent(images -> Failures.closeAfter(failure, images));
            if (failure instanceof SnapshotException missing && missing.kind() == Kind.MISSING) {
                throw missingLayer(missing);
            }
            throw failure;
        }
    }

    /// A layer that is missing below its index is damage, and no mistake in a name.
    private SnapshotException missingLayer(SnapshotException failure) {
        return new SnapshotException(
                Kind.CORRUPT,
                Reason.MISMATCH,
                "a layer that it reads is missing: " + failure.getMessage(),
                newest.part(StorePaths.INDEX),
                failure);
    }

    private Optional<OpenImages> openBase(LayerIndex index) throws SnapshotException {
        if (index.base().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                opener.firstWholeBase(
                        newest,
                        index.base().get(),
                        stored -> {
                            visited.add(stored);
                            LayerPart.requireOn(newest, stored);
                            return openImages(stored);
                        }));
    }
}

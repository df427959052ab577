package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.image.OnExisting;
import io.coldframe.image.RestoreReport;
import io.coldframe.layer.LayerIndex;
import io.coldframe.memory.GuestMemory;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/// A directory of snapshots, for any number of processes at once.
///
/// ```java
/// SnapshotStore store = SnapshotStore.createOrOpen(directory);
/// store.save(SnapshotRequest.full("base", memory, state));
/// store.save(SnapshotRequest.diff("next", "base", memory, state).withDirty(bitmap));
/// store.save(SnapshotRequest.layer("later", "next", memory, state).withDirty(bitmap));
/// store.restore("next", file, OnExisting.REFUSE, Progress.NONE);
/// ```
///
/// A snapshot exists if and only if its manifest does. It appears and goes as a whole: whoever
/// reads sees the old one or the new one, also when the machine loses its power. Nothing is ever
/// written to a snapshot that is committed.
///
/// A *reference* is the name of a snapshot, or a tag, or an id, or the first 8 or more digits of
/// an id. Names and tags are 1 to 128 letters, digits and `._-`, and begin with a letter or digit.
///
/// **Lifetime.** Holds nothing open, so there is nothing to close.
///
/// **Threads.** Any, for everything.
public final class SnapshotStore {

    private final StorePaths paths;

    private SnapshotStore(StorePaths paths) {
        this.paths = paths;
    }

    /// {@return the store in a directory, which is made if it is not there}
    ///
    /// @param directory its parent is there; it is empty, a store, or not there
    /// @throws SnapshotException of kind `CONFLICT` if it holds anything and is no store
    public static SnapshotStore createOrOpen(Path directory) throws SnapshotException {
        StorePaths paths = StoreDirectories.paths(directory);
        if (!StoreDirectories.isMarked(paths)) {
            StoreDirectories.create(paths);
        }
        return open(directory);
    }

    /// {@return the store in a directory}
    ///
    /// Drafts whose writers are dead are removed.
    ///
    /// @param directory a store
    /// @throws SnapshotException of kind `MISSING` if it is no store
    public static SnapshotStore open(Path directory) throws SnapshotException {
        SnapshotStore store = openAsFound(directory);
        AtomicDirectory.removeAbandoned(store.paths.root());
        StorePaths paths = store.paths;
        for (Path inner : List.of(paths.tags(), paths.layers(), paths.compaction())) {
            if (StorePaths.isDirectory(inner)) {
                AtomicDirectory.removeAbandoned(inner);
            }
        }
        return store;
    }

    /// {@return the store in a directory, of which nothing is changed: for a look at what is wrong
    /// with it, and where it can't be written}
    ///
    /// @param directory a store
    /// @throws SnapshotException of kind `MISSING` if it is no store
    public static SnapshotStore openAsFound(Path directory) throws SnapshotException {
        StorePaths paths = StoreDirectories.paths(directory);
        StoreDirectories.requireStore(paths);
        return new SnapshotStore(paths);
    }

    /// {@return the directory, without links}
    public Path directory() {
        return paths.root();
    }

    /// Saves a snapshot. When this returns, it is there after a power cut, too; when it throws,
    /// nothing has changed.
    ///
    /// @param request what to save
    /// @return what was saved
    /// @throws SnapshotException of kind `CONFLICT` if the name is taken, another writer is at it,
    ///     something needs what would be replaced, or the parent has gone meanwhile; of kind
    ///     `MISSING` if the parent is not there
    /// @throws java.util.concurrent.CancellationException if the progress of the request says so
    public SnapshotReport save(SnapshotRequest request) throws SnapshotException {
        return request.kind() == Manifest.Kind.LAYER
                ? new LayerSaver(paths, request).save()
                : new SnapshotSaver(paths, request).save();
    }

    /// As [#save], with memory that somebody else brings into the draft.
    SnapshotReport adopt(SnapshotRequest request, MemoryFiller filler) throws SnapshotException {
        return new SnapshotSaver(paths, request).adopt(filler);
    }

    /// {@return a snapshot and all that it lies on, open; the caller closes it}
    ///
    /// @param reference a name, a tag or an id
    /// @throws SnapshotException of kind `MISSING` if there is none, `CORRUPT` if a part of it or
    ///     of a parent is not as it was written
    public Snapshot open(String reference) throws SnapshotException {
        return new SnapshotOpener(paths).open(reference);
    }

    /// {@return what a snapshot is; nothing but its manifest is read}
    ///
    /// @param reference a name, a tag or an id
    /// @throws SnapshotException of kind `MISSING` if there is none
    public Manifest manifest(String reference) throws SnapshotException {
        return new SnapshotOpener(paths).resolve(reference).manifest();
    }

    /// {@return where the blocks of a layer snapshot are; no layer is opened for it. The caller
    /// closes it}
    ///
    /// @param reference a name, a tag or an id
    /// @throws SnapshotException of kind `MISSING` if there is none, `UNSUPPORTED` if it is an
    ///     image snapshot, `CORRUPT` if the index is not as it was written
    public LayerIndex layerIndex(String reference) throws SnapshotException {
        return new SnapshotOpener(paths).index(reference);
    }

    /// {@return all snapshots, the oldest first, and at the end those whose manifest can't be read}
    ///
    /// @throws SnapshotException if the directory can't be read
    public List<SnapshotSummary> list() throws SnapshotException {
        Catalogue catalogue = Catalogue.of(paths);
        SortedMap<String, UUID> tags = tags();
        List<SnapshotSummary> summaries = new ArrayList<>();
        catalogue.readable().values().stream()
                .sorted(
                        Comparator.comparing((StoredSnapshot found) -> found.manifest().createdAt())
                                .thenComparing(StoredSnapshot::name))
                .map(found -> summary(found, tags))
                .forEach(summaries::add);
        catalogue
                .broken()
                .forEach(
                        (name, failure) ->
                                summaries.add(
                                        new SnapshotSummary(
                                                name,
                                                Optional.empty(),
                                                String.valueOf(failure.getMessage()),
                                                List.of())));
        return summaries;
    }

    private static SnapshotSummary summary(StoredSnapshot found, SortedMap<String, UUID> tags) {
        List<String> own =
                tags.entrySet().stream()
                        .filter(tag -> tag.getValue().equals(found.manifest().id()))
                        .map(Map.Entry::getKey)
                        .toList();
        return new SnapshotSummary(found.name(), Optional.of(found.manifest()), "", own);
    }

    /// {@return all tags, with the ids that they stand for}
    ///
    /// @throws SnapshotException if the directory can't be read
    public SortedMap<String, UUID> tags() throws SnapshotException {
        return new Tags(paths).all();
    }

    /// Gives a snapshot one more name, or moves that name to it from another snapshot. While it has
    /// a tag a snapshot is not deleted or replaced.
    ///
    /// @param tag as a name
    /// @param reference a name, a tag or an id
    /// @throws SnapshotException of kind `CONFLICT` if a snapshot has this name, `MISSING` if
    ///     there is no snapshot of this reference
    public void tag(String tag, String reference) throws SnapshotException {
        Names.requireName(tag);
        Tags tags = new Tags(paths);
        tags.prepare();
        try (DirectoryEntries _ = DirectoryEntries.lock(paths.root())) {
            StoredSnapshot snapshot = new SnapshotOpener(paths).resolve(reference);
            if (StorePaths.isDirectory(paths.snapshot(tag))) {
                throw new SnapshotException(
                        Kind.CONFLICT,
                        Reason.EXISTS,
                        "there is a snapshot of this name",
                        paths.snapshot(tag));
            }
            tags.put(tag, snapshot.manifest().id());
        }
    }

    /// Removes a tag, and not its snapshot.
    ///
    /// @param tag the tag
    /// @throws SnapshotException of kind `MISSING` if there is no such tag
    public void untag(String tag) throws SnapshotException {
        new Tags(paths).remove(Names.requireName(tag));
    }

    /// Deletes a snapshot that nothing needs. It is gone as a whole, and for those who have it open
    /// it stays until they close it.
    ///
    /// @param reference a name or an id, and not a tag
    /// @throws SnapshotException of kind `CONFLICT`, with their names, if diffs lie on it or tags
    ///     stand for it; of kind `MISSING` if it is not there
    public void delete(String reference) throws SnapshotException {
        Removal removal = new Removal(paths);
        if (removal.isBroken(reference)) {
            removal.deleteBroken(paths.snapshot(reference));
        } else {
            removal.delete(removal.resolve(reference));
        }
    }

    /// {@return what a compaction would read, write and free; nothing is changed}
    ///
    /// @param policy when layers are to be rewritten, and which
    /// @throws SnapshotException of kind `MISSING` if a snapshot that it names is not there
    public CompactionPlan planCompaction(CompactionPolicy policy) throws SnapshotException {
        return new CompactionPlanner(paths).plan(policy);
    }

    /// Rewrites layers, while others read and write the store.
    ///
    /// At every instant each snapshot reads what it read before. When it is interrupted, by a crash
    /// or by its progress, what it has copied is kept, and the next one goes on from there.
    ///
    /// @param plan what to rewrite
    /// @param progress hears how much is copied
    /// @return what was done
    /// @throws SnapshotException of kind `CONFLICT` if another compaction is at work
    /// @throws java.util.concurrent.CancellationException if the progress says so
    public CompactionReport compact(CompactionPlan plan, Progress progress)
            throws SnapshotException {
        return new Compactor(paths, plan, progress).run();
    }

    /// {@return which snapshots would go, and what that would free; nothing is changed}
    ///
    /// @param policy which may go
    /// @throws SnapshotException of kind `MISSING` if a snapshot that it names is not there
    /// @throws IllegalArgumentException if the policy neither selects nor keeps anything
    public PrunePlan planPrune(PrunePolicy policy) throws SnapshotException {
        return new PrunePlanner(paths, Instant.now()).plan(policy);
    }

    /// Deletes what a plan says, one snapshot after another. A snapshot that something has come to
    /// need meanwhile stays.
    ///
    /// @param plan what to delete
    /// @param progress hears how many bytes of the plan's are done with
    /// @return what was done
    /// @throws SnapshotException if the store can't be read or written; what was deleted before
    ///     stays so
    /// @throws java.util.concurrent.CancellationException if the progress says so, likewise
    public PruneReport prune(PrunePlan plan, Progress progress) throws SnapshotException {
        return new Pruner(paths, plan, progress).run();
    }

    /// Reads the state and the memory of a snapshot, and the memory of all that it lies on, and
    /// compares them with their sums. The states of its parents are not read: nothing that is
    /// restored from it needs them, and [#fsck] looks at them, too.
    ///
    /// @param reference a name, a tag or an id
    /// @param progress hears how much memory is read
    /// @return what was read
    /// @throws SnapshotException of kind `CORRUPT` that names the first file that is not as it was
    ///     written; of memory also the offset and the guest's page
    public VerifyReport verify(String reference, Progress progress) throws SnapshotException {
        try (Snapshot snapshot = open(reference)) {
            return snapshot.verify(progress);
        }
    }

    /// Writes a guest's memory as one raw file, with holes where it is zero.
    ///
    /// @param reference a name, a tag or an id
    /// @param target the file, which appears whole or not at all
    /// @param onExisting what to do if there is a file of this name
    /// @param progress hears how far it is
    /// @return what was written
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written
    /// @throws IllegalArgumentException if the target is inside this store
    public RestoreReport restore(
            String reference, Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        try (Snapshot snapshot = open(reference)) {
            return snapshot.restore(target, onExisting, progress);
        }
    }

    /// Fills memory with a guest's memory, every byte of it.
    ///
    /// @param reference a name, a tag or an id
    /// @param memory as long as the guest's
    /// @param progress hears how far it is
    /// @return what was read and written
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written
    public RestoreReport load(String reference, GuestMemory memory, Progress progress)
            throws SnapshotException {
        try (Snapshot snapshot = open(reference)) {
            return snapshot.load(memory, progress);
        }
    }

    /// Looks for everything that is wrong, and changes nothing.
    ///
    /// @param options how much to look at
    /// @return what was found, and what [#repair] would do about it
    /// @throws SnapshotException if the directory can't be read
    public FsckReport fsck(FsckOptions options) throws SnapshotException {
        return new Fsck(paths, options).find();
    }

    /// Does what a report lists, unless things have changed since. Nothing is deleted but drafts
    /// that nobody writes any more: what is broken is moved into `.quarantine`.
    ///
    /// @param found what [#fsck] found
    /// @return the same problems, with what became of them
    /// @throws SnapshotException if the directory can't be read
    public FsckReport repair(FsckReport found) throws SnapshotException {
        return repair(found, Progress.NONE);
    }

    /// As [#repair(FsckReport)], which reads broken memory once more.
    ///
    /// @param found what [#fsck] found
    /// @param progress hears how much memory is read
    /// @return the same problems, with what became of them
    /// @throws SnapshotException if the directory can't be read
    /// @throws java.util.concurrent.CancellationException if the progress says so; what was
    ///     repaired before stays so
    public FsckReport repair(FsckReport found, Progress progress) throws SnapshotException {
        return new FsckRepair(paths).repair(found, progress);
    }

    /// {@return what of a snapshot fits this host, and what does not}
    ///
    /// @param manifest the snapshot's
    /// @throws SnapshotException if the host does not tell the size of its pages
    public Compatibility compatibility(Manifest manifest) throws SnapshotException {
        return Compatibility.between(
                manifest.architecture(),
                manifest.host(),
                manifest.memory().layout(),
                HostDescription.current());
    }
}

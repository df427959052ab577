package io.coldframe.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicFile;
import io.coldframe.image.DirectoryEntries;
import io.coldframe.image.LockFile;
import io.coldframe.image.OnExisting;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.Relocation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// What a compaction keeps between two runs: `.compaction`.
///
/// ```
///  lock              held by the one that is at work
///  <id>.journal      the relocation: which block of the new layer comes from where
///  <id>.layer        the new layer, as far as it is written
/// ```
///
/// The names say the id of the new layer, so that the blocks of one are never taken for those of
/// another. While there is a journal, a layer of its id in `.layers` is not removed.
record CompactionFiles(StorePaths paths) {

    private static final String LOCK = "lock";
    private static final String JOURNAL_END = ".journal";
    private static final String LAYER_END = ".layer";

    /// Whether something in the directory is one of these.
    static boolean isName(String name) {
        return name.equals(LOCK) || name.endsWith(JOURNAL_END) || name.endsWith(LAYER_END);
    }

    private Path lockFile() {
        return paths.compaction().resolve(LOCK);
    }

    private Path journalFile(UUID layer) {
        return paths.compaction().resolve(layer + JOURNAL_END);
    }

    /// Where the new layer is written.
    Path partial(UUID layer) {
        return paths.compaction().resolve(layer + LAYER_END);
    }

    /// Keeps every other compaction out until it is closed; empty if another one is at work.
    Optional<LockFile> tryLock() throws SnapshotException {
        StoreDirectories.ensure(paths.compaction());
        return LockFile.tryAlone(lockFile());
    }

    /// As the other, or a refusal.
    LockFile lock() throws SnapshotException {
        return tryLock()
                .orElseThrow(
                        () ->
                                new SnapshotException(
                                        Kind.CONFLICT,
                                        Reason.BUSY,
                                        "another compaction is at work",
                                        paths.root()));
    }

    /// Whether a layer is that of a compaction that is not over.
    boolean isUnderWay(UUID layer) {
        return Files.exists(journalFile(layer), LinkOption.NOFOLLOW_LINKS);
    }

    /// The relocation of a run that was interrupted; empty if there is none that can be used. The
    /// caller closes it.
    Optional<Relocation> journal() throws SnapshotException {
        if (!StorePaths.isDirectory(paths.compaction())) {
            return Optional.empty();
        }
        for (Path file : Catalogue.entries(paths.compaction())) {
            String name = file.getFileName().toString();
            if (name.endsWith(JOURNAL_END) && !DirectoryEntries.isDraft(file)) {
                Optional<Relocation> found = read(file);
                if (found.isPresent() && journalFile(found.get().newLayer()).equals(file)) {
                    return found;
                }
                found.ifPresent(Relocation::close);
            }
        }
        return Optional.empty();
    }

    private static Optional<Relocation> read(Path file) throws SnapshotException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = PartFile.open(file)) {
            MemorySegment bytes = arena.allocate(channel.size(), Long.BYTES);
            PartFile.readWhole(channel, bytes, file);
            return Optional.of(Relocation.decode(bytes, file));
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.SYSCALL) {
                throw failure;
            }
            // Nothing is lost with it but work.
            return Optional.empty();
        } catch (IOException failure) {
            throw PartFile.failure(file, failure);
        }
    }

    /// The same, if a run can go on with it: the new layer is in its place, or all that it is made
    /// of is there still. What nobody reads any more may have been removed meanwhile.
    Optional<Relocation> usableJournal() throws SnapshotException {
        Optional<Relocation> journal = journal();
        if (journal.isPresent() && !isUsable(journal.get())) {
            journal.get().close();
            return Optional.empty();
        }
        return journal;
    }

    private boolean isUsable(Relocation relocation) throws SnapshotException {
        if (StorePaths.isDirectory(paths.layer(relocation.newLayer()))) {
            return true;
        }
        StoreLayers layers = new StoreLayers(paths);
        try {
            for (LayerRef layer : relocation.layers()) {
                layers.find(layer);
            }
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return false;
            }
            throw failure;
        }
        return relocation.base().isEmpty()
                || Catalogue.of(paths)
                        .withId(relocation.base().get().origin().snapshotId())
                        .isPresent();
    }

    /// How long the files are that would be discarded.
    long byteCount() throws SnapshotException {
        if (!StorePaths.isDirectory(paths.compaction())) {
            return 0;
        }
        long byteCount = 0;
        for (Path file : Catalogue.entries(paths.compaction())) {
            byteCount += lengthOf(file);
        }
        return byteCount;
    }

    /// 0 if somebody has removed it meanwhile.
    private static long lengthOf(Path file) throws SnapshotException {
        try {
            return PartFile.requireRegular(file).size();
        } catch (SnapshotException failure) {
            if (failure.kind() == Kind.MISSING) {
                return 0;
            }
            throw failure;
        }
    }

    /// Writes down what is about to be done.
    void begin(Relocation relocation) throws SnapshotException {
        try (Arena arena = Arena.ofConfined();
                AtomicFile file =
                        AtomicFile.create(journalFile(relocation.newLayer()), OnExisting.REFUSE)) {
            file.write(relocation.encoded(arena));
            file.commit();
        }
    }

    /// Removes all but the lock. The journals go first: without one a partial layer is nothing.
    void discard() throws SnapshotException {
        AtomicDirectory.removeAbandoned(paths.compaction());
        try (DirectoryEntries entries = DirectoryEntries.lock(paths.compaction())) {
            removeAll(entries, JOURNAL_END);
            removeAll(entries, LAYER_END);
        }
    }

    private void removeAll(DirectoryEntries entries, String end) throws SnapshotException {
        for (Path file : Catalogue.entries(paths.compaction())) {
            if (file.getFileName().toString().endsWith(end)) {
                entries.remove(file);
            }
        }
    }
}

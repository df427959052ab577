package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.CopyMethod;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.FileMapping;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/// A snapshot as OpenVMM writes it: a directory of `manifest.bin`, `state.bin` and `memory.bin`.
///
/// ```java
/// OpenVmmDirectory.writeSnapshot(directory, manifest, state, ramFile, MemoryTransfer.LINK);
/// try (RestoredOpenVmm vm = OpenVmmDirectory.restore(directory, layout)) { … }
/// ```
///
/// The bytes are OpenVMM's, in both directions. Two things are not: the directory is committed as a
/// whole, so a crash leaves the snapshot that was there or the new one; and restoring never writes
/// to a snapshot, so it can be restored any number of times.
///
/// **A link is not a copy.** The guest's RAM is a file, and [MemoryTransfer#LINK] gives that file a
/// second name, `memory.bin`. It costs nothing, and it means that the snapshot holds only as long
/// as nobody writes to the file: a guest that goes on running changes the memory of its own
/// snapshot, under a machine state that stays. Link when the guest ends with the snapshot; use
/// [MemoryTransfer#COPY] when it is to run on.
///
/// **Threads.** Any. Two writers of one directory: the second is refused.
public final class OpenVmmDirectory {

    static final String MANIFEST = "manifest.bin";
    static final String STATE = "state.bin";
    static final String MEMORY = "memory.bin";

    private static final Set<String> OURS = Set.of(MANIFEST, STATE, MEMORY);

    /// The longest machine state: 64 MiB, where real ones have some hundred KiB.
    public static final int STATE_BYTES_MAX = 64 << 20;

    private OpenVmmDirectory() {}

    /// How the file that backs the guest's RAM becomes the memory of a snapshot.
    public enum MemoryTransfer {
        /// As a second name of the same file, which goes on changing with the guest.
        LINK,
        /// As a file of its own: shared blocks where the file system can (`FICLONE`), and otherwise
        /// a copy that keeps the holes.
        COPY
    }

    /// Commits a snapshot, in the place of one that is there.
    ///
    /// Directories above it are made. Other files in a directory that is replaced stay in it, and
    /// so does the file that backs the RAM when it lies there, under whatever name.
    ///
    /// @param directory where
    /// @param manifest what it is to say; its memory size is the length of `memoryFile`
    /// @param state the machine state
    /// @param memoryFile the file that backs the RAM of a guest that does not run meanwhile
    /// @param transfer how it gets there
    /// @return what was committed
    /// @throws SnapshotException of reason `OTHER_FILE_SYSTEM` if a link would have to cross into
    ///     another file system, `MISMATCH` if the file has another length than the manifest says,
    ///     `BUSY` if somebody else is writing there. Nothing has changed then
    public static OpenVmmReport writeSnapshot(
            Path directory,
            OpenVmmManifest manifest,
            byte[] state,
            Path memoryFile,
            MemoryTransfer transfer)
            throws SnapshotException {
        Path source = realPath(memoryFile);
        requireLength(source, manifest);
        if (transfer == MemoryTransfer.COPY) {
            requireOtherName(source, directory.resolve(MEMORY));
        }
        return commit(
                directory,
                manifest,
                state,
                OnExisting.REPLACE,
                draft -> transfer(source, transfer, draft));
    }

    /// Brings the memory into a draft.
    @FunctionalInterface
    interface MemoryPlacer {
        CopyMethod place(AtomicDirectory draft) throws SnapshotException;
    }

    /// Commits a snapshot of any memory that is as long as the manifest says.
    static OpenVmmReport commit(
            Path directory,
            OpenVmmManifest manifest,
            byte[] state,
            OnExisting onExisting,
            MemoryPlacer placer)
            throws SnapshotException {
        byte[] manifestBytes = manifest.encode();
        requireStateLength(state.length, directory);
        AtomicDirectory.createParents(directory);
        try (AtomicDirectory draft = AtomicDirectory.create(directory, onExisting)) {
            draft.write(MANIFEST, manifestBytes);
            draft.write(STATE, state);
            CopyMethod method = placer.place(draft);
            keepOthers(directory, draft);
            draft.commit();
            return new OpenVmmReport(manifest.memorySizeBytes(), method);
        }
    }

    private static CopyMethod transfer(Path source, MemoryTransfer transfer, AtomicDirectory draft)
            throws SnapshotException {
        return switch (transfer) {
            case LINK -> {
                draft.link(MEMORY, source);
                yield CopyMethod.LINK;
            }
            case COPY -> draft.copy(MEMORY, source, Progress.NONE);
        };
    }

    /// Gives the files of a directory that is to be replaced their names in the new one: they are
    /// not ours to remove, and one of them may be the RAM of a guest.
    private static void keepOthers(Path directory, AtomicDirectory draft) throws SnapshotException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!OURS.contains(name)) {
                    draft.link(name, entry);
                }
            }
        } catch (NoSuchFileException nothingThere) {
            // The first snapshot here.
        } catch (SnapshotException failure) {
            throw failure;
        } catch (DirectoryIteratorException | IOException failure) {
            throw FileIdentity.unreadable(directory, failure);
        }
    }

    private static void requireStateLength(long byteCount, Path directory) {
        if (byteCount > STATE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a machine state of %d bytes, and %d is the limit: %s"
                            .formatted(byteCount, STATE_BYTES_MAX, directory));
        }
    }

    /// The file itself, because a link to a symbolic link would link the wrong one.
    private static Path realPath(Path memoryFile) throws SnapshotException {
        try {
            return memoryFile.toRealPath();
        } catch (NoSuchFileException gone) {
            throw FileIdentity.missing("file that backs the memory", memoryFile);
        } catch (IOException failure) {
            throw FileIdentity.unreadable(memoryFile, failure);
        }
    }

    static void requireLength(Path file, OpenVmmManifest manifest) throws SnapshotException {
        long found;
        try {
            found = Files.size(file);
        } catch (NoSuchFileException gone) {
            throw FileIdentity.missing(MEMORY, file);
        } catch (IOException failure) {
            throw FileIdentity.unreadable(file, failure);
        }
        if (found != manifest.memorySizeBytes()) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "the memory has %d bytes, the manifest says %d"
                            .formatted(found, manifest.memorySizeBytes()),
                    file);
        }
    }

    /// The copy would take the guest's RAM the name that it has.
    private static void requireOtherName(Path source, Path target) throws SnapshotException {
        if (Files.exists(target) && source.equals(realPath(target))) {
            throw new SnapshotException(
                    Kind.CONFLICT,
                    Reason.EXISTS,
                    "the file that backs the memory is the snapshot's own memory: link it, or copy"
                            + " it to another directory",
                    target);
        }
    }

    /// Reads what a snapshot says about itself, and the machine state.
    ///
    /// @param directory of ours, or of OpenVMM
    /// @return both, of one snapshot also when it is being replaced meanwhile
    /// @throws SnapshotException of kind `MISSING` if a part is not there, `CORRUPT` if the
    ///     manifest is none
    public static OpenVmmSnapshot readSnapshot(Path directory) throws SnapshotException {
        return PinnedDirectory.read(directory, () -> read(directory), ignored -> {});
    }

    private static OpenVmmSnapshot read(Path directory) throws SnapshotException {
        Path manifest = directory.resolve(MANIFEST);
        return new OpenVmmSnapshot(
                directory,
                OpenVmmManifest.decode(
                        StateFile.read(manifest, MANIFEST, OpenVmmManifest.BYTES_MAX), manifest),
                StateFile.read(directory.resolve(STATE), STATE, STATE_BYTES_MAX));
    }

    /// Reads a snapshot and maps its memory, so that what the guest writes stays in this process.
    ///
    /// @param directory of ours, or of OpenVMM
    /// @param layout where the memory is in the guest
    /// @return all of it, of one snapshot also when it is being replaced meanwhile
    /// @throws SnapshotException of kind `MISSING` if a part is not there, `CORRUPT` if the
    ///     manifest is none, of reason `VERSION` if it is of another version, and `MISMATCH` if
    ///     the lengths of the memory, in the manifest and in the layout differ
    public static RestoredOpenVmm restore(Path directory, GuestLayout layout)
            throws SnapshotException {
        return PinnedDirectory.read(
                directory, () -> map(directory, layout), RestoredOpenVmm::close);
    }

    private static RestoredOpenVmm map(Path directory, GuestLayout layout)
            throws SnapshotException {
        OpenVmmSnapshot snapshot = read(directory);
        requireVersion(snapshot.manifest());
        requireLength(snapshot.memoryFile(), snapshot.manifest());
        if (layout.byteCount() != snapshot.manifest().memorySizeBytes()) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.MISMATCH,
                    "the machine has %d bytes of memory, the manifest says %d"
                            .formatted(layout.byteCount(), snapshot.manifest().memorySizeBytes()),
                    directory);
        }
        return new RestoredOpenVmm(
                snapshot, GuestMemory.mapped(snapshot.memoryFile(), layout, FileMapping.PRIVATE));
    }

    /// Refuses a snapshot that is not of such a machine. What differs first is what the message
    /// says, in the order of the parameters, and before them the version of the manifest.
    ///
    /// @param manifest of the snapshot
    /// @param architecture of the machine that is to take it
    /// @param memorySizeBytes how much memory that machine has
    /// @param vpCount how many virtual processors
    /// @param pageSize how many bytes a page has
    /// @throws SnapshotException of kind `UNSUPPORTED`, and of reason `VERSION` or `INCOMPATIBLE`,
    ///     with both values
    public static void validateManifest(
            OpenVmmManifest manifest,
            String architecture,
            long memorySizeBytes,
            long vpCount,
            long pageSize)
            throws SnapshotException {
        requireVersion(manifest);
        requireEqual("architecture", manifest.architecture(), architecture);
        requireEqual("memory size in bytes", manifest.memorySizeBytes(), memorySizeBytes);
        requireEqual("VP count", manifest.vpCount(), vpCount);
        requireEqual("page size in bytes", manifest.pageSize(), pageSize);
    }

    static void requireVersion(OpenVmmManifest manifest) throws SnapshotException {
        if (manifest.version() != OpenVmmManifest.VERSION) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.VERSION,
                    "the manifest has version %d, and only %d is known"
                            .formatted(manifest.version(), OpenVmmManifest.VERSION),
                    MANIFEST);
        }
    }

    private static void requireEqual(String what, Object found, Object expected)
            throws SnapshotException {
        if (!found.equals(expected)) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "%s: the snapshot has %s, the machine %s".formatted(what, found, expected),
                    MANIFEST);
        }
    }
}

package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.MemoryImage;
import io.coldframe.image.OnExisting;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.snapshot.VerifyReport.Verified;
import io.coldframe.state.MachineState;
import io.coldframe.state.StateEnvelope;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A snapshot that is open, with all that it lies on.
///
/// ```java
/// try (Snapshot snapshot = store.open("base")) {
///     snapshot.load(memory, Progress.NONE);
///     MachineState state = snapshot.machineState();
/// }
/// ```
///
/// Every byte that it hands out was compared with a sum that the manifest vouches for.
///
/// **Lifetime.** Its files stay open until it is closed, so it reads the same snapshot to the end,
/// whoever replaces or deletes it meanwhile.
///
/// **Threads.** One at a time.
public final class Snapshot implements AutoCloseable {

    private final List<OpenedLink> links;
    private final FileChannel state;

    /// One snapshot of a chain.
    ///
    /// @param name what it was called when the chain was opened
    /// @param manifest what it is
    public record Link(String name, Manifest manifest) {}

    /// @param links the snapshot, then its parents; closed with this
    /// @param state the open file of the snapshot's state; closed with this
    Snapshot(List<OpenedLink> links, FileChannel state) {
        this.links = List.copyOf(links);
        this.state = state;
    }

    private StoredSnapshot stored() {
        return links.getFirst().stored();
    }

    /// {@return what it was called when it was opened}
    public String name() {
        return stored().name();
    }

    /// {@return what it is}
    public Manifest manifest() {
        return stored().manifest();
    }

    /// {@return this snapshot, what it lies on, and so on to a full one}
    public List<Link> chain() {
        return links.stream()
                .map(link -> new Link(link.stored().name(), link.stored().manifest()))
                .toList();
    }

    /// {@return the machine state}
    ///
    /// @throws SnapshotException of kind `UNSUPPORTED` if only its maker can read it, `CORRUPT` if
    ///     it is not as it was written, or is not of the manifest's machine
    public MachineState machineState() throws SnapshotException {
        Path file = stored().part(StorePaths.STATE);
        if (manifest().state().format() == StateFormat.OPAQUE) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.INCOMPATIBLE,
                    "the state is opaque: only what made it can read it",
                    file);
        }
        try (Arena arena = Arena.ofConfined()) {
            MachineState machine = StateEnvelope.decode(stateBytes(arena), file).state();
            requireAgreement(machine, file);
            return machine;
        }
    }

    private void requireAgreement(MachineState machine, Path file) throws SnapshotException {
        boolean agrees =
                machine.architecture() == manifest().architecture()
                        && machine.vcpus().size() == manifest().vcpuCount();
        if (!agrees) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "%d vCPUs of %s, and the manifest says %d of %s"
                            .formatted(
                                    machine.vcpus().size(),
                                    machine.architecture(),
                                    manifest().vcpuCount(),
                                    manifest().architecture()),
                    file);
        }
    }

    /// {@return the bytes of the state, however they are encoded}
    ///
    /// @param arena owns them
    /// @throws SnapshotException of kind `CORRUPT` if they are not as they were written
    public MemorySegment stateBytes(Arena arena) throws SnapshotException {
        Path file = stored().part(StorePaths.STATE);
        StatePart part = manifest().state();
        PartFile.requireLength(state, part.byteCount(), file);
        MemorySegment bytes = arena.allocate(part.byteCount());
        PartFile.readWhole(state, bytes, file);
        OpenedLink.requireDigest(part.digest(), bytes, file);
        return bytes;
    }

    /// Reads the state and the memory, and the memory of all that this lies on, and compares them
    /// with their sums. The states of the parents are not read: nothing here needs them.
    ///
    /// @param progress hears how much memory is read
    /// @return what was read
    /// @throws SnapshotException of kind `CORRUPT` that names the first file that is not as it was
    ///     written; of memory also the offset and the guest's page
    public VerifyReport verify(Progress progress) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            stateBytes(arena);
        }
        ProgressParts parts =
                new ProgressParts(progress, links.stream().mapToLong(Snapshot::writtenBytes));
        List<Verified> verified = new ArrayList<>();
        for (OpenedLink link : links) {
            link.verify(parts.next(writtenBytes(link)));
            verified.add(
                    new Verified(
                            link.stored().name(),
                            link.stored().manifest().id(),
                            writtenBytes(link)));
        }
        return new VerifyReport(verified);
    }

    private static long writtenBytes(OpenedLink link) {
        return link.stored().manifest().memory().writtenByteCount();
    }

    /// Writes the guest's memory as one raw file, with holes where it is zero.
    ///
    /// @param target the file, which appears whole or not at all
    /// @param onExisting what to do if there is a file of this name
    /// @param progress hears how far it is
    /// @return what was written
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written
    /// @throws IllegalArgumentException if the target is inside the store, where only the store
    ///     writes
    public RestoreReport restore(Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        requireOutside(target);
        return MemoryImage.materialise(newestFirst(), target, onExisting, progress);
    }

    private void requireOutside(Path target) {
        Path store = stored().path().getParent();
        Path directory = target.toAbsolutePath().getParent();
        if (store == null || directory == null) {
            return;
        }
        try {
            if (directory.toRealPath().startsWith(store.toRealPath())) {
                throw new IllegalArgumentException(
                        "%s is inside the store %s".formatted(target, store));
            }
        } catch (IOException unreadable) {
            // Whoever makes the file says what is wrong with its directory.
            return;
        }
    }

    /// Fills memory with the guest's memory, every byte of it.
    ///
    /// @param memory as long as the guest's
    /// @param progress hears how far it is
    /// @return what was read and written
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written; what is in
    ///     the memory is undefined then
    public RestoreReport load(GuestMemory memory, Progress progress) throws SnapshotException {
        if (memory.byteCount() != manifest().memory().byteCount()) {
            throw new IllegalArgumentException(
                    "%d bytes of memory for a guest of %d"
                            .formatted(memory.byteCount(), manifest().memory().byteCount()));
        }
        return MemoryImage.load(newestFirst(), memory, progress);
    }

    /// The open images of the chain; they stay this snapshot's.
    List<MemoryImage> newestFirst() {
        return links.stream().map(OpenedLink::image).toList();
    }

    /// What the chain is made of, newest first.
    List<OpenedLink> links() {
        return links;
    }

    @Override
    public void close() {
        links.forEach(OpenedLink::close);
        try {
            state.close();
        } catch (IOException ignored) {
            // It was only read.
        }
    }
}

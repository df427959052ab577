package io.coldframe.snapshot;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.image.RestoreReport;
import io.coldframe.layer.LayerChain;
import io.coldframe.memory.GuestMemory;
import io.coldframe.snapshot.Manifest.StateFormat;
import io.coldframe.snapshot.Manifest.StatePart;
import io.coldframe.state.MachineState;
import io.coldframe.state.StateEnvelope;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    private final OpenMemory memory;
    private final FileChannel state;

    /// One snapshot of a chain.
    ///
    /// @param name what it was called when the chain was opened
    /// @param manifest what it is
    public record Link(String name, Manifest manifest) {}

    /// @param memory of the snapshot; closed with this
    /// @param state the open file of the snapshot's state; closed with this
    Snapshot(OpenMemory memory, FileChannel state) {
        this.memory = memory;
        this.state = state;
    }

    private StoredSnapshot stored() {
        return memory.stored();
    }

    /// {@return what it was called when it was opened}
    public String name() {
        return stored().name();
    }

    /// {@return what it is}
    public Manifest manifest() {
        return stored().manifest();
    }

    /// {@return this snapshot, what it needs, and so on to a full one}
    ///
    /// An image snapshot needs all of its parents. A layer snapshot needs no other layer snapshot,
    /// only layers, which the store keeps; and the image snapshots below them, if there are any.
    public List<Link> chain() {
        List<Link> chain = new ArrayList<>();
        if (layers().isPresent()) {
            chain.add(new Link(name(), manifest()));
        }
        images().forEach(image -> chain.add(new Link(image.name(), image.manifest())));
        return chain;
    }

    /// {@return the open images that its memory is read from, newest first: of a layer snapshot
    /// those below its layers, mostly none}
    public List<ImageLink> images() {
        return memory.images().stream()
                .map(
                        link ->
                                new ImageLink(
                                        link.stored().name(),
                                        link.stored().manifest(),
                                        link.image()))
                .toList();
    }

    /// {@return the open layers that its memory is read from; empty for an image snapshot}
    public Optional<LayerChain> layers() {
        return memory instanceof OpenLayers open ? Optional.of(open.chain()) : Optional.empty();
    }

    /// {@return its memory, to be read at any offset for as long as this is open}
    public PageSource source() {
        return memory.source();
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

    /// Reads the state and the memory, and the memory of all that this needs, and compares them
    /// with their sums. The states of the parents are not read: nothing here needs them. Of layers
    /// no more is read than this snapshot reads.
    ///
    /// @param progress hears how much memory is read
    /// @return what was read
    /// @throws SnapshotException of kind `CORRUPT` that names the first file that is not as it was
    ///     written; of memory also the offset and the guest's page
    public VerifyReport verify(Progress progress) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            stateBytes(arena);
        }
        return memory.verify(progress);
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
        return memory.materialise(target, onExisting, progress);
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

    /// Makes a raw file of another snapshot's memory one of this, in place: only what differs is
    /// written. For both only the places of blocks are compared, and the file is not read.
    ///
    /// @param present the snapshot whose memory the file holds
    /// @param image a file that nobody else uses, and that really holds that memory
    /// @param progress hears how far it is
    /// @return what was written, which is durable
    /// @throws SnapshotException of kind `UNSUPPORTED` if one of the two is an image snapshot;
    ///     `CORRUPT` if a block is not as it was written, or the file has another length. The file
    ///     holds some blocks of each then, and the same call can be made again
    /// @throws IllegalArgumentException if the file is inside the store
    public RestoreReport restoreOver(Snapshot present, Path image, Progress progress)
            throws SnapshotException {
        requireOutside(image);
        return requireLayers().applyOver(present.requireLayers(), image, progress);
    }

    private LayerChain requireLayers() throws SnapshotException {
        return layers().orElseThrow(
                        () ->
                                new SnapshotException(
                                        Kind.UNSUPPORTED,
                                        Reason.INCOMPATIBLE,
                                        "an image snapshot does not say what has changed: "
                                                + "restore all of it",
                                        stored().path()));
    }

    /// Fills memory with the guest's memory, every byte of it.
    ///
    /// @param into as long as the guest's
    /// @param progress hears how far it is
    /// @return what was read and written
    /// @throws SnapshotException of kind `CORRUPT` if a block is not as it was written; what is in
    ///     the memory is undefined then
    public RestoreReport load(GuestMemory into, Progress progress) throws SnapshotException {
        if (into.byteCount() != manifest().memory().byteCount()) {
            throw new IllegalArgumentException(
                    "%d bytes of memory for a guest of %d"
                            .formatted(into.byteCount(), manifest().memory().byteCount()));
        }
        return memory.load(into, progress);
    }

    /// What the memory is made of.
    OpenMemory memory() {
        return memory;
    }

    @Override
    public void close() {
        memory.close();
        try {
            state.close();
        } catch (IOException ignored) {
            // It was only read.
        }
    }
}

package io.coldframe.snapshot;

import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.layer.LayerOptions;
import io.coldframe.layer.LayerSource;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.Manifest.Kind;

import java.util.Optional;

/// What to save, under which name, and how.
///
/// ```java
/// store.save(SnapshotRequest.full("base", memory, state));
/// store.save(SnapshotRequest.diff("next", "base", memory, state).withDirty(bitmap));
/// store.save(SnapshotRequest.layer("later", "next", memory, state).withDirty(bitmap));
/// ```
///
/// **Threads.** Immutable. Nobody writes the memory and the state while they are saved.
public final class SnapshotRequest {

    private final String name;
    private final Kind kind;
    private final Optional<String> parentReference;
    private final Memory memory;
    private final GuestLayout layout;
    private final StateSource state;
    private final SaveSettings settings;

    /// Where the memory comes from: of an image from the guest, of a layer from a source. From
    /// neither if a [MemoryFiller] brings it.
    private record Memory(Optional<GuestMemory> guest, Optional<LayerSource> source) {

        static Memory of(GuestMemory guest) {
            return new Memory(Optional.of(guest), Optional.empty());
        }

        static Memory of(LayerSource source) {
            return new Memory(Optional.empty(), Optional.of(source));
        }

        static Memory brought() {
            return new Memory(Optional.empty(), Optional.empty());
        }
    }

    private SnapshotRequest(
            String name,
            Kind kind,
            Optional<String> parentReference,
            Memory memory,
            GuestLayout layout,
            StateSource state,
            SaveSettings settings) {
        this.name = Names.requireName(name);
        this.kind = kind;
        this.parentReference = parentReference;
        this.memory = memory;
        Manifest.requireRegions(layout);
        this.layout = layout;
        this.state = state;
        this.settings = settings;
    }

    /// {@return a snapshot that holds every page}
    ///
    /// @param name what it will be called
    /// @param memory the guest's memory
    /// @param state the guest's state
    public static SnapshotRequest full(String name, GuestMemory memory, StateSource state) {
        return new SnapshotRequest(
                name,
                Kind.FULL,
                Optional.empty(),
                Memory.of(memory),
                memory.layout(),
                state,
                SaveSettings.DEFAULT);
    }

    /// {@return a snapshot that holds the pages which are not as they are in the parent}
    ///
    /// Without [#withDirty] every page is compared with the parent's content, which is read for it.
    ///
    /// @param name what it will be called
    /// @param parentReference a name, a tag or an id: an image snapshot
    /// @param memory the guest's memory, with the parent's regions
    /// @param state the guest's state
    public static SnapshotRequest diff(
            String name, String parentReference, GuestMemory memory, StateSource state) {
        return new SnapshotRequest(
                name,
                Kind.DIFF,
                Optional.of(parentReference),
                Memory.of(memory),
                memory.layout(),
                state,
                SaveSettings.DEFAULT);
    }

    /// {@return the first of a line of layers: it holds every block that is not zero, packed}
    ///
    /// @param name what it will be called
    /// @param memory the guest's memory
    /// @param state the guest's state
    public static SnapshotRequest layer(String name, GuestMemory memory, StateSource state) {
        return layer(name, Optional.empty(), LayerSource.of(memory), memory.layout(), state);
    }

    /// {@return a layer with the blocks whose content is not that of the parent}
    ///
    /// Content decides: a dirty page whose bytes are the parent's takes nothing. Without
    /// [#withDirty] every block is looked at.
    ///
    /// @param name what it will be called
    /// @param parentReference a name, a tag or an id: a snapshot of any kind
    /// @param memory the guest's memory, with the parent's regions
    /// @param state the guest's state
    public static SnapshotRequest layer(
            String name, String parentReference, GuestMemory memory, StateSource state) {
        return layer(
                name, Optional.of(parentReference), LayerSource.of(memory), memory.layout(), state);
    }

    /// {@return a layer of memory that is not in this process}
    ///
    /// @param name what it will be called
    /// @param parentReference a name, a tag or an id; empty for the first of a line
    /// @param memory the guest's memory, its regions end to end; it stays open
    /// @param layout where the regions are, which are the parent's
    /// @param state the guest's state
    public static SnapshotRequest layer(
            String name,
            Optional<String> parentReference,
            LayerSource memory,
            GuestLayout layout,
            StateSource state) {
        if (memory.byteCount() != layout.byteCount()) {
            throw new IllegalArgumentException(
                    "memory of %d bytes in regions of %d"
                            .formatted(memory.byteCount(), layout.byteCount()));
        }
        return new SnapshotRequest(
                name,
                Kind.LAYER,
                parentReference,
                Memory.of(memory),
                layout,
                state,
                SaveSettings.DEFAULT);
    }

    /// An image snapshot of memory that is not in this process: a [MemoryFiller] brings it.
    static SnapshotRequest adopting(
            String name, Optional<String> parentReference, GuestLayout layout, StateSource state) {
        return new SnapshotRequest(
                name,
                parentReference.isPresent() ? Kind.DIFF : Kind.FULL,
                parentReference,
                Memory.brought(),
                layout,
                state,
                SaveSettings.DEFAULT);
    }

    /// {@return the same with the pages that were written}
    ///
    /// A diff holds these pages; a layer those of them whose content has changed. A snapshot
    /// without a parent holds all, and these become clean with it. The pages are taken out of the
    /// bitmap, and put back, all of them, unless the snapshot is committed.
    ///
    /// @param dirty as long as the memory; for an image its page is a multiple of the file's
    public SnapshotRequest withDirty(DirtyBitmap dirty) {
        return with(settings.withDirty(dirty));
    }

    /// {@return the same, written in pages of another size than 4 KiB; a diff has its parent's}
    ///
    /// @param pageSize the unit of the file
    public SnapshotRequest withPageSize(PageSize pageSize) {
        if (kind != Kind.FULL) {
            throw new IllegalArgumentException(
                    kind == Kind.LAYER
                            ? "a layer has blocks, and no pages"
                            : "a diff has the page size of its parent");
        }
        return with(settings.withPageSize(pageSize));
    }

    /// {@return the same layer in blocks of another size than 4 KiB; one that has a parent with
    /// blocks has the same}
    ///
    /// @param blockSize what is stored, zero or unchanged as one; at most
    ///     [LayerOptions#BLOCK_MAX]
    public SnapshotRequest withBlockSize(PageSize blockSize) {
        if (kind != Kind.LAYER) {
            throw new IllegalArgumentException("an image has pages, and no blocks");
        }
        return with(
                settings.withPageSize(LayerOptions.DEFAULT.withBlockSize(blockSize).blockSize()));
    }

    /// {@return the same with one more label}
    ///
    /// @param key 1 to 128 characters; what it had before is forgotten
    /// @param value at most 4,096 characters
    public SnapshotRequest withLabel(String key, String value) {
        return with(settings.withLabel(key, value));
    }

    /// {@return the same, with another answer to a snapshot that has the name already}
    ///
    /// @param onExisting [OnExisting#REFUSE] unless said otherwise
    public SnapshotRequest withOnExisting(OnExisting onExisting) {
        return with(settings.withOnExisting(onExisting));
    }

    /// {@return the same, written another way}
    ///
    /// @param writeOptions [WriteOptions#DEFAULT] unless said otherwise; of those a layer knows
    ///     output, threads and progress
    public SnapshotRequest withWriteOptions(WriteOptions writeOptions) {
        return with(settings.withWriteOptions(writeOptions));
    }

    /// {@return the same of a guest that ran somewhere else}
    ///
    /// @param host [HostDescription#current()] unless said otherwise
    public SnapshotRequest withHost(HostDescription host) {
        return with(settings.withHost(host));
    }

    private SnapshotRequest with(SaveSettings changed) {
        return new SnapshotRequest(name, kind, parentReference, memory, layout, state, changed);
    }

    /// {@return what the snapshot will be called}
    public String name() {
        return name;
    }

    /// {@return what it will be}
    public Kind kind() {
        return kind;
    }

    /// {@return what a diff lies on, or a layer is compared with; empty for one that has no parent}
    public Optional<String> parentReference() {
        return parentReference;
    }

    /// The memory of an image, unless a [MemoryFiller] brings it.
    Optional<GuestMemory> memory() {
        return memory.guest();
    }

    /// The memory of a layer.
    Optional<LayerSource> layerSource() {
        return memory.source();
    }

    GuestLayout layout() {
        return layout;
    }

    StateSource state() {
        return state;
    }

    SaveSettings settings() {
        return settings;
    }

    Optional<DirtyBitmap> dirty() {
        return settings.dirty();
    }

    PageSize pageSize() {
        return settings.pageSize().orElse(PageSize.KIB_4);
    }

    OnExisting onExisting() {
        return settings.onExisting();
    }

    WriteOptions writeOptions() {
        return settings.writeOptions();
    }
}

package io.coldframe.snapshot;

import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What to save, under which name, and how.
///
/// ```java
/// store.save(SnapshotRequest.full("base", memory, state));
/// store.save(SnapshotRequest.diff("next", "base", memory, state).withDirty(bitmap));
/// ```
///
/// **Threads.** Immutable. Nobody writes the memory and the state while they are saved.
public final class SnapshotRequest {

    private final String name;
    private final Optional<String> parentReference;
    private final Optional<GuestMemory> memory;
    private final GuestLayout layout;
    private final StateSource state;
    private final Settings settings;

    /// What the with-methods change.
    private record Settings(
            Optional<DirtyBitmap> dirty,
            Optional<PageSize> pageSize,
            SortedMap<String, String> labels,
            OnExisting onExisting,
            WriteOptions writeOptions,
            Optional<HostDescription> host) {

        static final Settings DEFAULT =
                new Settings(
                        Optional.empty(),
                        Optional.empty(),
                        Collections.emptySortedMap(),
                        OnExisting.REFUSE,
                        WriteOptions.DEFAULT,
                        Optional.empty());
    }

    private SnapshotRequest(
            String name,
            Optional<String> parentReference,
            Optional<GuestMemory> memory,
            GuestLayout layout,
            StateSource state,
            Settings settings) {
        this.name = Names.requireName(name);
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
                Optional.empty(),
                Optional.of(memory),
                memory.layout(),
                state,
                Settings.DEFAULT);
    }

    /// {@return a snapshot that holds the pages which are not as they are in the parent}
    ///
    /// Without [#withDirty] every page is compared with the parent's content, which is read for it.
    ///
    /// @param name what it will be called
    /// @param parentReference a name, a tag or an id
    /// @param memory the guest's memory, with the parent's regions
    /// @param state the guest's state
    public static SnapshotRequest diff(
            String name, String parentReference, GuestMemory memory, StateSource state) {
        return new SnapshotRequest(
                name,
                Optional.of(parentReference),
                Optional.of(memory),
                memory.layout(),
                state,
                Settings.DEFAULT);
    }

    /// A snapshot of memory that is not in this process: a [MemoryFiller] brings it.
    static SnapshotRequest adopting(
            String name, Optional<String> parentReference, GuestLayout layout, StateSource state) {
        return new SnapshotRequest(
                name, parentReference, Optional.empty(), layout, state, Settings.DEFAULT);
    }

    /// {@return the same with the pages that were written}
    ///
    /// A diff holds these pages. A full snapshot holds all, and these become clean with it. The
    /// pages are taken out of the bitmap, and put back, all of them, unless the snapshot is
    /// committed.
    ///
    /// @param dirty as long as the memory; its page is a multiple of the file's
    public SnapshotRequest withDirty(DirtyBitmap dirty) {
        return with(
                new Settings(
                        Optional.of(dirty),
                        settings.pageSize,
                        settings.labels,
                        settings.onExisting,
                        settings.writeOptions,
                        settings.host));
    }

    /// {@return the same, written in pages of another size than 4 KiB; a diff has its parent's}
    ///
    /// @param pageSize the unit of the file
    public SnapshotRequest withPageSize(PageSize pageSize) {
        if (parentReference.isPresent()) {
            throw new IllegalArgumentException("a diff has the page size of its parent");
        }
        return with(
                new Settings(
                        settings.dirty,
                        Optional.of(pageSize),
                        settings.labels,
                        settings.onExisting,
                        settings.writeOptions,
                        settings.host));
    }

    /// {@return the same with one more label}
    ///
    /// @param key 1 to 128 characters; what it had before is forgotten
    /// @param value at most 4,096 characters
    public SnapshotRequest withLabel(String key, String value) {
        SortedMap<String, String> labels = new TreeMap<>(settings.labels);
        labels.put(key, value);
        Manifest.requireLabels(labels);
        return with(
                new Settings(
                        settings.dirty,
                        settings.pageSize,
                        Collections.unmodifiableSortedMap(labels),
                        settings.onExisting,
                        settings.writeOptions,
                        settings.host));
    }

    /// {@return the same, with another answer to a snapshot that has the name already}
    ///
    /// @param onExisting [OnExisting#REFUSE] unless said otherwise
    public SnapshotRequest withOnExisting(OnExisting onExisting) {
        return with(
                new Settings(
                        settings.dirty,
                        settings.pageSize,
                        settings.labels,
                        onExisting,
                        settings.writeOptions,
                        settings.host));
    }

    /// {@return the same, written another way}
    ///
    /// @param writeOptions [WriteOptions#DEFAULT] unless said otherwise
    public SnapshotRequest withWriteOptions(WriteOptions writeOptions) {
        return with(
                new Settings(
                        settings.dirty,
                        settings.pageSize,
                        settings.labels,
                        settings.onExisting,
                        writeOptions,
                        settings.host));
    }

    /// {@return the same of a guest that ran somewhere else}
    ///
    /// @param host [HostDescription#current()] unless said otherwise
    public SnapshotRequest withHost(HostDescription host) {
        return with(
                new Settings(
                        settings.dirty,
                        settings.pageSize,
                        settings.labels,
                        settings.onExisting,
                        settings.writeOptions,
                        Optional.of(host)));
    }

    private SnapshotRequest with(Settings changed) {
        return new SnapshotRequest(name, parentReference, memory, layout, state, changed);
    }

    /// {@return what the snapshot will be called}
    public String name() {
        return name;
    }

    /// {@return what a diff lies on; empty for a full snapshot}
    public Optional<String> parentReference() {
        return parentReference;
    }

    /// Empty if a [MemoryFiller] brings it.
    Optional<GuestMemory> memory() {
        return memory;
    }

    GuestLayout layout() {
        return layout;
    }

    StateSource state() {
        return state;
    }

    Optional<DirtyBitmap> dirty() {
        return settings.dirty;
    }

    PageSize pageSize() {
        return settings.pageSize.orElse(PageSize.KIB_4);
    }

    SortedMap<String, String> labels() {
        return settings.labels;
    }

    OnExisting onExisting() {
        return settings.onExisting;
    }

    WriteOptions writeOptions() {
        return settings.writeOptions;
    }

    Optional<HostDescription> host() {
        return settings.host;
    }
}

package io.coldframe.snapshot;

import io.coldframe.Sha256;
import io.coldframe.image.OnExisting;
import io.coldframe.image.WriteOptions;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.state.MachineState;

import java.util.Objects;
import java.util.Optional;

/// What [SnapshotPair#save] is to write, and where.
///
/// ```java
/// SnapshotPair.save(SaveRequest.diff(PairPaths.of(path), state, memory).dirty(bitmap));
/// ```
///
/// **Lifetime.** Borrows the memory and the bitmap until the save has returned.
///
/// **Threads.** Immutable.
public final class SaveRequest {
    private final PairPaths paths;
    private final MachineState state;
    private final GuestMemory memory;
    private final boolean isDiff;
    private final Optional<DirtyBitmap> dirty;
    private final Optional<Sha256> base;
    private final PageSize pageSize;
    private final OnExisting onExisting;
    private final WriteOptions options;

    private SaveRequest(
            PairPaths paths,
            MachineState state,
            GuestMemory memory,
            boolean isDiff,
            Optional<DirtyBitmap> dirty,
            Optional<Sha256> base,
            PageSize pageSize,
            OnExisting onExisting,
            WriteOptions options) {
        this.paths = Objects.requireNonNull(paths);
        this.state = Objects.requireNonNull(state);
        this.memory = Objects.requireNonNull(memory);
        this.isDiff = isDiff;
        this.dirty = dirty;
        this.base = base;
        this.pageSize = Objects.requireNonNull(pageSize);
        this.onExisting = Objects.requireNonNull(onExisting);
        this.options = Objects.requireNonNull(options);
    }

    /// {@return a request for all of the memory, which replaces a pair that is there}
    ///
    /// @param paths where
    /// @param state the machine; its memory size is that of `memory`
    /// @param memory of a guest that does not run meanwhile
    public static SaveRequest full(PairPaths paths, MachineState state, GuestMemory memory) {
        return of(paths, state, memory, false);
    }

    /// {@return a request for the pages that were written, which replaces a pair that is there; it
    /// needs a bitmap of them, see [#dirty]}
    ///
    /// @param paths where
    /// @param state the machine, which tracks dirty pages; its memory size is that of `memory`
    /// @param memory of a guest that does not run meanwhile
    public static SaveRequest diff(PairPaths paths, MachineState state, GuestMemory memory) {
        return of(paths, state, memory, true);
    }

    private static SaveRequest of(
            PairPaths paths, MachineState state, GuestMemory memory, boolean isDiff) {
        return new SaveRequest(
                paths,
                state,
                memory,
                isDiff,
                Optional.empty(),
                Optional.empty(),
                PageSize.KIB_4,
                OnExisting.REPLACE,
                WriteOptions.DEFAULT);
    }

    /// {@return this request with the pages that were written since the last save}
    ///
    /// A diff writes them. A full save writes all pages, and these are clean after it too. They
    /// are taken out of the bitmap, and put back unless the whole pair is committed.
    ///
    /// @param bitmap covers as many bytes as the memory has, in pages that are made of file pages
    public SaveRequest dirty(DirtyBitmap bitmap) {
        return with(Optional.of(bitmap), base, pageSize, onExisting, options);
    }

    /// {@return this request, of a diff, with the memory that it lies on}
    ///
    /// Loading it over any other memory is refused then.
    ///
    /// @param memoryDigest the [SaveReport#memoryDigest()] of the save before
    public SaveRequest base(Sha256 memoryDigest) {
        return with(dirty, Optional.of(memoryDigest), pageSize, onExisting, options);
    }

    /// {@return this request with another page of the memory file; 4 KiB unless said otherwise}
    ///
    /// @param filePage what a diff is written in
    public SaveRequest pageSize(PageSize filePage) {
        return with(dirty, base, filePage, onExisting, options);
    }

    /// {@return this request with what is to happen when there is a pair already}
    ///
    /// @param what refuse, or replace it
    public SaveRequest onExisting(OnExisting what) {
        return with(dirty, base, pageSize, what, options);
    }

    /// {@return this request with a way of writing the memory}
    ///
    /// @param how the way
    public SaveRequest options(WriteOptions how) {
        return with(dirty, base, pageSize, onExisting, how);
    }

    private SaveRequest with(
            Optional<DirtyBitmap> dirty,
            Optional<Sha256> base,
            PageSize pageSize,
            OnExisting onExisting,
            WriteOptions options) {
        return new SaveRequest(
                paths, state, memory, isDiff, dirty, base, pageSize, onExisting, options);
    }

    PairPaths paths() {
        return paths;
    }

    MachineState state() {
        return state;
    }

    GuestMemory memory() {
        return memory;
    }

    boolean isDiff() {
        return isDiff;
    }

    Optional<DirtyBitmap> dirty() {
        return dirty;
    }

    Optional<Sha256> base() {
        return base;
    }

    PageSize pageSize() {
        return pageSize;
    }

    OnExisting onExisting() {
        return onExisting;
    }

    WriteOptions options() {
        return options;
    }
}

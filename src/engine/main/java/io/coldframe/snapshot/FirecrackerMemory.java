package io.coldframe.snapshot;

import io.coldframe.memory.GuestLayout;

import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A memory file of Firecracker's, raw, its regions end to end: all of a guest's memory, or a diff.
///
/// A diff is a file as long as the memory: what was written since the snapshot before is data in
/// it, and the rest is a hole. Nothing else tells a diff from a full file, so a copy that has lost
/// its holes is refused, unless [#withoutHoles()] says that it is full.
///
/// So is one on a file system whose blocks are larger than a page, as a tmpfs of huge pages: what
/// lies beside a written page looks written there, as zeros.
///
/// What can't be seen is a copy that has made holes out of zeros, as `cp --sparse=always` does: the
/// pages that the guest had zeroed are the parent's in it. Bring a diff from where Firecracker
/// wrote it, or from a copy that keeps its holes and makes none.
///
/// **Threads.** Immutable.
public final class FirecrackerMemory {

    private final String name;
    private final Path file;
    private final Optional<String> parentReference;
    private final Optional<GuestLayout> layout;
    private final StateSource state;
    private final boolean isFull;
    private final SortedMap<String, String> labels;

    private FirecrackerMemory(
            String name,
            Path file,
            Optional<String> parentReference,
            Optional<GuestLayout> layout,
            StateSource state,
            boolean isFull,
            SortedMap<String, String> labels) {
        this.name = Names.requireName(name);
        this.file = file;
        this.parentReference = parentReference;
        this.layout = layout;
        this.state = state;
        this.isFull = isFull;
        this.labels = labels;
    }

    /// {@return a file with all of a guest's memory; its holes are zeros}
    ///
    /// @param name of the new snapshot
    /// @param file the memory file
    /// @param layout where its regions are in the guest
    /// @param state the guest's state
    public static FirecrackerMemory full(
            String name, Path file, GuestLayout layout, StateSource state) {
        return new FirecrackerMemory(
                name, file, Optional.empty(), Optional.of(layout), state, true, new TreeMap<>());
    }

    /// {@return a diff}
    ///
    /// @param name of the new snapshot
    /// @param parentReference a name, a tag or an id: what the diff was made after
    /// @param file the memory file
    /// @param state the guest's state
    public static FirecrackerMemory diff(
            String name, String parentReference, Path file, StateSource state) {
        return new FirecrackerMemory(
                name,
                file,
                Optional.of(parentReference),
                Optional.empty(),
                state,
                false,
                new TreeMap<>());
    }

    /// {@return the same, of which all is taken: a full file that is compared with the parent byte
    /// by byte, and whose holes are zeros}
    public FirecrackerMemory withoutHoles() {
        return new FirecrackerMemory(name, file, parentReference, layout, state, true, labels);
    }

    /// {@return the same with one more label}
    ///
    /// @param key 1 to 128 characters
    /// @param value at most 4,096 characters
    public FirecrackerMemory withLabel(String key, String value) {
        SortedMap<String, String> more = new TreeMap<>(labels);
        more.put(key, value);
        Manifest.requireLabels(more);
        return new FirecrackerMemory(name, file, parentReference, layout, state, isFull, more);
    }

    String name() {
        return name;
    }

    Path file() {
        return file;
    }

    Optional<String> parentReference() {
        return parentReference;
    }

    /// Of a diff it is the parent's.
    Optional<GuestLayout> layout() {
        return layout;
    }

    StateSource state() {
        return state;
    }

    boolean isFull() {
        return isFull;
    }

    SortedMap<String, String> labels() {
        return labels;
    }
}

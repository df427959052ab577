package io.coldframe.layer;

import java.lang.foreign.Arena;

/// A layer that was written: its index and what it took.
///
/// **Lifetime.** Owns the index and the map, which are off the heap.
///
/// **Threads.** Immutable; [#close()] once, by the owner.
public final class PackedLayer implements AutoCloseable {

    private final Arena arena;
    private final ExtentMap own;
    private final LayerIndex index;
    private final LayerReport report;

    /// @param arena owns `own`, and is closed with this
    PackedLayer(Arena arena, ExtentMap own, LayerIndex index, LayerReport report) {
        this.arena = arena;
        this.own = own;
        this.index = index;
        this.report = report;
    }

    /// {@return where every block of the memory is now, to be stored beside the layer}
    public LayerIndex index() {
        return index;
    }

    /// {@return what is new, before it is laid over the parent: layer 0 is this one, origin 0 its
    /// snapshot, and `PARENT` what has not changed}
    public ExtentMap own() {
        return own;
    }

    /// {@return what was found and done}
    public LayerReport report() {
        return report;
    }

    /// Frees the memory.
    @Override
    public void close() {
        index.close();
        arena.close();
    }
}

package io.coldframe.layer;

/// A layer that was written: its index and what it took.
///
/// **Lifetime.** Owns the index and the map, which are off the heap.
///
/// **Threads.** Immutable; [#close()] once, by the owner.
@SuppressWarnings("DoNotCallSuggester")
public final class PackedLayer implements AutoCloseable {

    private PackedLayer() {}

    /// {@return where every block of the memory is now, to be stored beside the layer}
    public LayerIndex index() {
        throw new UnsupportedOperationException();
    }

    /// {@return what is new, before it is laid over the parent: layer 0 is this one, origin 0 its
    /// snapshot, and `PARENT` what has not changed}
    public ExtentMap own() {
        throw new UnsupportedOperationException();
    }

    /// {@return what was found and done}
    public LayerReport report() {
        throw new UnsupportedOperationException();
    }

    /// Frees the memory.
    @Override
    public void close() {}
}

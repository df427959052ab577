package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.memory.PageSize;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Where every block of an address space is, and the sums of the blocks that are stored beside it.
///
/// **Lifetime.** Owns its memory, which is off the heap; what it hands out borrows it.
///
/// **Threads.** Immutable; [#close()] once, by the owner.
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class LayerIndex implements AutoCloseable {

    /// The most layers that one map may name.
    public static final int LAYERS_MAX = 1 << 16;

    /// The most origins that one map may name.
    public static final int ORIGINS_MAX = 1 << 20;

    private LayerIndex() {}

    /// {@return the index in a file}
    ///
    /// @param file the file; a final symbolic link is refused
    /// @throws SnapshotException of kind `MISSING` if there is no such file, `CORRUPT` if one bit
    ///     of it is not as it was written, `UNSUPPORTED` if another release wrote it in another way
    public static LayerIndex open(Path file) throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return the index that was encoded}
    ///
    /// @param bytes all of them, and nothing else; copied
    /// @param resource what they were read from, for messages
    /// @throws SnapshotException as [#open(Path)]
    public static LayerIndex decode(MemorySegment bytes, Object resource) throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return the index of parts that fit}
    ///
    /// Layers and origins that no block names are dropped, and so is a base that no block needs;
    /// the layer that is stored beside the index stays.
    ///
    /// @param table what the map is about
    /// @param map where every block is; copied
    /// @param sums of the layer beside it, which is one of the table's; copied
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is over a limit
    public static LayerIndex of(LayerTable table, ExtentMap map, Optional<LayerSums> sums)
            throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return the index of a new generation: its own changes, laid over its parent}
    ///
    /// @param parent the index of the parent
    /// @param own what has changed: layer 0 is the new one, origin 0 the new snapshot
    /// @param sums of the new layer
    /// @param origin the new snapshot
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is over a limit
    public static LayerIndex next(LayerIndex parent, ExtentMap own, LayerSums sums, Origin origin)
            throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return an index that maps nothing, for a layer that stands alone}
    ///
    /// @param sums of the layer; copied
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is over a limit
    public static LayerIndex layerOnly(LayerSums sums) throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// {@return what the map is about, and what its ordinals stand for}
    public LayerTable table() {
        throw new UnsupportedOperationException();
    }

    /// {@return the layer that is stored beside it; empty if none is}
    public Optional<UUID> layerId() {
        return sums().map(LayerSums::layerId);
    }

    /// {@return the sums of the layer that is stored beside it; empty if none is}
    public Optional<LayerSums> sums() {
        throw new UnsupportedOperationException();
    }

    /// {@return the ordinal of the layer that is stored beside it, -1 if none is}
    public int ownLayer() {
        throw new UnsupportedOperationException();
    }

    /// {@return what is stored, zero or the parent's as one}
    public PageSize blockSize() {
        return table().blockSize();
    }

    /// {@return the length of the address space}
    public long byteCount() {
        return table().byteCount();
    }

    /// {@return how many blocks the address space has}
    public long blockCount() {
        return table().blockCount();
    }

    /// {@return the image snapshot whose bytes the blocks in the state `PARENT` have; empty if
    /// there is no such block}
    public Optional<UUID> base() {
        return table().base();
    }

    /// {@return the layers that the map names, by ordinal}
    public List<LayerRef> layers() {
        return table().layers();
    }

    /// {@return the snapshots that wrote the blocks, by ordinal}
    public List<Origin> origins() {
        return table().origins();
    }

    /// {@return where every block is}
    public ExtentMap map() {
        throw new UnsupportedOperationException();
    }

    /// {@return all bytes of the file, read-only}
    public MemorySegment encoded() {
        throw new UnsupportedOperationException();
    }

    /// {@return the SHA-256 of all bytes of the file}
    public Sha256 digest() {
        throw new UnsupportedOperationException();
    }

    /// Frees the memory.
    @Override
    public void close() {}
}

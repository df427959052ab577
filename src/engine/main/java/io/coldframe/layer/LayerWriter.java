package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.DraftFile;
import io.coldframe.image.DraftStream;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Packs what is new in a memory into a layer: each block is zero, unchanged, or stored.
///
/// ```java
/// try (LayerSource memory = LayerSource.file(path);
///         PackedLayer packed =
///                 LayerWriter.of(memory, LayerOptions.DEFAULT)
///                         .over(parent)
///                         .onlyDirty(dirty)
///                         .write(layerId, origin, directory.newFile("memory.layer"))) {
///     directory.write("memory.index", packed.index().encoded());
/// }
/// ```
///
/// The stored blocks follow each other in the order of their addresses, so the same memory gives
/// the same bytes, whatever the threads and the way of writing.
///
/// **Threads.** Immutable; it uses threads of its own while it writes.
public final class LayerWriter {

    private final BlockSource source;
    private final LayerOptions options;
    private final @Nullable LayerParent parent;
    private final @Nullable DirtyBitmap dirty;

    private LayerWriter(
            BlockSource source,
            LayerOptions options,
            @Nullable LayerParent parent,
            @Nullable DirtyBitmap dirty) {
        this.source = source;
        this.options = options;
        this.parent = parent;
        this.dirty = dirty;
    }

    /// {@return a writer of all that is not zero}
    ///
    /// @param source the memory
    /// @param options how to write it
    public static LayerWriter of(LayerSource source, LayerOptions options) {
        return switch (source) {
            case BlockSource blocks -> new LayerWriter(blocks, options, null, null);
        };
    }

    /// {@return a writer of what differs from a parent, by content}
    ///
    /// @param parent as long as the memory, and of the same blocks if it is made of layers
    public LayerWriter over(LayerParent parent) {
        if (parent.byteCount() != source.byteCount()) {
            throw new IllegalArgumentException(
                    "the memory has %d bytes, its parent %d"
                            .formatted(source.byteCount(), parent.byteCount()));
        }
        PageSize block = options.blockSize();
        if (parent.index().map(index -> !index.blockSize().equals(block)).orElse(false)) {
            throw new IllegalArgumentException(
                    "blocks of %s over a parent with other blocks".formatted(block));
        }
        return new LayerWriter(source, options, parent, dirty);
    }

    /// {@return a writer that believes a bitmap, which takes a parent: what is not dirty is the
    /// parent's without a look}
    ///
    /// @param dirty as long as the memory, in pages of any size: a block is dirty if any page of it
    ///     is; only read, and nobody writes to it meanwhile
    public LayerWriter onlyDirty(DirtyBitmap dirty) {
        if (dirty.grid().byteCount() != source.byteCount()) {
            throw new IllegalArgumentException(
                    "the bitmap covers %d bytes, the memory has %d"
                            .formatted(dirty.grid().byteCount(), source.byteCount()));
        }
        return new LayerWriter(source, options, parent, dirty);
    }

    /// Writes the layer.
    ///
    /// @param layerId its id
    /// @param origin who writes it
    /// @param output a new file; its owner syncs and closes it
    /// @return the layer's index
    /// @throws IllegalStateException if there is a bitmap and no parent
    /// @throws SnapshotException if a byte could not be read or written, of kind `CORRUPT` also if
    ///     the parent is damaged; of kind `UNSUPPORTED` if there are more blocks than an index maps
    /// @throws java.util.concurrent.CancellationException if the listener wanted that
    public PackedLayer write(UUID layerId, Origin origin, DraftFile output)
            throws SnapshotException {
        if (dirty != null && parent == null) {
            throw new IllegalStateException("what is not dirty would be nobody's");
        }
        PageSize block = options.blockSize();
        long blockCount = block.pageCount(source.byteCount());
        requireMappable(blockCount, block, output);
        try (DraftStream stream = DraftStream.open(output, options.output(), block);
                LayerAssembly assembly = new LayerAssembly(stream, blockCount)) {
            new PackJob(source, options, parent, dirty, assembly).run();
            return packed(layerId, origin, assembly);
        }
    }

    /// A file of holes may be of any length.
    private static void requireMappable(long blockCount, PageSize block, DraftFile output)
            throws SnapshotException {
        if (blockCount > ExtentMap.BLOCKS_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "memory of %d blocks of %s; the most is %d, in larger blocks"
                            .formatted(blockCount, block, ExtentMap.BLOCKS_MAX),
                    output.path());
        }
    }

    private PackedLayer packed(UUID layerId, Origin origin, LayerAssembly assembly)
            throws SnapshotException {
        Arena arena = Arena.ofShared();
        try {
            ExtentMap own = assembly.map(arena);
            PageSize block = options.blockSize();
            LayerSums sums = LayerSums.of(layerId, block, assembly.sums(), arena);
            return new PackedLayer(arena, own, index(own, sums, origin), assembly.report());
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    private LayerIndex index(ExtentMap own, LayerSums sums, Origin origin)
            throws SnapshotException {
        Optional<LayerParent> below = Optional.ofNullable(parent);
        Optional<LayerIndex> parentIndex = below.flatMap(LayerParent::index);
        if (parentIndex.isPresent()) {
            return LayerIndex.next(parentIndex.get(), own, sums, origin);
        }
        LayerTable table =
                new LayerTable(
                        options.blockSize(),
                        source.byteCount(),
                        below.flatMap(LayerParent::base),
                        List.of(sums.ref()),
                        List.of(origin));
        return LayerIndex.of(table, own, Optional.of(sums));
    }
}

package io.coldframe.layer;

import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Where every block of an address space is, and the sums of the blocks that are stored beside it.
///
/// ```
///  header    64 bytes    what every release can read
///  table     24 each     where the sections are, and the CRC-32C of each
///  base      16 or none  the image snapshot whose bytes the blocks in the state PARENT have
///  layers    64 each     the layers that the map names, with what stands for their bytes
///  origins   32 each     the snapshots that wrote the blocks
///  extents   16 each     the map
///  sums       4 each     of the layer beside this index, if there is one
/// ```
/// The index of the newest generation says where every block is: nobody walks from parent to
/// parent, however many there are. It also names, for every layer that it reads, the digest of the
/// layer's sums; so whoever trusts this file, as its manifest has the [#digest()] of it, can trust
/// every byte that it leads to.
///
/// Equal content gives equal bytes: nothing is in it that no block needs, and everything can be
/// said in one way only. A reader refuses what a writer would not have written.
///
/// **Limits.** [#LAYERS_MAX], [#ORIGINS_MAX], [ExtentMap#EXTENTS_MAX], [ExtentMap#BLOCKS_MAX] and
/// [LayerSums#STORED_BLOCKS_MAX], of who writes and who reads alike.
///
/// **Lifetime.** Owns its memory, which is off the heap. What it hands out borrows it, and throws
/// [IllegalStateException] after [#close()].
///
/// **Threads.** Immutable. Any; [#close()] once, by the owner, when nobody reads any more.
public final class LayerIndex implements AutoCloseable {

    /// The most layers that one map may name. Compaction makes one of many.
    public static final int LAYERS_MAX = 1 << 16;

    /// The most snapshots that one map may name as those which wrote its blocks: one a minute for
    /// two years.
    public static final int ORIGINS_MAX = 1 << 20;

    private final Arena arena;
    private final IndexParts parts;
    private volatile Optional<Sha256> digest = Optional.empty();

    private LayerIndex(Arena arena, IndexParts parts) {
        this.arena = arena;
        this.parts = parts;
    }

    /// {@return the index in a file}
    ///
    /// @param file the file; a final symbolic link is refused
    /// @throws SnapshotException of kind `MISSING` if there is no such file, `CORRUPT` if one bit
    ///     of it is not as it was written, `UNSUPPORTED` if another release wrote it in another way
    public static LayerIndex open(Path file) throws SnapshotException {
        return open(file, bytes -> IndexParts.decode(bytes, file));
    }

    /// {@return the index in a file whose bytes someone trusted has summed}
    ///
    /// @param file the file; a final symbolic link is refused
    /// @param digest the SHA-256 of all its bytes
    /// @throws SnapshotException as [#open(Path)], and of kind `CORRUPT` if the digest is another
    public static LayerIndex open(Path file, Sha256 digest) throws SnapshotException {
        return open(file, bytes -> IndexParts.decode(bytes, digest, file));
    }

    private static LayerIndex open(Path file, Filling decoding) throws SnapshotException {
        try (IndexPieces opened = IndexPieces.open(file)) {
            opened.requireBounds();
            return owning(
                    opened.header().fileBytes(),
                    bytes -> {
                        opened.readAll(bytes);
                        return decoding.fill(bytes);
                    });
        }
    }

    /// {@return the index that was encoded}
    ///
    /// @param bytes all of them, and nothing else; copied
    /// @param resource what they were read from, for messages
    /// @throws SnapshotException of kind `CORRUPT` if one bit is not as it was encoded,
    ///     `UNSUPPORTED` if another release encoded it in another way
    public static LayerIndex decode(MemorySegment bytes, Object resource) throws SnapshotException {
        requireSize(bytes.byteSize(), resource);
        return owning(bytes.byteSize(), copy -> IndexParts.decode(copy.copyFrom(bytes), resource));
    }

    /// {@return the index of parts that belong together}
    ///
    /// Layers and origins that no block names are dropped, and so is a base whose bytes no block
    /// has. The layer that is stored beside the index stays, whether a block names it or not.
    ///
    /// @param table what the map is about
    /// @param map where every block is; copied
    /// @param sums of the layer beside it, which is one of the table's, or empty; copied
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is over a limit
    public static LayerIndex of(LayerTable table, ExtentMap map, Optional<LayerSums> sums)
            throws SnapshotException {
        try (Arena work = Arena.ofConfined()) {
            IndexDraft draft = IndexDraft.of(table, map, sums, work);
            return owning(
                    draft.fileBytes(),
                    bytes -> {
                        draft.encode(bytes);
                        return IndexParts.decode(bytes, "a new index");
                    });
        }
    }

    /// {@return the index of a new generation: its own changes, laid over its parent}
    ///
    /// @param parent the index of the parent
    /// @param own what has changed: layer 0 is the new one, origin 0 the new snapshot, and what is
    ///     the parent's is as the parent says
    /// @param sums of the new layer
    /// @param origin the new snapshot
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is over a limit
    public static LayerIndex next(LayerIndex parent, ExtentMap own, LayerSums sums, Origin origin)
            throws SnapshotException {
        List<LayerRef> layers = new ArrayList<>(parent.layers());
        List<Origin> origins = new ArrayList<>(parent.origins());
        int[] newLayers = {layers.size()};
        int[] newOrigins = {origins.size()};
        layers.add(sums.ref());
        origins.add(origin);
        LayerTable table =
                new LayerTable(
                        parent.blockSize(), parent.byteCount(), parent.base(), layers, origins);
        try (Arena work = Arena.ofConfined()) {
            ExtentMap map = own.renumbered(newLayers, newOrigins, work).over(parent.map(), work);
            return of(table, map, Optional.of(sums));
        }
    }

    /// {@return an index that maps nothing, for a layer that stands alone}
    ///
    /// @param sums of the layer; copied
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is over a limit
    public static LayerIndex layerOnly(LayerSums sums) throws SnapshotException {
        LayerTable table =
                new LayerTable(
                        sums.blockSize(), 0, Optional.empty(), List.of(sums.ref()), List.of());
        try (Arena work = Arena.ofConfined()) {
            return of(table, ExtentMap.ofParent(0, work), Optional.of(sums));
        }
    }

    /// Puts the bytes of an index into memory, and takes them apart.
    private interface Filling {
        IndexParts fill(MemorySegment bytes) throws SnapshotException;
    }

    private static LayerIndex owning(long byteCount, Filling filling) throws SnapshotException {
        Arena arena = Arena.ofShared();
        try {
            return new LayerIndex(arena, filling.fill(arena.allocate(byteCount, Long.BYTES)));
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    static void requireSize(long byteCount, Object resource) throws SnapshotException {
        if (byteCount > IndexParts.FILE_BYTES_MAX) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.TOO_LARGE,
                    "an index of %d bytes; the most is %d"
                            .formatted(byteCount, IndexParts.FILE_BYTES_MAX),
                    resource);
        }
    }

    /// {@return what the map is about, and what its ordinals stand for}
    public LayerTable table() {
        return parts.table();
    }

    /// {@return where every block is}
    public ExtentMap map() {
        return parts.map();
    }

    /// {@return the sums of the layer that is stored beside it; empty if none is}
    public Optional<LayerSums> sums() {
        return parts.sums();
    }

    /// {@return the ordinal of the layer that is stored beside it, -1 if none is}
    public int ownLayer() {
        return parts.ownLayer();
    }

    /// {@return the layer that is stored beside it; empty if none is}
    public Optional<UUID> layerId() {
        return sums().map(LayerSums::layerId);
    }

    /// {@return what is stored, zero or the parent's as one}
    public PageSize blockSize() {
        return table().blockSize();
    }

    /// {@return the length of the address space; 0 if the index maps nothing}
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

    /// {@return the layers that the map names, and the one beside it, by ordinal}
    public List<LayerRef> layers() {
        return table().layers();
    }

    /// {@return the snapshots that wrote the blocks, by ordinal}
    public List<Origin> origins() {
        return table().origins();
    }

    /// {@return all bytes of the file, read-only}
    public MemorySegment encoded() {
        return parts.file().asReadOnly();
    }

    /// {@return the SHA-256 of all bytes of the file}
    public Sha256 digest() {
        Optional<Sha256> made = digest;
        if (made.isEmpty()) {
            made = Optional.of(Bytes.sha256(parts.file()));
            digest = made;
        }
        return made.orElseThrow();
    }

    /// Frees the memory.
    @Override
    public void close() {
        arena.close();
    }

    @Override
    public String toString() {
        return "%d bytes in %d extents of blocks of %s, of %d layers"
                .formatted(byteCount(), map().extentCount(), blockSize(), layers().size());
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Where each block of some layers goes when they become one.
///
/// ```
///  old layers       ┌ A ───────────┐ ┌ B ─────┐
///  their blocks      0  1  2  3  4    0  1  2
///  goes to           0  3  -  -  1    2  -  4      - is read by nobody
///
///  new layer         A0 A4 B0 A1 B2                [#source(long)]
/// ```
///
/// The order of the new layer is that in which its readers have the blocks in their address
/// spaces: all of the first reader's, then what the second one needs besides, and so on. An image
/// that the readers lie on can be taken in as one more layer, whose blocks are the blocks of the
/// address space; those of them that are zero stay out of the new layer.
///
/// The same layers and readers give the same relocation, and it can be stored: so an interrupted
/// run goes on where it was.
///
/// **Lifetime.** Owns its memory, which is off the heap.
///
/// **Threads.** Immutable.
public final class Relocation implements AutoCloseable {

    /// An image whose blocks become part of the new layer.
    ///
    /// @param origin the snapshot that the image is of
    /// @param byteCount the length of the address space
    public record Base(Origin origin, long byteCount) {}

    // What the table says of a block: nothing, or zero, or one more than its new number.
    static final int UNREAD = 0;
    static final int IS_ZERO = -1;

    static final ValueLayout.OfInt PLACE = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong SOURCE = ValueLayout.JAVA_LONG;

    private final Arena arena;
    private final UUID newLayer;
    private final PageSize blockSize;
    private final List<LayerRef> layers;
    private final Optional<Base> base;
    private final MemorySegment[] places;
    private final MemorySegment sources;
    private final long blockCount;

    Relocation(
            Arena arena,
            UUID newLayer,
            PageSize blockSize,
            List<LayerRef> layers,
            Optional<Base> base,
            MemorySegment[] places,
            long blockCount) {
        this.arena = arena;
        this.newLayer = newLayer;
        this.blockSize = blockSize;
        this.layers = List.copyOf(layers);
        this.base = base;
        this.places = places.clone();
        this.blockCount = blockCount;
        this.sources = arena.allocate(Math.max(1, blockCount) * SOURCE.byteSize());
        for (int layer = 0; layer < places.length; layer++) {
            invert(places[layer], layer, sources);
        }
    }

    private static void invert(MemorySegment places, int layer, MemorySegment sources) {
        long count = places.byteSize() / PLACE.byteSize();
        for (long block = 0; block < count; block++) {
            int place = places.get(PLACE, block * PLACE.byteSize());
            if (place > 0) {
                sources.set(SOURCE, (place - 1) * SOURCE.byteSize(), source(layer, block));
            }
        }
    }

    private static long source(int layer, long block) {
        return (long) layer << 40 | block;
    }

    /// {@return the id of the layer to be}
    public UUID newLayer() {
        return newLayer;
    }

    /// {@return what is stored as one}
    public PageSize blockSize() {
        return blockSize;
    }

    /// {@return how many blocks the new layer stores}
    public long blockCount() {
        return blockCount;
    }

    /// {@return the length of the new layer}
    public long byteCount() {
        return blockSize.bytes(blockCount);
    }

    /// {@return the layers that it takes the place of}
    public List<LayerRef> layers() {
        return layers;
    }

    /// {@return the image that becomes part of it}
    public Optional<Base> base() {
        return base;
    }

    /// {@return whether a layer is one of those that are rewritten}
    ///
    /// @param layerId its id
    public boolean replaces(UUID layerId) {
        return layers.stream().anyMatch(layer -> layer.id().equals(layerId));
    }

    /// {@return the bytes that [#decode] reads}
    ///
    /// @param owner of the bytes
    public MemorySegment encoded(Arena owner) {
        return RelocationFile.encode(this, owner);
    }

    /// {@return the relocation that was encoded}
    ///
    /// @param bytes all of them; copied
    /// @param resource what they were read from, for messages
    /// @throws SnapshotException of kind `CORRUPT` if one bit is not as it was written, and
    ///     `UNSUPPORTED` if another release wrote them
    public static Relocation decode(MemorySegment bytes, Object resource) throws SnapshotException {
        return RelocationFile.decode(bytes, resource);
    }

    /// Where a block of the new layer comes from: [#sourceLayer(long)] and [#sourceBlock(long)]
    /// take it apart.
    long source(long newBlock) {
        return sources.getAtIndex(SOURCE, newBlock);
    }

    /// The ordinal of a source's layer; that of the image is the one after the last layer's.
    static int sourceLayer(long source) {
        return (int) (source >>> 40);
    }

    /// Which block of its layer a source is.
    static long sourceBlock(long source) {
        return source & (1L << 40) - 1;
    }

    /// How many blocks the image has, 0 if none is taken in.
    long baseBlockCount() {
        return base.map(taken -> blockSize.pageCount(taken.byteCount())).orElse(0L);
    }

    /// Whether the image is zero at a block.
    boolean isBaseZero(long block) {
        return place(layers.size(), block) == IS_ZERO;
    }

    private int place(int layer, long block) {
        return places[layer].getAtIndex(PLACE, block);
    }

    /// {@return the index of a reader, which reads the new layer in place of the others; empty if
    /// it reads a block that was not read when this was made}
    ///
    /// @param reader the index as it is
    /// @param sums of the new layer
    /// @throws SnapshotException of kind `CORRUPT` if a layer of the reader's is not the one of its
    ///     id here, of kind `UNSUPPORTED` if the result is over a limit
    public Optional<LayerIndex> rewritten(LayerIndex reader, LayerSums sums)
            throws SnapshotException {
        boolean losesBase = takesBaseOf(reader);
        List<LayerRef> newLayers = new ArrayList<>(reader.layers());
        newLayers.add(sums.ref());
        List<Origin> newOrigins = new ArrayList<>(reader.origins());
        if (losesBase) {
            newOrigins.add(base.orElseThrow().origin());
        }
        try (Arena scratch = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(reader.blockCount())) {
            boolean isWhole =
                    new Rewriting(reader, builder, newLayers.size() - 1, newOrigins.size() - 1)
                            .run(ordinals(reader, layers, blockSize), losesBase);
            if (!isWhole) {
                return Optional.empty();
            }
            LayerTable table =
                    new LayerTable(
                            reader.blockSize(),
                            reader.byteCount(),
                            losesBase ? Optional.empty() : reader.base(),
                            newLayers,
                            newOrigins);
            Optional<LayerSums> own = reader.sums().filter(beside -> !replaces(beside.layerId()));
            return Optional.of(LayerIndex.of(table, builder.build(scratch), own));
        }
    }

    private boolean takesBaseOf(LayerIndex reader) {
        return base.isPresent()
                && reader.blockSize().equals(blockSize)
                && reader.base().equals(base.map(taken -> taken.origin().snapshotId()))
                && reader.byteCount() == base.get().byteCount();
    }

    /// For each layer of a reader its ordinal in a list, -1 if it is not there.
    static int[] ordinals(LayerIndex reader, List<LayerRef> layers, PageSize blockSize)
            throws SnapshotException {
        Map<UUID, Integer> known = new HashMap<>();
        for (int ordinal = 0; ordinal < layers.size(); ordinal++) {
            known.put(layers.get(ordinal).id(), ordinal);
        }
        int[] ordinals = new int[reader.layers().size()];
        for (int i = 0; i < ordinals.length; i++) {
            LayerRef named = reader.layers().get(i);
            Integer ordinal = known.get(named.id());
            if (ordinal != null) {
                requireSame(layers.get(ordinal), named, reader.blockSize(), blockSize);
            }
            ordinals[i] = ordinal == null ? -1 : ordinal;
        }
        return ordinals;
    }

    private static void requireSame(
            LayerRef here, LayerRef named, PageSize blockSize, PageSize expected)
            throws SnapshotException {
        if (!here.equals(named) || !blockSize.equals(expected)) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "one reader has it as %s in blocks of %s, another one as %s in blocks of %s"
                            .formatted(here, expected, named, blockSize),
                    "layer " + named.id());
        }
    }

    /// The map of one reader, extent by extent.
    private final class Rewriting {
        private final ExtentMap from;
        private final ExtentMap.Builder to;
        private final int newLayerOrdinal;
        private final int baseOrigin;

        Rewriting(LayerIndex reader, ExtentMap.Builder to, int newLayerOrdinal, int baseOrigin) {
            this.from = reader.map();
            this.to = to;
            this.newLayerOrdinal = newLayerOrdinal;
            this.baseOrigin = baseOrigin;
        }

        /// Whether every block that has to move has a place.
        boolean run(int[] ordinals, boolean losesBase) {
            for (int extent = 0; extent < from.extentCount(); extent++) {
                long first = from.firstBlock(extent);
                long count = from.endBlock(extent) - first;
                boolean isWhole =
                        switch (from.place(extent)) {
                            case ZERO -> {
                                to.zero(first, count, from.origin(extent));
                                yield true;
                            }
                            case PARENT -> parent(first, count, losesBase);
                            case DATA -> data(extent, ordinals[from.layer(extent)]);
                        };
                if (!isWhole) {
                    return false;
                }
            }
            return true;
        }

        private boolean parent(long first, long count, boolean losesBase) {
            if (losesBase) {
                return moved(first, count, layers.size(), first, baseOrigin);
            }
            to.parent(first, count);
            return true;
        }

        private boolean data(int extent, int ordinal) {
            long first = from.firstBlock(extent);
            long count = from.endBlock(extent) - first;
            int origin = from.origin(extent);
            if (ordinal >= 0) {
                return moved(first, count, ordinal, from.storedBlock(extent), origin);
            }
            to.data(first, count, from.layer(extent), from.storedBlock(extent), origin);
            return true;
        }

        private boolean moved(long first, long count, int layer, long stored, int origin) {
            for (long done = 0; done < count; ) {
                int place = place(layer, stored + done);
                long run = runLength(places[layer], stored + done, count - done);
                if (place == UNREAD) {
                    return false;
                }
                if (place == IS_ZERO) {
                    to.zero(first + done, run, origin);
                } else {
                    to.data(first + done, run, newLayerOrdinal, place - 1, origin);
                }
                done += run;
            }
            return true;
        }
    }

    /// How many blocks from one on lie together where they go, or are all zero.
    private static long runLength(MemorySegment places, long from, long countMax) {
        int first = places.getAtIndex(PLACE, from);
        long run = 1;
        while (run < countMax) {
            int expected = first > 0 ? (int) (first + run) : first;
            if (places.getAtIndex(PLACE, from + run) != expected) {
                break;
            }
            run++;
        }
        return run;
    }

    @Override
    public void close() {
        arena.close();
    }
}

package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.PageSource;
import io.coldframe.memory.PageScan;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Gives places to blocks, reader by reader.
///
/// **Lifetime.** Owns its memory until [#build()] hands it on.
///
/// **Threads.** One.
public final class RelocationBuilder implements AutoCloseable {
    // Read at once of an image: enough to make few calls, and it fits into the second cache.
    private static final long PIECE_BYTES = 256 << 10;
    private static final long PIECE_ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final UUID newLayer;
    private final PageSize blockSize;
    private final List<LayerRef> layers;
    private final MemorySegment[] places;
    private Optional<Relocation.Base> base = Optional.empty();
    private Optional<PageSource> basePages = Optional.empty();
    private long nextPlace = 1;
    private boolean isHandedOn;

    /// Nothing has a place yet.
    ///
    /// @param newLayer the id of the layer to be
    /// @param blockSize of it and the others
    /// @param layers what is rewritten
    public RelocationBuilder(UUID newLayer, PageSize blockSize, List<LayerRef> layers) {
        this.newLayer = newLayer;
        this.blockSize = blockSize;
        this.layers = List.copyOf(layers);
        this.places = RelocationFile.tables(layers, 0, arena);
    }

    /// Takes an image in.
    ///
    /// @param taken which one
    /// @param pages its bytes
    public void takeBase(Relocation.Base taken, PageSource pages) {
        if (pages.byteCount() != taken.byteCount()) {
            throw new IllegalArgumentException(
                    "%d bytes of %s".formatted(pages.byteCount(), taken));
        }
        base = Optional.of(taken);
        basePages = Optional.of(pages);
        places[layers.size()] =
                arena.allocate(Relocation.PLACE, blockSize.pageCount(taken.byteCount()));
    }

    /// Gives a place to what a reader reads and has none yet.
    ///
    /// @param reader its index
    /// @throws SnapshotException of kind `UNSUPPORTED` if it is more than a layer may store
    public void add(LayerIndex reader) throws SnapshotException {
        int[] ordinals = Relocation.ordinals(reader, layers, blockSize);
        boolean isOnBase =
                reader.base().isPresent()
                        && reader.blockSize().equals(blockSize)
                        && reader.base().equals(base.map(taken -> taken.origin().snapshotId()));
        ExtentMap map = reader.map();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            long first = map.firstBlock(extent);
            long count = map.endBlock(extent) - first;
            switch (map.place(extent)) {
                case ZERO -> {}
                case PARENT -> {
                    if (isOnBase) {
                        addBase(first, count);
                    }
                }
                case DATA -> {
                    int layer = ordinals[map.layer(extent)];
                    if (layer >= 0) {
                        add(places[layer], map.storedBlock(extent), count);
                    }
                }
            }
        }
    }

    private void add(MemorySegment table, long first, long count) throws SnapshotException {
        nextPlace = give(table, first, count, nextPlace);
        if (nextPlace - 1 > LayerSums.STORED_BLOCKS_MAX) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "more than %d blocks; rewrite fewer layers at a time"
                            .formatted(LayerSums.STORED_BLOCKS_MAX),
                    "layer " + newLayer);
        }
    }

    /// The loop: a place for each block that has none.
    private static long give(MemorySegment table, long first, long count, long nextPlace) {
        long next = nextPlace;
        for (long block = first; block < first + count; block++) {
            if (table.getAtIndex(Relocation.PLACE, block) == Relocation.UNREAD) {
                // A layer too many of them is refused before the numbers are used.
                table.setAtIndex(Relocation.PLACE, block, (int) next++);
            }
        }
        return next;
    }

    /// Looks at each block of the image once, whoever reads it.
    private void addBase(long first, long count) throws SnapshotException {
        MemorySegment table = places[layers.size()];
        long end = first + count;
        long pieceBlocks = Math.max(1, PIECE_BYTES >> blockSize.shift());
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment piece = scratch.allocate(blockSize.bytes(pieceBlocks), PIECE_ALIGNMENT);
            for (long block = first; block < end; ) {
                long unread = unreadRun(table, block, Math.min(end - block, pieceBlocks));
                if (unread == 0) {
                    block++;
                } else {
                    addBasePiece(table, block, unread, piece);
                    block += unread;
                }
            }
        }
    }

    private static long unreadRun(MemorySegment table, long first, long countMax) {
        long run = 0;
        while (run < countMax
                && table.getAtIndex(Relocation.PLACE, first + run) == Relocation.UNREAD) {
            run++;
        }
        return run;
    }

    private void addBasePiece(MemorySegment table, long first, long count, MemorySegment piece)
            throws SnapshotException {
        PageSource pages = basePages.orElseThrow();
        long offset = blockSize.bytes(first);
        long byteCount = Math.min(blockSize.bytes(count), pages.byteCount() - offset);
        pages.read(offset, piece.asSlice(0, byteCount));
        for (long i = 0; i < count; i++) {
            long from = blockSize.bytes(i);
            long size = Math.min(blockSize.bytes(), byteCount - from);
            addBaseBlock(table, first + i, PageScan.isZero(piece, from, size));
        }
    }

    private void addBaseBlock(MemorySegment table, long block, boolean isZero)
            throws SnapshotException {
        if (isZero) {
            table.setAtIndex(Relocation.PLACE, block, Relocation.IS_ZERO);
        } else {
            add(table, block, 1);
        }
    }

    /// {@return the relocation}
    public Relocation build() {
        isHandedOn = true;
        try {
            return new Relocation(arena, newLayer, blockSize, layers, base, places, nextPlace - 1);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    /// Frees what was not handed on.
    @Override
    public void close() {
        if (!isHandedOn) {
            arena.close();
        }
    }
}

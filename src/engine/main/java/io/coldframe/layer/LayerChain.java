package io.coldframe.layer;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.image.Restore;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.os.Failures;
import io.coldframe.work.SpanWork;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// One generation, open: its index, and every layer that it reads. How many generations came before
/// does not matter, because the index alone says where every block is.
///
/// Bytes are checked as they are read, block by block; nothing that was not checked is believed.
///
/// **Lifetime.** Owns the index and a descriptor a layer, so the files are those that were opened,
/// whatever becomes of their names. Borrows the base. When it is closed, whatever would read it
/// throws [IllegalStateException].
///
/// **Threads.** Any; [#close()] once, by the owner, when nobody reads any more.
public final class LayerChain implements PageSource, AutoCloseable {

    private final LayerIndex index;
    private final OpenLayers layers;
    private final Optional<PageSource> base;
    private volatile boolean closed;

    private LayerChain(LayerIndex index, OpenLayers layers, Optional<PageSource> base) {
        this.index = index;
        this.layers = layers;
        this.base = base;
    }

    /// Opens all layers that a map reads.
    ///
    /// @param index the newest; it is this object's from now on, also if this throws
    /// @param finder knows where the layers lie
    /// @param base what the blocks in the state `PARENT` are, if there are any
    /// @return the generation
    /// @throws SnapshotException of kind `MISSING` if a layer is not there, `CORRUPT` if it is not
    ///     the one that the index names, `UNSUPPORTED` if there are more than this process may open
    public static LayerChain open(LayerIndex index, LayerFinder finder, Optional<PageSource> base)
            throws SnapshotException {
        try {
            requireBase(index, base);
            return new LayerChain(index, OpenLayers.open(index, finder), base);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, index);
            throw failure;
        }
    }

    private static void requireBase(LayerIndex index, Optional<PageSource> base)
            throws SnapshotException {
        if (index.base().isEmpty()) {
            return;
        }
        UUID id = index.base().get();
        if (base.isEmpty()) {
            throw new IllegalArgumentException("the memory of snapshot " + id + " is missing");
        }
        long byteCount = base.get().byteCount();
        if (byteCount != index.byteCount()) {
            throw new SnapshotException(
                    Kind.CORRUPT,
                    Reason.MISMATCH,
                    "the memory has %d bytes, and that of snapshot %s below it %d"
                            .formatted(index.byteCount(), id, byteCount),
                    id);
        }
    }

    /// {@return the index; it is closed with this}
    public LayerIndex index() {
        requireOpen();
        return index;
    }

    @Override
    public long byteCount() {
        return index().byteCount();
    }

    @Override
    public void read(long imageOffset, MemorySegment target) throws SnapshotException {
        Objects.checkFromIndexSize(imageOffset, target.byteSize(), byteCount());
        try (Arena arena = Arena.ofConfined()) {
            new BlockReader(this, BlockReader.plainly(index.blockSize()), arena)
                    .read(imageOffset, target, arena);
        }
    }

    /// The sums of a layer that the index names.
    LayerSums sums(int layer) {
        return layer(layer).sums();
    }

    /// A layer that the index names.
    LayerFile layer(int layer) {
        return layers.get(layer);
    }

    /// What the blocks in the state `PARENT` are.
    PageSource base() {
        return base.orElseThrow();
    }

    /// {@return the CRC-32C of a block, if one is stored of its bytes: not of zeros, of what is the
    /// base's, and of a short last block, which is stored with padding}
    ///
    /// @param block one of the address space
    public OptionalInt sum(long block) {
        ExtentMap map = index().map();
        int extent = map.find(block);
        boolean isShort = index.blockSize().bytes(block + 1) > index.byteCount();
        if (map.place(extent) != BlockPlace.DATA || isShort) {
            return OptionalInt.empty();
        }
        long storedBlock = map.storedBlock(extent) + (block - map.firstBlock(extent));
        return OptionalInt.of(sums(map.layer(extent)).sum(storedBlock));
    }

    /// Reads every block and compares every sum.
    ///
    /// @param layout where the memory lies in the guest, for the message
    /// @param progress hears how far it is, and may cancel
    /// @throws SnapshotException of kind `CORRUPT` that names the first bad block by file, offset
    ///     and guest page
    public void verify(GuestLayout layout, Progress progress) throws SnapshotException {
        if (layout.byteCount() != byteCount()) {
            throw new IllegalArgumentException(
                    "the layout has %d bytes, the memory %d"
                            .formatted(layout.byteCount(), byteCount()));
        }
        ChainSpans spans = ChainSpans.all(this);
        SpanWork.run(
                byteCount(),
                spans.spanBytes(),
                spans.threadCount(),
                progress,
                () -> spans.checkingReader(layout));
    }

    /// Writes the memory into a file of its own: a full image, whose zeros are holes.
    ///
    /// @param target the name of the file
    /// @param onExisting what to do if there is one
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; nothing is left behind
    public RestoreReport materialise(Path target, OnExisting onExisting, Progress progress)
            throws SnapshotException {
        return Restore.toFile(spans(), target, onExisting, progress);
    }

    /// As the other, into a file of a directory that is being made.
    ///
    /// @param directory the directory
    /// @param name of a file that is not there yet
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit
    public RestoreReport materialise(AtomicDirectory directory, String name, Progress progress)
            throws SnapshotException {
        return Restore.toDirectory(spans(), directory, name, progress);
    }

    /// As the other, as the memory of a pair that is being made.
    ///
    /// @param pair the pair
    /// @param sumsMax the most sums that the new image may have
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit
    public RestoreReport materialise(AtomicPair pair, long sumsMax, Progress progress)
            throws SnapshotException {
        return Restore.toPair(spans(), pair, sumsMax, progress);
    }

    /// Copies the memory into the memory of a guest.
    ///
    /// @param into as long as it is; whatever it held is overwritten
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; what the memory holds is
    ///     undefined then
    public RestoreReport load(GuestMemory into, Progress progress) throws SnapshotException {
        return Restore.toMemory(spans(), into, progress);
    }

    /// Makes an image of another generation one of this, in place: what differs is written, and
    /// what has become zero is a hole again.
    ///
    /// Whether a block differs is told by where it lies, so `image` must really hold the bytes of
    /// `present`. If this fails or is cancelled, the image holds some blocks of each, and the same
    /// call can be made again: it does not depend on what the first one has done.
    ///
    /// @param present the generation whose bytes the file holds
    /// @param image a file that nobody else uses
    /// @param progress hears how far it is, and may cancel
    /// @return what was done; all of it is durable
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit, or the file has another
    ///     length; `CONFLICT` if it has a second name, or somebody has locked it
    public RestoreReport applyOver(LayerChain present, Path image, Progress progress)
            throws SnapshotException {
        if (present.byteCount() != byteCount()) {
            throw new IllegalArgumentException(
                    "the image has %d bytes, the memory %d"
                            .formatted(present.byteCount(), byteCount()));
        }
        if (!present.index.blockSize().equals(index.blockSize())) {
            // Nothing lies where it lies there.
            return Restore.over(spans(), image, progress);
        }
        return Restore.over(ChainSpans.over(this, present), image, progress);
    }

    private ChainSpans spans() {
        requireOpen();
        return ChainSpans.all(this);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed: the layers of a generation");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            layers.close();
            index.close();
        }
    }
}

package io.coldframe.layer;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;
import io.coldframe.image.RestoreReport;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

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
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class LayerChain implements PageSource, AutoCloseable {

    private LayerChain() {}

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
        throw new UnsupportedOperationException();
    }

    /// {@return the index; it is closed with this}
    public LayerIndex index() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long byteCount() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void read(long imageOffset, MemorySegment target) throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// As [#read], and compares no sums: for whoever compares what was read with something else.
    void readUnchecked(long imageOffset, MemorySegment target) throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    /// The sums of a layer that the index names.
    LayerSums sums(int layer) {
        throw new UnsupportedOperationException();
    }

    /// {@return the CRC-32C of a block, if one is stored of its bytes: not of zeros, of what is the
    /// base's, and of a short last block, which is stored with padding}
    ///
    /// @param block one of the address space
    public OptionalInt sum(long block) {
        throw new UnsupportedOperationException();
    }

    /// Reads every block and compares every sum.
    ///
    /// @param layout where the memory lies in the guest, for the message
    /// @param progress hears how far it is, and may cancel
    /// @throws SnapshotException of kind `CORRUPT` that names the first bad block by file, offset
    ///     and guest page
    public void verify(GuestLayout layout, Progress progress) throws SnapshotException {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    /// Copies the memory into the memory of a guest.
    ///
    /// @param into as long as it is; whatever it held is overwritten
    /// @param progress hears how far it is, and may cancel
    /// @return what was done
    /// @throws SnapshotException of kind `CORRUPT` if a sum does not fit; what the memory holds is
    ///     undefined then
    public RestoreReport load(GuestMemory into, Progress progress) throws SnapshotException {
        throw new UnsupportedOperationException();
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
    ///     length
    public RestoreReport applyOver(LayerChain present, Path image, Progress progress)
            throws SnapshotException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}

package io.coldframe.snapshot;

import io.coldframe.Blob;
import io.coldframe.Sha256;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicPair;
import io.coldframe.image.ImageSums;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.PageSize;
import io.coldframe.state.MachineState;
import io.coldframe.state.MemoryBinding;
import io.coldframe.state.StateEnvelope;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A pair that is being made: its two drafts, into which somebody brings the memory.
///
/// **Lifetime.** Closing without a commit leaves no trace.
///
/// **Threads.** One.
final class PairDraft implements AutoCloseable {

    // What the binding adds to the sums: tags, lengths and two digests, and the header of the sums.
    private static final int BINDING_BYTES_MAX = 256;

    private final AtomicPair files;
    private final Path statePath;
    private final MachineState state;
    private final Optional<Sha256> replaced;

    private PairDraft(
            AtomicPair files, Path statePath, MachineState state, Optional<Sha256> replaced) {
        this.files = files;
        this.statePath = statePath;
        this.state = state;
        this.replaced = replaced;
    }

    static PairDraft create(PairPaths paths, MachineState state, OnExisting onExisting)
            throws SnapshotException {
        AtomicPair files = AtomicPair.create(paths.state(), paths.memory(), onExisting);
        try {
            // Nobody else replaces the pair from here on.
            Optional<Sha256> replaced = memoryOf(paths.state());
            return new PairDraft(files, paths.state(), state, replaced);
        } catch (Throwable failure) {
            files.close();
            throw failure;
        }
    }

    /// Which memory the state names that is there, if it is one and names one.
    private static Optional<Sha256> memoryOf(Path state) throws SnapshotException {
        if (!Files.isRegularFile(state)) {
            return Optional.empty();
        }
        return StateEnvelope.peek(state).contents().memory().map(MemoryBinding::digest);
    }

    /// For how many sums the state file has room beside the state, and beside the bitmap of a diff.
    ///
    /// @throws SnapshotException of reason `TOO_LARGE` if there is none, or the state is too long
    static long sumsMax(
            MachineState state, long memoryByteCount, PageSize pageSize, boolean isDiff, Path path)
            throws SnapshotException {
        long stateBytes = new StateEnvelope(state, Optional.empty()).encode(path).length;
        long pageCount = pageSize.pageCount(memoryByteCount);
        long bitmapBytes = isDiff ? Math.ceilDiv(pageCount, Long.SIZE) * Long.BYTES : 0;
        long room = StateEnvelope.LIMIT_BYTES - stateBytes - BINDING_BYTES_MAX - bitmapBytes;
        if (room < Integer.BYTES) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "a state of %d bytes and a bitmap of %d leave no room for sums in %d"
                            .formatted(stateBytes, bitmapBytes, StateEnvelope.LIMIT_BYTES),
                    path);
        }
        long sumsMax = room / Integer.BYTES;
        if (ImageSums.BLOCK_MAX.pageCount(memoryByteCount) > sumsMax) {
            throw new SnapshotException(
                    Kind.UNSUPPORTED,
                    Reason.TOO_LARGE,
                    "room for %d sums of blocks of at most %s, beside a bitmap of %d bytes: take"
                                    .formatted(sumsMax, ImageSums.BLOCK_MAX, bitmapBytes)
                            + " larger pages for %d bytes of memory".formatted(memoryByteCount),
                    path);
        }
        return sumsMax;
    }

    AtomicPair files() {
        return files;
    }

    /// Commits both files.
    ///
    /// @param sums of the memory that was brought
    /// @param base the memory that a diff lies on
    /// @return the length of the state file
    long commit(ImageSums sums, Optional<Sha256> base) throws SnapshotException {
        MemoryBinding binding =
                new MemoryBinding(
                        sums.kind() == ImageSums.Kind.DIFF,
                        sums.byteCount(),
                        sums.digest(),
                        Blob.of(sums.encoded()));
        Optional<MemoryBinding> bound =
                Optional.of(base.isPresent() ? binding.withBase(base.get()) : binding);
        byte[] bytes = new StateEnvelope(state, bound).encode(statePath);
        files.commit(bytes, replaced);
        return bytes.length;
    }

    @Override
    public void close() {
        files.close();
    }
}

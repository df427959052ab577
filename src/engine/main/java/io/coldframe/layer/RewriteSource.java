package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.Crc32c;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// A layer whose blocks are copied: each is compared with its sum on the way.
///
/// **Lifetime.** Owns the sums, and the descriptor if there is one.
///
/// **Threads.** Any; [#close()] once, by the owner.
final class RewriteSource implements AutoCloseable {
    private final Arena arena;
    private final FileCalls calls;
    private final Path file;
    private final Optional<ReadFile> kept;
    private final LayerSums sums;

    private RewriteSource(
            Arena arena, FileCalls calls, Path file, Optional<ReadFile> kept, LayerSums sums) {
        this.arena = arena;
        this.calls = calls;
        this.file = file;
        this.kept = kept;
        this.sums = sums;
    }

    /// Opens the layer that a reader names.
    ///
    /// @param isKeptOpen whether its file stays open; if not, it is opened for each read, and may
    ///     have moved until then
    /// @throws SnapshotException of kind `CORRUPT` if it is another one
    static RewriteSource open(LayerRef ref, LayerFiles files, boolean isKeptOpen)
            throws SnapshotException {
        FileCalls calls = FileCalls.current();
        Arena arena = Arena.ofShared();
        try {
            LayerSums sums = LayerSums.open(files.index(), ref, arena);
            if (!sums.ref().equals(ref)) {
                throw new SnapshotException(
                        Kind.CORRUPT,
                        Reason.MISMATCH,
                        "holds the sums of %s, and the index names %s".formatted(sums.ref(), ref),
                        files.index());
            }
            Optional<ReadFile> kept =
                    isKeptOpen
                            ? Optional.of(ReadFile.open(calls, files.layer()))
                            : Optional.empty();
            return new RewriteSource(arena, calls, files.layer(), kept, sums);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, arena);
            throw failure;
        }
    }

    LayerSums sums() {
        return sums;
    }

    /// Reads blocks that lie together.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if one is not as it was written
    void read(long firstBlock, MemorySegment target, Crc32c crc) throws SnapshotException {
        long blockBytes = sums.blockSize().bytes();
        long offset = sums.blockSize().bytes(firstBlock);
        if (kept.isPresent()) {
            kept.get().read(offset, target);
        } else {
            try (ReadFile opened = ReadFile.open(calls, file)) {
                opened.read(offset, target);
            }
        }
        for (long at = 0; at < target.byteSize(); at += blockBytes) {
            long block = firstBlock + at / blockBytes;
            int found = crc.of(target, at, blockBytes);
            if (found != sums.sum(block)) {
                throw new SnapshotException(
                        Kind.CORRUPT,
                        Reason.CHECKSUM,
                        "CRC-32C of block %d at offset 0x%x is %08x, and should be %08x"
                                .formatted(block, offset + at, found, sums.sum(block)),
                        file);
            }
        }
    }

    @Override
    public void close() {
        kept.ifPresent(ReadFile::close);
        arena.close();
    }
}

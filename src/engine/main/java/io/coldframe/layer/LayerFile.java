package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.memory.PageSize;
import io.coldframe.os.Failures;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.MemorySegment;

/// The blocks of a layer, open, and their sums.
///
/// **Lifetime.** Owns a descriptor, and borrows the sums.
///
/// **Threads.** Any; [#close()] once, by the owner.
final class LayerFile implements AutoCloseable {
    private final ReadFile file;
    private final LayerSums sums;
    private final PageSize block;

    private LayerFile(ReadFile file, LayerSums sums) {
        this.file = file;
        this.sums = sums;
        this.block = sums.blockSize();
    }

    /// Opens the blocks that the sums are of.
    ///
    /// @throws SnapshotException of kind `CORRUPT` if the file has another length
    static LayerFile open(FileCalls calls, LayerFiles files, LayerSums sums)
            throws SnapshotException {
        ReadFile file = ReadFile.open(calls, files.layer());
        try {
            file.requireLength(sums.layerBytes(), "layer");
            return new LayerFile(file, sums);
        } catch (Throwable failure) {
            Failures.closeAfter(failure, file);
            throw failure;
        }
    }

    LayerSums sums() {
        return sums;
    }

    ReadFile file() {
        return file;
    }

    /// Reads blocks as they are stored, as many as the target has room for.
    void read(long storedBlock, MemorySegment target) throws SnapshotException {
        file.read(block.bytes(storedBlock), target);
    }

    /// The exception for a block whose bytes are not those that were summed.
    ///
    /// @param where its place in the memory, for the message
    SnapshotException badBlock(long storedBlock, int found, String where) {
        return new SnapshotException(
                Kind.CORRUPT,
                Reason.CHECKSUM,
                "stored block %d at offset %d, %s: the CRC-32C is 0x%08x, not 0x%08x"
                        .formatted(
                                storedBlock,
                                block.bytes(storedBlock),
                                where,
                                found,
                                sums.sum(storedBlock)),
                file.path());
    }

    @Override
    public void close() {
        file.close();
    }
}

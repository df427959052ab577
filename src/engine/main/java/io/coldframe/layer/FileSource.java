package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.os.FileCalls;
import io.coldframe.os.ReadFile;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file of memory, read piece by piece into memory that is in a cache still.
///
/// **Lifetime.** Owns the file.
final class FileSource implements BlockSource {

    private final ReadFile file;

    private FileSource(ReadFile file) {
        this.file = file;
    }

    static FileSource open(Path path) throws SnapshotException {
        ReadFile file = ReadFile.open(FileCalls.current(), path);
        if (file.byteCount() == 0) {
            file.close();
            throw new SnapshotException(
                    Kind.CORRUPT, Reason.TOO_SHORT, "a file of no memory at all", path);
        }
        return new FileSource(file);
    }

    @Override
    public long byteCount() {
        return file.byteCount();
    }

    @Override
    public long nextData(long fromOffset) throws SnapshotException {
        return file.nextData(fromOffset);
    }

    @Override
    public long dataEnd(long fromOffset) throws SnapshotException {
        long hole = file.nextHole(fromOffset);
        // Somebody has punched a hole there since. Whatever is read is what it is now.
        return hole > fromOffset ? hole : file.byteCount();
    }

    @Override
    public MemorySegment view(long offset, long byteCount, MemorySegment scratch)
            throws SnapshotException {
        copy(offset, byteCount, scratch);
        return scratch;
    }

    @Override
    public void copy(long offset, long byteCount, MemorySegment scratch) throws SnapshotException {
        file.read(offset, scratch.asSlice(0, byteCount));
        scratch.asSlice(byteCount).fill((byte) 0);
    }

    @Override
    public void requireWhole() throws SnapshotException {
        file.requireSameLength();
    }

    @Override
    public void close() {
        file.close();
    }
}

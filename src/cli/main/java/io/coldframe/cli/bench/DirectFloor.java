package io.coldframe.cli.bench;

import io.coldframe.bindings.Abi;
import io.coldframe.cli.WorkFolder;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a durable dump can't beat: the same bytes in direct writes of 4 MiB from the same memory,
/// one after another, and one sync. Buffered where the file system does nothing direct.
final class DirectFloor implements Way {

    private static final long PIECE_BYTES = 4L << 20;

    private final MemorySegment memory;
    private final WorkFolder folder;
    private final Path target;
    private final int flags;

    DirectFloor(MemorySegment memory, WorkFolder folder, String name) throws IOException {
        this.memory = memory;
        this.folder = folder;
        this.target = folder.resolve(name);
        this.flags = RawFile.canBeDirect(target) ? Abi.O_DIRECT : 0;
    }

    @Override
    public void run() throws IOException {
        try (RawFile file = RawFile.create(target, flags)) {
            for (long at = 0; at < memory.byteSize(); at += PIECE_BYTES) {
                long byteCount = Math.min(PIECE_BYTES, memory.byteSize() - at);
                file.write(memory.asSlice(at, byteCount), at);
            }
            file.sync();
        }
    }

    @Override
    public void clear() throws IOException {
        Files.deleteIfExists(target);
        RawFile.syncDirectory(folder.path());
    }
}

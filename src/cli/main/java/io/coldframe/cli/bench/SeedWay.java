package io.coldframe.cli.bench;

import io.coldframe.cli.WorkFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// The way of the systems before: page by page through a buffer of one page, then one sync.
final class SeedWay implements Way {

    // Theirs is the host's page, and that is one of Apple silicon; 4 KiB would be slower.
    private static final long PAGE_BYTES = 16 << 10;

    private final MemorySegment memory;
    private final WorkFolder folder;
    private final Path target;

    SeedWay(MemorySegment memory, WorkFolder folder, String name) {
        this.memory = memory;
        this.folder = folder;
        this.target = folder.resolve(name);
    }

    @Override
    public void run() throws IOException {
        try (Arena arena = Arena.ofConfined();
                RawFile file = RawFile.create(target, 0)) {
            MemorySegment buffer = arena.allocate(PAGE_BYTES);
            for (long at = 0; at < memory.byteSize(); at += PAGE_BYTES) {
                long byteCount = Math.min(PAGE_BYTES, memory.byteSize() - at);
                MemorySegment.copy(memory, at, buffer, 0, byteCount);
                file.write(buffer.asSlice(0, byteCount), at);
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

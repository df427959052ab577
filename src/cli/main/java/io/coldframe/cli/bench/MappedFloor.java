package io.coldframe.cli.bench;

import io.coldframe.cli.WorkFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a dump through a mapping can't beat: one copy of everything into a preallocated mapped
/// file, and one sync.
final class MappedFloor implements Way {

    private final MemorySegment memory;
    private final WorkFolder folder;
    private final Path target;

    MappedFloor(MemorySegment memory, WorkFolder folder, String name) {
        this.memory = memory;
        this.folder = folder;
        this.target = folder.resolve(name);
    }

    @Override
    public void run() throws IOException {
        try (RawFile file = RawFile.create(target, 0)) {
            file.allocate(memory.byteSize());
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment image = file.map(memory.byteSize(), arena);
                MemorySegment.copy(memory, 0, image, 0, memory.byteSize());
                file.sync();
            }
        }
    }

    @Override
    public void clear() throws IOException {
        Files.deleteIfExists(target);
        RawFile.syncDirectory(folder.path());
    }
}

package io.coldframe.cli.bench;

import io.coldframe.cli.WorkFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// The way of the systems before: 4 KiB at a time into a buffer, a look at each byte of it, one
/// write for each block that is not zero, and then one sync.
final class SeedLayerWay implements Way {

    private static final int BLOCK_BYTES = 4096;

    private final CaptureFiles files;
    private final WorkFolder folder;
    private final Path target;

    SeedLayerWay(CaptureFiles files, WorkFolder folder) {
        this.files = files;
        this.folder = folder;
        this.target = folder.resolve("seed-layer");
    }

    @Override
    public void run() throws IOException {
        try (Arena arena = Arena.ofConfined();
                RawFile memory = RawFile.open(files.memory());
                RawFile file = RawFile.create(target, 0)) {
            MemorySegment block = arena.allocate(BLOCK_BYTES);
            long written = 0;
            for (long at = 0; at < files.byteCount(); at += BLOCK_BYTES) {
                memory.read(block, at);
                if (!isZero(block)) {
                    file.write(block, written);
                    written += BLOCK_BYTES;
                }
            }
            file.sync();
        }
    }

    private static boolean isZero(MemorySegment block) {
        for (int at = 0; at < BLOCK_BYTES; at++) {
            if (block.get(ValueLayout.JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void clear() throws IOException {
        Files.deleteIfExists(target);
        RawFile.syncDirectory(folder.path());
    }
}

package io.coldframe.cli.bench;

import io.coldframe.bindings.Abi;
import io.coldframe.cli.WorkFolder;
import io.coldframe.image.Staging;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a capture can't do without: it reads the memory once, and its parent's bytes if it has one,
/// and writes what is to be stored in one stream, with one sync of the file and one of its
/// directory. What is stored is known before: nothing is looked at, compared or summed, and what is
/// read lies where it is written from.
final class CaptureFloor implements Way {

    private static final long PIECE_BYTES = 4L << 20;

    private final CaptureFiles files;
    private final boolean hasParent;
    private final WorkFolder folder;
    private final Path target;
    private final int flags;

    CaptureFloor(CaptureFiles files, boolean hasParent, WorkFolder folder) throws IOException {
        this.files = files;
        this.hasParent = hasParent;
        this.folder = folder;
        this.target = folder.resolve("floor");
        this.flags = RawFile.canBeDirect(target) ? Abi.O_DIRECT : 0;
    }

    @Override
    public void run() throws IOException {
        try (Staging staging = Staging.allocate(2 * PIECE_BYTES);
                RawFile file = RawFile.create(target, flags)) {
            MemorySegment room = staging.segment();
            if (hasParent) {
                readParent(room.asSlice(0, PIECE_BYTES));
            }
            pack(room, file);
            file.sync();
        }
        RawFile.syncDirectory(folder.path());
    }

    private void readParent(MemorySegment piece) throws IOException {
        try (RawFile parent = RawFile.open(files.parentLayer())) {
            long at = 0;
            for (long count = -1; count != 0; at += count) {
                count = parent.read(piece, at);
            }
        }
    }

    private void pack(MemorySegment room, RawFile file) throws IOException {
        try (RawFile memory = RawFile.open(files.memory())) {
            long packed = 0;
            long written = 0;
            for (CaptureFiles.Run run : files.runs()) {
                memory.read(room.asSlice(packed, run.byteCount()), run.offset());
                if (run.isStored() && (run.isChanged() || !hasParent)) {
                    packed += run.byteCount();
                }
                if (packed >= PIECE_BYTES) {
                    file.write(room.asSlice(0, packed), written);
                    written += packed;
                    packed = 0;
                }
            }
            file.write(room.asSlice(0, packed), written);
        }
    }

    @Override
    public void clear() throws IOException {
        Files.deleteIfExists(target);
        RawFile.syncDirectory(folder.path());
    }
}

package io.coldframe.cli.bench;

import io.coldframe.Sha256;
import io.coldframe.layer.LayerIndex;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Opening an index of a million extents, with every check that a snapshot makes of it.
///
/// The floor reads the bytes of the file once, into memory that is there already.
final class OpenIndexWay implements Way {

    private final Path file;
    private final Sha256 digest;

    private OpenIndexWay(Path file, Sha256 digest) {
        this.file = file;
        this.digest = digest;
    }

    static Contest contest(Workbench bench) throws IOException {
        Path file = bench.folder().resolve("index");
        try (Arena arena = Arena.ofConfined();
                LayerIndex index = ScatteredIndex.in(arena).index()) {
            write(file, index.encoded());
            MemorySegment target = bench.arena().allocate(index.encoded().byteSize());
            return new Contest(new OpenIndexWay(file, index.digest()), () -> read(file, target));
        }
    }

    private static void write(Path file, MemorySegment bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = bytes.asByteBuffer();
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }
    }

    private static void read(Path file, MemorySegment target) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer rest = target.asByteBuffer();
            while (rest.hasRemaining()) {
                if (channel.read(rest) < 0) {
                    throw new IOException("somebody has cut " + file);
                }
            }
        }
    }

    @Override
    public void run() throws IOException {
        LayerIndex.open(file, digest).close();
    }
}

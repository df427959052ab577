package io.coldframe.layer;

import io.coldframe.SnapshotException;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.image.PageSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Captures a sparse guest of 16 GiB in a process with little heap.
final class LayerHeapProbe {
    static final long BYTES = 16L << 30;

    private LayerHeapProbe() {}

    /// The folder to work in, and how far one block of data is from the next.
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Path file = folder.resolve("memory");
        try (FileChannel memory =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long strideBytes = Long.parseLong(arguments[1]);
            for (long at = strideBytes - 1; at < BYTES; at += strideBytes) {
                memory.write(ByteBuffer.wrap(new byte[] {1}), at);
            }
            capture(file, folder, memory);
        }
    }

    private static void capture(Path file, Path folder, FileChannel memory) throws IOException {
        try (LayerSource source = LayerSource.file(file);
                AtomicDirectory directory =
                        AtomicDirectory.create(folder.resolve("layers"), OnExisting.REFUSE)) {
            LayerWriter writer = LayerWriter.of(source, LayerOptions.DEFAULT);
            try (PackedLayer first =
                    writer.write(
                            LayerWork.PARENT_LAYER,
                            LayerWork.PARENT_ORIGIN,
                            directory.newFile("first"))) {
                print(first.report());
                LayerParent parent = LayerParent.of(first.index(), new FilePages(memory));
                try (PackedLayer next =
                        writer.over(parent)
                                .write(
                                        LayerWork.LAYER,
                                        LayerWork.ORIGIN,
                                        directory.newFile("next"))) {
                    print(next.report());
                }
            }
        }
    }

    private static void print(LayerReport report) {
        System.out.println(
                "%d data, %d zero, %d unchanged"
                        .formatted(
                                report.dataBlocks(),
                                report.zeroBlocks(),
                                report.unchangedBlocks()));
    }

    private record FilePages(FileChannel memory) implements PageSource {
        @Override
        public long byteCount() {
            return BYTES;
        }

        @Override
        public void read(long imageOffset, MemorySegment target) throws SnapshotException {
            try {
                ByteBuffer buffer = target.asByteBuffer();
                while (buffer.hasRemaining()) {
                    memory.read(buffer, imageOffset + buffer.position());
                }
            } catch (IOException failure) {
                throw new SnapshotException(
                        SnapshotException.Kind.SYSCALL, "reading", "the memory", failure);
            }
        }
    }
}

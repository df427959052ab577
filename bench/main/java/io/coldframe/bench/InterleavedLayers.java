package io.coldframe.bench;

import io.coldframe.layer.ExtentMap;
import io.coldframe.layer.LayerChain;
import io.coldframe.layer.LayerFiles;
import io.coldframe.layer.LayerIndex;
import io.coldframe.layer.LayerRef;
import io.coldframe.layer.LayerSums;
import io.coldframe.layer.LayerTable;
import io.coldframe.layer.Origin;
import io.coldframe.memory.Crc32c;
import io.coldframe.memory.PageSize;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Memory in layers of which each holds every n-th block.
///
/// **Lifetime.** Files, until [#remove()].
final class InterleavedLayers {
    private static final PageSize BLOCK = PageSize.KIB_4;
    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment memory;
    private final int layerCount;
    private final Path folder;
    private final List<LayerRef> refs = new ArrayList<>();

    /// @param folder where the files go; empty for the folder of the benchmarks
    InterleavedLayers(MemorySegment memory, int layerCount, String folder) throws IOException {
        this.memory = memory;
        this.layerCount = layerCount;
        this.folder = ImageFolder.newFolder(folder, "layers");
        for (int layer = 0; layer < layerCount; layer++) {
            store(layer);
        }
    }

    private LayerFiles files(int layer) {
        return new LayerFiles(folder.resolve(layer + ".index"), folder.resolve(layer + ".layer"));
    }

    private LayerFiles find(LayerRef ref) {
        return files((int) (ref.id().getLeastSignificantBits() & Integer.MAX_VALUE));
    }

    private void store(int layer) throws IOException {
        LayerFiles files = files(layer);
        long blockCount = BLOCK.pageCount(memory.byteSize());
        try (Arena arena = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(
                                files.layer(),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE)) {
            long storedCount = (blockCount - layer + layerCount - 1) / layerCount;
            MemorySegment row = arena.allocate(SUM, storedCount);
            Crc32c crc = new Crc32c(arena);
            for (long stored = 0; stored < storedCount; stored++) {
                long block = layer + stored * layerCount;
                MemorySegment bytes = memory.asSlice(BLOCK.bytes(block), BLOCK.bytes());
                writeAll(channel, bytes);
                row.setAtIndex(SUM, stored, crc.of(bytes, 0, BLOCK.bytes()));
            }
            // Version 7, variant 2, as ids are.
            UUID id = new UUID(0x7000L, 0x8000_0000_0000_0000L | layer);
            LayerSums sums = LayerSums.of(id, BLOCK, row, arena);
            try (LayerIndex alone = LayerIndex.layerOnly(sums)) {
                Files.write(files.index(), alone.encoded().toArray(ValueLayout.JAVA_BYTE));
            }
            refs.add(sums.ref());
        }
    }

    private static void writeAll(FileChannel channel, MemorySegment bytes) throws IOException {
        ByteBuffer left = bytes.asByteBuffer();
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /// The memory, as these layers hold it.
    LayerChain open() throws IOException {
        long blockCount = BLOCK.pageCount(memory.byteSize());
        LayerTable table =
                new LayerTable(
                        BLOCK,
                        memory.byteSize(),
                        Optional.empty(),
                        refs,
                        List.of(new Origin(new UUID(0x7000L, 1L), 0, Instant.EPOCH)));
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(blockCount)) {
            for (long block = 0; block < blockCount; block++) {
                int layer = (int) (block % layerCount);
                builder.data(block, 1, layer, block / layerCount, 0);
            }
            LayerIndex index = LayerIndex.of(table, builder.build(arena), Optional.empty());
            return LayerChain.open(index, this::find, Optional.empty());
        }
    }

    /// Removes the files.
    void remove() throws IOException {
        for (int layer = 0; layer < layerCount; layer++) {
            Files.delete(files(layer).index());
            Files.delete(files(layer).layer());
        }
        Files.delete(folder);
    }
}

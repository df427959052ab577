package io.coldframe.cli.bench;

import io.coldframe.layer.ExtentMap;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.LongStream;

/// The same memory in layers twice: as a thousand generations have left it, and as one has.
///
/// Half of it is zero, in runs of 256 KiB. The first generation stored the other half, and each
/// that followed single pages anywhere in it, so that in the end most pages lie in some layer of
/// their own.
///
/// **Lifetime.** Files in a folder of the bench.
final class LayeredMemory {

    private static final int GENERATION_COUNT = 1_000;
    private static final PageSize BLOCK = PageSize.KIB_4;
    private static final long RUN_BLOCKS = 64;
    private static final long SEED = 0x1A7E25L;
    private static final ValueLayout.OfInt SUM =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment memory;
    private final Path folder;
    private final long blockCount;
    private final int[] layerOf;
    private final long[] storedAt;
    private final List<LayerRef> layers = new ArrayList<>();

    /// @param layerCount how many generations there were
    LayeredMemory(MemorySegment memory, Path folder, int layerCount) throws IOException {
        this.memory = memory;
        this.folder = Files.createDirectory(folder);
        this.blockCount = BLOCK.pageCount(memory.byteSize());
        this.layerOf = new int[Math.toIntExact(blockCount)];
        this.storedAt = new long[layerOf.length];
        Arrays.fill(layerOf, -1);
        SplittableRandom random = new SplittableRandom(SEED);
        store(dataBlocks());
        // As many again as the first generation has stored.
        int count = Math.toIntExact(Math.max(1, blockCount / 2 / GENERATION_COUNT));
        for (int layer = 1; layer < layerCount; layer++) {
            store(scattered(count, random));
        }
        Files.write(index(), encodedIndex());
    }

    static LayeredMemory ofGenerations(MemorySegment memory, Path folder) throws IOException {
        return new LayeredMemory(memory, folder, GENERATION_COUNT);
    }

    static LayeredMemory ofOneLayer(MemorySegment memory, Path folder) throws IOException {
        return new LayeredMemory(memory, folder, 1);
    }

    /// The newest index.
    Path index() {
        return folder.resolve("newest.index");
    }

    LayerFiles find(LayerRef ref) {
        return files((int) (ref.id().getLeastSignificantBits() & Integer.MAX_VALUE));
    }

    private LayerFiles files(int layer) {
        return new LayerFiles(folder.resolve(layer + ".index"), folder.resolve(layer + ".layer"));
    }

    private static boolean isData(long block) {
        return block / RUN_BLOCKS % 2 == 0;
    }

    private long[] dataBlocks() {
        return LongStream.range(0, blockCount).filter(LayeredMemory::isData).toArray();
    }

    private long[] scattered(int count, SplittableRandom random) {
        return random.longs(0, blockCount)
                .filter(LayeredMemory::isData)
                .limit(count)
                .sorted()
                .distinct()
                .toArray();
    }

    /// Stores blocks in a layer of their own.
    private void store(long[] blocks) throws IOException {
        int layer = layers.size();
        // Version 7, variant 2, as ids are.
        UUID id = new UUID(0x7000L, 0x8000_0000_0000_0000L | layer);
        LayerFiles place = files(layer);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(
                                place.layer(),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE)) {
            MemorySegment row = arena.allocate(SUM, blocks.length);
            Crc32c crc = new Crc32c(arena);
            for (int i = 0; i < blocks.length; i++) {
                MemorySegment bytes = memory.asSlice(BLOCK.bytes(blocks[i]), BLOCK.bytes());
                writeAll(channel, bytes);
                row.setAtIndex(SUM, i, crc.of(bytes, 0, BLOCK.bytes()));
                layerOf[(int) blocks[i]] = layer;
                storedAt[(int) blocks[i]] = i;
            }
            LayerSums sums = LayerSums.of(id, BLOCK, row, arena);
            try (LayerIndex alone = LayerIndex.layerOnly(sums)) {
                Files.write(place.index(), alone.encoded().toArray(ValueLayout.JAVA_BYTE));
            }
            layers.add(sums.ref());
        }
    }

    private static void writeAll(FileChannel channel, MemorySegment bytes) throws IOException {
        ByteBuffer left = bytes.asByteBuffer();
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    private byte[] encodedIndex() throws IOException {
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(blockCount)) {
            for (int block = 0; block < blockCount; block++) {
                if (layerOf[block] < 0) {
                    builder.zero(block, 1, 0);
                } else {
                    builder.data(block, 1, layerOf[block], storedAt[block], 0);
                }
            }
            LayerTable table =
                    new LayerTable(
                            BLOCK,
                            memory.byteSize(),
                            Optional.empty(),
                            layers,
                            List.of(new Origin(new UUID(0x7000L, 1L), 0, Instant.EPOCH)));
            try (LayerIndex index = LayerIndex.of(table, builder.build(arena), Optional.empty())) {
                return index.encoded().toArray(ValueLayout.JAVA_BYTE);
            }
        }
    }
}

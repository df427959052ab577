package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/// What is written can be read, up to the last one that is allowed, and the next one is neither
/// written nor read.
final class IndexLimitsTest {

    @Test
    void asManyLayersAsAreAllowed() throws Exception {
        requireMost(IndexLimitsTest::ofLayers, LayerIndex.LAYERS_MAX);
        try (Arena arena = Arena.ofConfined()) {
            long entries = LayerIndex.LAYERS_MAX + 1L;
            MemorySegment section = arena.allocate(entries * TableEntries.LAYER_BYTES);
            requireTooLarge(Kind.CORRUPT, () -> TableEntries.layers(section, "layers"));
        }
    }

    @Test
    void asManyOriginsAsAreAllowed() throws Exception {
        requireMost(IndexLimitsTest::ofOrigins, LayerIndex.ORIGINS_MAX);
        try (Arena arena = Arena.ofConfined()) {
            long entries = LayerIndex.ORIGINS_MAX + 1L;
            MemorySegment section = arena.allocate(entries * TableEntries.ORIGIN_BYTES);
            requireTooLarge(Kind.CORRUPT, () -> TableEntries.origins(section, "origins"));
        }
    }

    /// A hostile file costs its length, never more, and is not read to say so.
    @Test
    void aFileThatIsTooLongIsNotRead(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("memory.index");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(IndexParts.FILE_BYTES_MAX + 1);
        }
        requireTooLarge(Kind.CORRUPT, () -> LayerIndex.open(path).close());
    }

    /// A hole of any length costs nothing on a disk.
    @Test
    void aHoleThatIsNoIndexIsRefusedBeforeMemoryIsTaken(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("memory.index");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(IndexParts.FILE_BYTES_MAX);
        }
        assertEquals(Reason.MAGIC, refusalOfItsHead(path).reason());
    }

    /// Who knows how many blocks a layer has takes no more memory than their sums.
    @Test
    void sumsOfMoreBlocksThanALayerHasAreRefusedBeforeMemoryIsTaken(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("memory.index");
        try (Arena arena = Arena.ofConfined()) {
            LayerSums sums = IndexSamples.sums(7, 3, arena);
            try (LayerIndex alone = LayerIndex.layerOnly(sums)) {
                Files.write(path, withSumsInAHole(IndexSamples.bytes(alone)));
            }
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.seek(16);
                file.setLength(Long.reverseBytes(file.readLong()));
            }
            LayerFiles files = new LayerFiles(path, folder.resolve("memory.layer"));
            requireOthers(() -> OpenLayers.sums(files, sums.ref(), sums.blockSize(), arena));
            requireOthers(() -> RewriteSource.open(sums.ref(), files, false).close());
        }
    }

    private static void requireOthers(Executable action) {
        SnapshotException refusal = assertThrows(SnapshotException.class, action);
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertEquals(Reason.MISMATCH, refusal.reason());
    }

    /// The same header and table, which say that the file ends with as many sums as there may be.
    private static byte[] withSumsInAHole(byte[] bytes) {
        MemorySegment index = MemorySegment.ofArray(bytes);
        long tableBytes = index.get(Bytes.U32, 52) * (long) IndexSections.ENTRY_BYTES;
        long last = IndexHeader.BYTE_COUNT + tableBytes - IndexSections.ENTRY_BYTES;
        index.set(Bytes.U64, last + 16, LayerSums.SECTION_BYTES_MAX);
        index.set(Bytes.U64, 16, index.get(Bytes.U64, last + 8) + LayerSums.SECTION_BYTES_MAX);
        index.set(Bytes.U32, 56, Bytes.crc(index, IndexHeader.BYTE_COUNT, tableBytes));
        index.set(Bytes.U32, 60, Bytes.crc(index, 0, 60));
        return bytes;
    }

    @Test
    void moreExtentsThanBlocksAreRefusedBeforeMemoryIsTaken(@TempDir Path folder) throws Exception {
        byte[] bytes = IndexSamples.named("an index without a layer beside it");
        MemorySegment index = MemorySegment.ofArray(bytes);
        long sectionCount = index.get(Bytes.U32, 52);
        long tableBytes = sectionCount * IndexSections.ENTRY_BYTES;
        long lastEntry = IndexHeader.BYTE_COUNT + tableBytes - IndexSections.ENTRY_BYTES;
        long extentsAt = index.get(Bytes.U64, lastEntry + 8);
        long extentBytes = 8L << 30;
        index.set(Bytes.U64, lastEntry + 16, extentBytes);
        index.set(Bytes.U64, 16, extentsAt + extentBytes);
        index.set(Bytes.U32, 56, Bytes.crc(index, IndexHeader.BYTE_COUNT, tableBytes));
        index.set(Bytes.U32, 60, Bytes.crc(index, 0, 60));
        Path path = folder.resolve("memory.index");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(bytes);
            file.setLength(extentsAt + extentBytes);
        }
        assertEquals(Reason.TOO_LARGE, refusalOfItsHead(path).reason());
    }

    /// What a file is refused with, of which only the head was read.
    private static SnapshotException refusalOfItsHead(Path path) {
        AtomicLong bytesRead = new AtomicLong();
        FileCalls counting =
                new ForwardingFileCalls(FileCalls.current()) {
                    @Override
                    protected long around(Call call, LongSupplier make) {
                        bytesRead.addAndGet(call.is("pread") ? call.byteCount() : 0);
                        return make.getAsLong();
                    }
                };
        SnapshotException refusal;
        try (var _ = FileCalls.use(counting)) {
            refusal = assertThrows(SnapshotException.class, () -> LayerIndex.open(path).close());
        }
        assertEquals(Kind.CORRUPT, refusal.kind());
        assertTrue(bytesRead.get() <= IndexHeader.HEAD_BYTES_MAX, () -> bytesRead + " bytes read");
        return refusal;
    }

    @Test
    void anAddressSpaceOfTooManyBlocksIsRefused() throws Exception {
        byte[] bytes = IndexSamples.named("a generation on an image");
        MemorySegment.ofArray(bytes)
                .set(Bytes.U64, 40, PageSize.KIB_4.bytes(ExtentMap.BLOCKS_MAX) + 1);
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                LayerIndex.decode(
                                        MemorySegment.ofArray(IndexSeals.sealed(bytes)), "index"));
        assertEquals(Kind.CORRUPT, refusal.kind());
    }

    @Test
    void aLayerOfTooManyBlocksIsNone() {
        assertThrows(
                IllegalArgumentException.class,
                () -> IndexSamples.ref(1, LayerSums.STORED_BLOCKS_MAX + 1));
        assertEquals(
                LayerSums.STORED_BLOCKS_MAX,
                IndexSamples.ref(1, LayerSums.STORED_BLOCKS_MAX).storedBlockCount());
    }

    private interface Maker {
        LayerIndex make(int count) throws SnapshotException;
    }

    private static void requireMost(Maker maker, int most) throws SnapshotException {
        try (LayerIndex index = maker.make(most);
                LayerIndex again = LayerIndex.decode(index.encoded(), "as many")) {
            assertEquals(index.digest(), again.digest());
        }
        requireTooLarge(Kind.UNSUPPORTED, () -> maker.make(most + 1).close());
    }

    private static void requireTooLarge(Kind kind, Executable action) {
        SnapshotException refusal = assertThrows(SnapshotException.class, action);
        assertEquals(kind, refusal.kind());
        assertEquals(Reason.TOO_LARGE, refusal.reason());
    }

    /// A block in each of so many layers.
    private static LayerIndex ofLayers(int count) throws SnapshotException {
        List<LayerRef> layers = listed(count, layer -> IndexSamples.ref(layer, 1));
        return of(
                count,
                layers,
                List.of(IndexSamples.origin(0)),
                (builder, block) -> builder.data(block, 1, block, 0, 0));
    }

    /// A block of each of so many snapshots.
    private static LayerIndex ofOrigins(int count) throws SnapshotException {
        return of(
                count,
                List.of(),
                listed(count, IndexSamples::origin),
                (builder, block) -> builder.zero(block, 1, block));
    }

    private interface Block {
        void add(ExtentMap.Builder builder, int block);
    }

    private static LayerIndex of(
            int blockCount, List<LayerRef> layers, List<Origin> origins, Block one)
            throws SnapshotException {
        LayerTable table =
                new LayerTable(
                        PageSize.KIB_4, blockCount * 4096L, Optional.empty(), layers, origins);
        try (Arena arena = Arena.ofConfined();
                ExtentMap.Builder builder = new ExtentMap.Builder(blockCount)) {
            for (int block = 0; block < blockCount; block++) {
                one.add(builder, block);
            }
            return LayerIndex.of(table, builder.build(arena), Optional.empty());
        }
    }

    private static <T> List<T> listed(int count, IntFunction<T> element) {
        return Collections.unmodifiableList(
                new AbstractList<>() {
                    @Override
                    public T get(int index) {
                        return element.apply(index);
                    }

                    @Override
                    public int size() {
                        return count;
                    }
                });
    }
}

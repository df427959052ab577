package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/// A layer that is not what it was is found, whoever reads it, and no byte of it is believed.
final class LayerChainDamageTest {
    // Eight blocks of 512 bytes: five of layer 0, a zero, and two of layer 1.
    private static final int BYTE_COUNT = 4096;

    @TempDir private Path folder;
    private LayerPile pile;
    private byte[] model;
    private Path image;

    @BeforeEach
    void setUp() throws IOException {
        pile = new LayerPile(folder, new PageSize(9));
        Random random = new Random(11);
        for (int blockCount : new int[] {5, 2}) {
            byte[] content = new byte[blockCount * 512];
            random.nextBytes(content);
            pile.add(content);
        }
        model = new byte[BYTE_COUNT];
        System.arraycopy(pile.content(0), 0, model, 0, 5 * 512);
        System.arraycopy(pile.content(1), 0, model, 6 * 512, 2 * 512);
        image = folder.resolve("in place");
        Files.write(image, new byte[BYTE_COUNT]);
    }

    @AfterEach
    void tearDown() {
        pile.close();
    }

    private LayerIndex index(Optional<LayerSums> own) throws SnapshotException {
        try (ExtentMap.Builder builder = new ExtentMap.Builder(8);
                Arena arena = Arena.ofConfined()) {
            builder.data(0, 5, 0, 0, 0);
            builder.zero(5, 1, 0);
            builder.data(6, 2, 1, 0, 0);
            LayerTable table =
                    new LayerTable(
                            pile.block,
                            BYTE_COUNT,
                            Optional.empty(),
                            pile.refs(),
                            List.of(IndexSamples.origin(0)));
            return LayerIndex.of(table, builder.build(arena), own);
        }
    }

    /// All zeros, and so everything is a change of it.
    private LayerChain zeros() throws SnapshotException {
        try (ExtentMap.Builder builder = new ExtentMap.Builder(8);
                Arena arena = Arena.ofConfined()) {
            builder.zero(0, 8, 0);
            LayerTable table =
                    new LayerTable(
                            pile.block,
                            BYTE_COUNT,
                            Optional.empty(),
                            List.of(),
                            List.of(IndexSamples.origin(0)));
            LayerIndex index = LayerIndex.of(table, builder.build(arena), Optional.empty());
            return LayerChain.open(index, pile::find, Optional.empty());
        }
    }

    private LayerChain open() throws SnapshotException {
        return LayerChain.open(index(Optional.empty()), pile::find, Optional.empty());
    }

    /// Every way to the bytes, by its name.
    private Map<String, Executable> ways(LayerChain chain, LayerChain zeros, GuestMemory memory) {
        Map<String, Executable> ways = new LinkedHashMap<>();
        ways.put("read", () -> read(chain));
        ways.put("verify", () -> chain.verify(GuestLayout.of(BYTE_COUNT), Progress.NONE));
        ways.put("load", () -> chain.load(memory, Progress.NONE));
        ways.put(
                "materialise",
                () -> chain.materialise(folder.resolve("image"), OnExisting.REFUSE, Progress.NONE));
        ways.put(
                "materialise into a directory",
                () -> {
                    try (AtomicDirectory directory =
                            AtomicDirectory.create(folder.resolve("dir"), OnExisting.REFUSE)) {
                        chain.materialise(directory, "memory.bin", Progress.NONE);
                    }
                });
        ways.put("apply", () -> chain.applyOver(zeros, image, Progress.NONE));
        return ways;
    }

    private static byte[] read(LayerChain chain) throws SnapshotException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(BYTE_COUNT);
            chain.read(0, all);
            return all.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void everyBitOfALayerIsFoundOnEveryWay() throws Exception {
        try (LayerChain chain = open();
                LayerChain zeros = zeros();
                GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(BYTE_COUNT))) {
            Map<String, Executable> ways = ways(chain, zeros, memory);
            for (int layer = 0; layer < 2; layer++) {
                Path file = pile.files(layer).layer();
                byte[] content = pile.content(layer);
                for (int bit = 0; bit < 8 * content.length; bit++) {
                    try (var _ = flipped(file, content, bit)) {
                        // The quick ways see every bit; the others share them.
                        assertFound("read", ways, file, bit / 8);
                        assertFound("verify", ways, file, bit / 8);
                        List<String> names = List.copyOf(ways.keySet());
                        assertFound(names.get(bit % names.size()), ways, file, bit / 8);
                    }
                }
            }
            assertArrayEquals(model, read(chain));
            assertFalse(Files.exists(folder.resolve("image")));
        }
    }

    /// A bit that is not as it was, until this is closed.
    private static AutoCloseable flipped(Path file, byte[] content, int bit) throws IOException {
        int at = bit / 8;
        write(file, at, (byte) (content[at] ^ 1 << bit % 8));
        return () -> write(file, at, content[at]);
    }

    private static void write(Path file, int at, byte value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {value}), at);
        }
    }

    private void assertFound(String way, Map<String, Executable> ways, Path file, int at) {
        SnapshotException failure =
                assertThrows(SnapshotException.class, Objects.requireNonNull(ways.get(way)), way);
        assertEquals(Kind.CORRUPT, failure.kind());
        assertEquals(Reason.CHECKSUM, failure.reason());
        int stored = at / 512;
        int block = file.equals(pile.files(0).layer()) ? stored : 6 + stored;
        String where =
                way.equals("verify")
                        ? "guest page %d at guest address 0x%x".formatted(block, block * 512)
                        : "block %d at image offset %d".formatted(block, block * 512);
        String place = "stored block %d at offset %d, %s:".formatted(stored, stored * 512, where);
        assertTrue(String.valueOf(failure.getMessage()).contains(place), failure::getMessage);
        assertTrue(
                String.valueOf(failure.getMessage()).contains(file.toString()),
                failure::getMessage);
    }

    @Test
    void everyBitOfTheSumsBesideALayerIsFoundBeforeAByteIsRead() throws Exception {
        int foundCount = 0;
        for (int layer = 0; layer < 2; layer++) {
            Path file = pile.files(layer).index();
            byte[] good = Files.readAllBytes(file);
            for (int bit = 0; bit < 8 * good.length; bit++) {
                byte[] bad = good.clone();
                bad[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(file, bad);
                try (LayerChain chain = open()) {
                    // What says nothing of this layer is not looked at.
                    assertArrayEquals(model, read(chain));
                } catch (SnapshotException failure) {
                    foundCount++;
                    assertTrue(
                            failure.kind() == Kind.CORRUPT || failure.kind() == Kind.UNSUPPORTED,
                            failure::toString);
                    assertTrue(
                            String.valueOf(failure.getMessage()).contains(file.toString()),
                            failure::toString);
                }
            }
            Files.write(file, good);
        }
        int sumBits = 8 * Integer.BYTES * (5 + 2);
        int idBits = 2 * 8 * 16;
        assertTrue(foundCount >= sumBits + idBits, foundCount + " found");
    }

    @Test
    void aBadBlockOfAnotherAddressIsOfNoConcern() throws Exception {
        try (LayerChain chain = open();
                Arena arena = Arena.ofConfined();
                var _ = flipped(pile.files(0).layer(), pile.content(0), 8 * 600)) {
            MemorySegment page = arena.allocate(512);
            chain.read(0, page);
            assertArrayEquals(Arrays.copyOf(model, 512), page.toArray(ValueLayout.JAVA_BYTE));
            assertThrows(SnapshotException.class, () -> chain.read(511 + 512, page));
        }
    }

    @Test
    void aFileOfAnotherLengthIsNotOpened() throws Exception {
        Path file = pile.files(0).layer();
        byte[] good = pile.content(0);
        for (int length = 0; length <= good.length + 2; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            if (length == good.length) {
                open().close();
                continue;
            }
            SnapshotException failure = assertThrows(SnapshotException.class, this::open);
            assertEquals(Kind.CORRUPT, failure.kind());
            assertEquals(
                    length < good.length ? Reason.TOO_SHORT : Reason.TOO_LARGE, failure.reason());
        }
    }

    @Test
    void aFileThatIsCutLaterIsCorruptOnEveryWay() throws Exception {
        byte[] good = pile.content(1);
        try (LayerChain chain = open();
                LayerChain zeros = zeros();
                GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(BYTE_COUNT))) {
            for (int length = 0; length < good.length; length += 100) {
                Files.write(pile.files(1).layer(), Arrays.copyOf(good, length));
                for (var way : ways(chain, zeros, memory).entrySet()) {
                    SnapshotException failure =
                            assertThrows(SnapshotException.class, way.getValue(), way.getKey());
                    assertEquals(Reason.TOO_SHORT, failure.reason());
                    assertEquals(Kind.CORRUPT, failure.kind());
                }
            }
        }
    }

    @Test
    void aLayerThatIsNotTheNamedOneIsRefused() throws Exception {
        // Whole, with sums that fit it, and another one.
        LayerFinder swapped = ref -> pile.files(ref.id().equals(IndexSamples.layerId(0)) ? 1 : 0);
        SnapshotException failure =
                assertThrows(
                        SnapshotException.class,
                        () -> LayerChain.open(index(Optional.empty()), swapped, Optional.empty()));
        assertEquals(Kind.CORRUPT, failure.kind());
        assertEquals(Reason.MISMATCH, failure.reason());
        Files.delete(pile.files(1).layer());
        assertEquals(Kind.MISSING, assertThrows(SnapshotException.class, this::open).kind());
        Files.delete(pile.files(0).index());
        assertEquals(Kind.MISSING, assertThrows(SnapshotException.class, this::open).kind());
    }

    @Test
    void theSumsOfTheIndexItselfNeedNoOtherFile() throws Exception {
        Files.delete(pile.files(1).index());
        LayerIndex index = index(Optional.of(pile.sums(1)));
        try (LayerChain chain = LayerChain.open(index, pile::find, Optional.empty())) {
            assertArrayEquals(model, read(chain));
        }
    }
}

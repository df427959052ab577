package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.image.AtomicDirectory;
import io.coldframe.image.OnExisting;
import io.coldframe.image.Output;
import io.coldframe.memory.DirtyBitmap;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CancellationException;

/// What a capture stores of a memory, against a plain loop over arrays.
final class LayerWriterTest {
    private static final int BLOCK = 4096;
    private static final BitSet NONE_CLEAN = new BitSet();

    @TempDir Path folder;
    private int captureCount;

    private Path target() {
        return folder.resolve("snapshot" + captureCount++);
    }

    private Path file(byte[] memory) throws IOException {
        return Files.write(folder.resolve("memory" + captureCount++), memory);
    }

    private void writeAndJudge(byte[] memory, LayerOptions options) throws IOException {
        PlainLayer plain =
                new PlainLayer(
                        memory, LayerWork.NO_PARENT, NONE_CLEAN, options.blockSize().bytes());
        try (LayerSource source = LayerSource.file(file(memory))) {
            LayerWork.write(
                    LayerWriter.of(source, options),
                    target(),
                    (packed, stored) -> {
                        LayerWork.judge(plain, packed, stored);
                        LayerWork.judgeIndex(plain, packed.index(), Optional.empty());
                    });
        }
    }

    @Test
    void theSameMemoryGivesTheSameBytesWhateverTheThreadsAndTheOutput() throws Exception {
        // Several units for each of the threads.
        byte[] memory = LayerWork.memory(new SplittableRandom(1), (40 << 20) + 123, BLOCK);
        Path source = file(memory);
        List<byte[]> indexes = new ArrayList<>();
        for (Output output : Output.values()) {
            for (int threadCount = 1; threadCount <= 5; threadCount++) {
                LayerOptions options =
                        LayerOptions.DEFAULT.withThreadCount(threadCount).withOutput(output);
                Path target = target();
                try (LayerSource opened = LayerSource.file(source)) {
                    LayerWork.write(
                            LayerWriter.of(opened, options),
                            target,
                            (packed, stored) ->
                                    assertEquals(stored.length, packed.report().bytesWritten()));
                }
                indexes.add(Files.readAllBytes(target.resolve("memory.index")));
                assertArrayEquals(indexes.getFirst(), indexes.getLast());
                assertEquals(
                        -1,
                        Files.mismatch(
                                folder.resolve("snapshot1").resolve("memory.layer"),
                                target.resolve("memory.layer")));
            }
        }
    }

    @Test
    void memoryOfZerosIsALayerOfNothing() throws Exception {
        writeAndJudge(new byte[10 * BLOCK + 1], LayerOptions.DEFAULT);
        assertEquals(0, Files.size(folder.resolve("snapshot1").resolve("memory.layer")));
    }

    @Test
    void memoryWithoutAZeroBlockIsStoredWhole() throws Exception {
        byte[] memory = new byte[300 * BLOCK];
        Arrays.fill(memory, (byte) 7);
        writeAndJudge(memory, LayerOptions.DEFAULT);
        assertArrayEquals(
                memory, Files.readAllBytes(folder.resolve("snapshot1").resolve("memory.layer")));
    }

    @Test
    void aGuestOfOneBlockAndOfPartOfOneIsStoredAsOneBlock() throws Exception {
        for (int byteCount : new int[] {1, 511, BLOCK - 1, BLOCK}) {
            byte[] memory = new byte[byteCount];
            memory[byteCount - 1] = 1;
            writeAndJudge(memory, LayerOptions.DEFAULT);
        }
    }

    @Test
    void theSmallestAndTheLargestBlocksAreStored() throws Exception {
        byte[] memory = LayerWork.memory(new SplittableRandom(8), 100_000, 512);
        writeAndJudge(memory, LayerOptions.DEFAULT.withBlockSize(PageSize.ofBytes(512)));
        writeAndJudge(memory, LayerOptions.DEFAULT.withBlockSize(LayerOptions.BLOCK_MAX));
    }

    @Test
    void everyByteOfAShortLastBlockCounts() throws Exception {
        for (int last = 0; last < 17; last++) {
            byte[] memory = new byte[3 * 512 + 17];
            memory[3 * 512 + last] = 1;
            writeAndJudge(memory, LayerOptions.DEFAULT.withBlockSize(PageSize.ofBytes(512)));
        }
    }

    @Test
    void aZeroedBlockIsZeroAndNotTheParents() throws Exception {
        byte[] before = new byte[4 * BLOCK];
        Arrays.fill(before, (byte) 1);
        byte[] after = before.clone();
        Arrays.fill(after, BLOCK, 2 * BLOCK, (byte) 0);
        LayerParent parent = LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(before));
        try (LayerSource source = LayerSource.file(file(after))) {
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent),
                    target(),
                    (packed, stored) -> {
                        assertEquals(0, stored.length);
                        ExtentMap map = packed.index().map();
                        assertEquals(3, map.extentCount());
                        assertEquals(BlockPlace.ZERO, map.place(map.find(1)));
                        assertEquals(BlockPlace.PARENT, map.place(map.find(2)));
                        assertEquals(Optional.of(new UUID(5, 6)), packed.index().base());
                    });
        }
    }

    @Test
    void aBaseOfWhichNothingIsLeftIsNotNamed() throws Exception {
        byte[] memory = new byte[2 * BLOCK];
        Arrays.fill(memory, (byte) 2);
        LayerParent parent =
                LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(new byte[2 * BLOCK]));
        try (LayerSource source = LayerSource.file(file(memory))) {
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent),
                    target(),
                    (packed, stored) -> assertEquals(Optional.empty(), packed.index().base()));
        }
    }

    @Test
    void whatIsNotDirtyIsTheParentsWithoutALook() throws Exception {
        byte[] before = new byte[8 * BLOCK];
        byte[] after = new byte[8 * BLOCK];
        Arrays.fill(after, (byte) 3);
        BitSet pages = new BitSet();
        pages.set(5);
        LayerParent parent = LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(before));
        try (LayerSource source = LayerSource.file(file(after));
                DirtyBitmap dirty = LayerWork.bitmap(after.length, PageSize.KIB_4, pages)) {
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent).onlyDirty(dirty),
                    target(),
                    (packed, stored) -> {
                        assertEquals(BLOCK, stored.length);
                        assertEquals(BLOCK, packed.report().bytesRead());
                        assertEquals(7, packed.report().cleanBlocks());
                        assertEquals(1, dirty.dirtyCount());
                    });
        }
    }

    @Test
    void whatDoesNotFitIsRefused() throws Exception {
        try (LayerSource source = LayerSource.file(file(new byte[2 * BLOCK]));
                DirtyBitmap dirty = LayerWork.bitmap(2 * BLOCK, PageSize.KIB_4, new BitSet());
                DirtyBitmap other = LayerWork.bitmap(BLOCK, PageSize.KIB_4, new BitSet());
                AtomicDirectory directory = AtomicDirectory.create(target(), OnExisting.REFUSE)) {
            LayerWriter writer = LayerWriter.of(source, LayerOptions.DEFAULT);
            assertThrows(IllegalArgumentException.class, () -> writer.onlyDirty(other));
            LayerParent parent =
                    LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(new byte[3 * BLOCK]));
            assertThrows(IllegalArgumentException.class, () -> writer.over(parent));
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            writer.onlyDirty(dirty)
                                    .write(
                                            LayerWork.LAYER,
                                            LayerWork.ORIGIN,
                                            directory.newFile("memory.layer")));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> LayerOptions.DEFAULT.withBlockSize(new PageSize(26)));
        assertThrows(IllegalArgumentException.class, () -> LayerOptions.DEFAULT.withThreadCount(0));
    }

    @Test
    void anEmptyFileAndWhatIsNoFileAreRefused() throws Exception {
        Path empty = file(new byte[0]);
        assertEquals(
                Kind.CORRUPT,
                assertThrows(SnapshotException.class, () -> LayerSource.file(empty)).kind());
        assertEquals(
                Kind.UNSUPPORTED,
                assertThrows(SnapshotException.class, () -> LayerSource.file(folder)).kind());
        Path missing = folder.resolve("missing");
        assertEquals(
                Kind.MISSING,
                assertThrows(SnapshotException.class, () -> LayerSource.file(missing)).kind());
    }

    @Test
    void theListenerHearsAllOfItAndMayStopIt() throws Exception {
        byte[] memory = LayerWork.memory(new SplittableRandom(2), 20 << 20, BLOCK);
        List<Long> heard = new ArrayList<>();
        LayerOptions hearing =
                LayerOptions.DEFAULT.withProgress(
                        (done, total) -> {
                            assertEquals(memory.length, total);
                            heard.add(done);
                            return true;
                        });
        writeAndJudge(memory, hearing);
        assertEquals(memory.length, heard.getLast());
        assertEquals(heard.stream().sorted().toList(), heard);
        LayerOptions stopping = LayerOptions.DEFAULT.withProgress((done, total) -> false);
        Path target = target();
        try (LayerSource source = LayerSource.file(file(memory))) {
            LayerWriter writer = LayerWriter.of(source, stopping);
            assertThrows(
                    CancellationException.class,
                    () -> LayerWork.write(writer, target, (packed, stored) -> {}));
        }
        assertTrue(Files.notExists(target));
    }

    @Test
    void aGuestThatGoesOnWritingIsStoredAsItsSumsSay() throws Exception {
        byte[] memory = LayerWork.memory(new SplittableRandom(3), 16 << 20, BLOCK);
        try (GuestMemory guest = LayerWork.guest(memory)) {
            LayerParent parent = LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(memory));
            for (boolean hasParent : new boolean[] {false, true}) {
                LayerWriter alone = LayerWriter.of(LayerSource.of(guest), LayerOptions.DEFAULT);
                LayerWriter writer = hasParent ? alone.over(parent) : alone;
                try (RestlessGuest _ = RestlessGuest.start(guest)) {
                    LayerWork.write(writer, target(), LayerWriterTest::judgeSums);
                }
            }
        }
    }

    private static void judgeSums(PackedLayer packed, byte[] stored) {
        LayerSums sums = packed.index().sums().orElseThrow();
        assertEquals(stored.length / BLOCK, sums.storedBlockCount());
        for (int block = 0; block < sums.storedBlockCount(); block++) {
            byte[] bytes = Arrays.copyOfRange(stored, block * BLOCK, (block + 1) * BLOCK);
            PlainLayer alone = new PlainLayer(bytes, LayerWork.NO_PARENT, NONE_CLEAN, BLOCK);
            // A block that became zero meanwhile may be stored all the same.
            if (!alone.sums.isEmpty()) {
                assertEquals(alone.sums.getFirst(), sums.sum(block), "block " + block);
            }
        }
    }
}

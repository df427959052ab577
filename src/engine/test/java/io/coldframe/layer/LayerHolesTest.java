package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.image.PageSource;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/// Holes of a memory file are zeros that nobody reads, with and without a parent.
final class LayerHolesTest {
    private static final int BLOCK = 4096;
    private static final int BYTES = 32 << 20;

    @TempDir Path folder;

    /// Counts what is read of files, and how often somebody asks for holes.
    private static final class CountedReads extends ForwardingFileCalls {
        private long bytesRead;
        private long seekCount;

        CountedReads() {
            super(FileCalls.current());
        }

        @Override
        protected synchronized long around(Call call, LongSupplier make) {
            if (call.is("pread")) {
                bytesRead += call.byteCount();
            }
            if (call.is("lseek")) {
                seekCount++;
            }
            return make.getAsLong();
        }
    }

    /// Two runs of data in a file of holes: in the middle, and up to the end.
    private static byte[] twoRuns() {
        byte[] memory = new byte[BYTES];
        for (int at = 100; at < 200; at++) {
            memory[at * BLOCK + at] = 1;
        }
        memory[BYTES - 1] = 1;
        return memory;
    }

    @Test
    void onlyDataIsRead() throws Exception {
        byte[] memory = twoRuns();
        Path file = LayerWork.sparseFile(folder.resolve("memory"), memory, BLOCK);
        PlainLayer plain = new PlainLayer(memory, LayerWork.NO_PARENT, new BitSet(), BLOCK);
        CountedReads reads = new CountedReads();
        try (var _ = FileCalls.use(reads);
                LayerSource source = LayerSource.file(file)) {
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT),
                    folder.resolve("snapshot"),
                    (packed, stored) -> {
                        LayerWork.judge(plain, packed, stored);
                        assertEquals(101L * BLOCK, packed.report().bytesRead());
                    });
        }
        assertEquals(101L * BLOCK, reads.bytesRead);
        assertTrue(reads.seekCount <= 6, () -> reads.seekCount + " seeks");
    }

    @Test
    void aHoleIsComparedWithTheParentAndNotRead() throws Exception {
        byte[] before = new byte[BYTES];
        before[7 * BLOCK] = 1;
        before[BYTES / 2] = 1;
        byte[] memory = twoRuns();
        memory[7 * BLOCK] = 1;
        Path file = LayerWork.sparseFile(folder.resolve("memory"), memory, BLOCK);
        PlainLayer plain = new PlainLayer(memory, before, new BitSet(), BLOCK);
        LayerParent parent = LayerParent.base(new UUID(5, 6), new LayerWork.ArrayPages(before));
        try (LayerSource source = LayerSource.file(file)) {
            LayerWork.write(
                    LayerWriter.of(source, LayerOptions.DEFAULT).over(parent),
                    folder.resolve("snapshot"),
                    (packed, stored) -> {
                        LayerWork.judge(plain, packed, stored);
                        LayerWork.judgeIndex(plain, packed.index(), Optional.empty());
                        assertEquals(102L * BLOCK, packed.report().bytesRead());
                    });
        }
    }

    @Test
    void aHoleOverZerosOfALayerCostsNothingAtAll() throws Exception {
        byte[] memory = twoRuns();
        Path file = LayerWork.sparseFile(folder.resolve("memory"), memory, BLOCK);
        try (LayerSource source = LayerSource.file(file)) {
            LayerWork.writeParent(
                    LayerWriter.of(source, LayerOptions.DEFAULT),
                    folder.resolve("parent"),
                    (parent, stored) -> {
                        LayerParent over =
                                LayerParent.of(parent.index(), new LayerWork.ArrayPages(memory));
                        LayerWork.write(
                                LayerWriter.of(source, LayerOptions.DEFAULT).over(over),
                                folder.resolve("snapshot"),
                                (packed, nothing) -> {
                                    assertEquals(0, nothing.length);
                                    LayerReport report = packed.report();
                                    assertEquals(BYTES / BLOCK, report.unchangedBlocks());
                                    assertEquals(101L * BLOCK, report.parentBytesRead());
                                });
                    });
        }
    }

    /// Over an image every byte of it is compared.
    @Test
    void aHoleThatTakesTimeIsHeardOfAndCancelled() throws Exception {
        long byteCount = 512L << 20;
        long heardMost = byteCount / 2;
        LayerParent image = LayerParent.base(new UUID(5, 6), new Zeros(byteCount));
        List<Long> heard = new ArrayList<>();
        LayerOptions cancelled =
                LayerOptions.DEFAULT
                        .withThreadCount(1)
                        .withProgress(
                                (done, total) -> {
                                    heard.add(done);
                                    return false;
                                });
        Path file = folder.resolve("memory");
        try (RandomAccessFile hole = new RandomAccessFile(file.toFile(), "rw")) {
            hole.setLength(byteCount);
        }
        try (LayerSource source = LayerSource.file(file)) {
            LayerWriter writer = LayerWriter.of(source, cancelled).over(image);
            assertThrows(
                    CancellationException.class,
                    () -> LayerWork.write(writer, folder.resolve("snapshot"), (_, _) -> {}));
        }
        assertEquals(1, heard.size());
        assertTrue(heard.getFirst() <= heardMost, heard::toString);
    }

    @Test
    void moreBlocksThanAnIndexMapsAreRefused() throws Exception {
        Zeros zeros = new Zeros(PageSize.KIB_4.bytes(ExtentMap.BLOCKS_MAX) + 1);
        try (LayerSource source = LayerSource.of(zeros, PageRanges.of(), PageSize.KIB_4)) {
            LayerWriter writer = LayerWriter.of(source, LayerOptions.DEFAULT);
            SnapshotException refusal =
                    assertThrows(
                            SnapshotException.class,
                            () ->
                                    LayerWork.write(
                                            writer, folder.resolve("snapshot"), (_, _) -> {}));
            assertEquals(Kind.UNSUPPORTED, refusal.kind());
            assertEquals(Reason.TOO_LARGE, refusal.reason());
        }
    }

    private record Zeros(long byteCount) implements PageSource {
        @Override
        public void read(long imageOffset, MemorySegment target) {
            target.fill((byte) 0);
        }
    }
}

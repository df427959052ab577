package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/// Runs against a model that looks at every byte of every block, one at a time.
final class BlockScanTest {

    private static final PageSize BLOCK = new PageSize(9);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    record Run(BlockState state, long firstBlock, long blockCount) {}

    /// A memory, its parent, and what the scan must say of them.
    private static final class Model {
        final byte[] memory;
        final byte[] parent;
        final PageSize block;
        final boolean hasParent;

        Model(byte[] memory, byte[] parent, PageSize block, boolean hasParent) {
            this.memory = memory;
            this.parent = parent;
            this.block = block;
            this.hasParent = hasParent;
        }

        int blockCount() {
            return (int) block.pageCount(memory.length);
        }

        byte[] blockOf(byte[] bytes, int index) {
            int from = index * block.bytes();
            return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + block.bytes()));
        }

        BlockState state(int index) {
            byte[] bytes = blockOf(memory, index);
            if (hasParent && Arrays.equals(bytes, blockOf(parent, index))) {
                return BlockState.UNCHANGED;
            }
            for (byte b : bytes) {
                if (b != 0) {
                    return BlockState.DATA;
                }
            }
            return BlockState.ZERO;
        }

        List<Run> runs(int firstBlock, int endBlock) {
            List<Run> runs = new ArrayList<>();
            int from = firstBlock;
            for (int at = firstBlock + 1; at <= endBlock; at++) {
                if (at == endBlock || state(at) != state(from)) {
                    runs.add(new Run(state(from), from, at - from));
                    from = at;
                }
            }
            return firstBlock == endBlock ? List.of() : runs;
        }

        int sum(int index) {
            if (state(index) != BlockState.DATA) {
                return 0;
            }
            CRC32C crc = new CRC32C();
            crc.update(blockOf(memory, index));
            return (int) crc.getValue();
        }
    }

    @Test
    void everyScanAgreesWithTheModel() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < Soak.count(1_000, 30_000); round++) {
            Model model = randomModel(random);
            int misalignment = random.nextInt(16);
            try (Arena arena = Arena.ofConfined()) {
                check(model, misalignment, arena, "seed " + seed + " round " + round);
            }
        }
    }

    private static void check(Model model, int misalignment, Arena arena, String which) {
        MemorySegment memory = misaligned(model.memory, misalignment, arena);
        MemorySegment parent = misaligned(model.parent, 15 - misalignment, arena);
        BlockSums sums = BlockSums.allocate(model.blockCount(), arena);
        BlockScan plain = BlockScan.of(memory, model.block);
        BlockScan scan = model.hasParent ? plain.against(parent) : plain;

        assertEquals(model.runs(0, model.blockCount()), runsOf(scan), which);
        assertEquals(model.runs(0, model.blockCount()), runsOf(scan.summing(sums)), which);
        for (int i = 0; i < model.blockCount(); i++) {
            assertEquals(model.sum(i), sums.get(i), which + " block " + i);
        }
        int first = model.blockCount() / 3;
        int end = first + (model.blockCount() - first) / 2 + 1;
        if (end <= model.blockCount()) {
            List<Run> some = new ArrayList<>();
            scan.forEachRun(
                    PageRange.between(first, end),
                    (s, at, count) -> some.add(new Run(s, at, count)));
            assertEquals(model.runs(first, end), some, which);
        }
    }

    /// Runs of random length of zero, unchanged, zeroed and changed blocks, in which a changed
    /// block may differ in its very last byte alone.
    private static Model randomModel(Random random) {
        PageSize block = new PageSize(9 + random.nextInt(4));
        // Long enough for several pieces of the scan at 512 bytes, and often with a short block.
        int byteCount = 1 + random.nextInt(300_000);
        byte[] parent = new byte[byteCount];
        byte[] memory = new byte[byteCount];
        int at = 0;
        while (at < byteCount) {
            int kind = random.nextInt(4);
            int end = Math.min(byteCount, at + block.bytes() * (1 + random.nextInt(60)));
            for (; at < end; at += block.bytes()) {
                int blockEnd = Math.min(end, at + block.bytes());
                if (kind != 0) {
                    fillSome(parent, at, blockEnd, random);
                }
                if (kind == 1) {
                    System.arraycopy(parent, at, memory, at, blockEnd - at);
                } else if (kind == 3) {
                    fillSome(memory, at, blockEnd, random);
                }
            }
            at = end;
        }
        return new Model(memory, parent, block, random.nextBoolean());
    }

    private static void fillSome(byte[] bytes, int from, int end, Random random) {
        switch (random.nextInt(3)) {
            case 0 -> bytes[end - 1] = 1;
            case 1 -> bytes[from + random.nextInt(end - from)] = (byte) random.nextInt();
            default -> {
                for (int i = from; i < end; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
        }
    }

    private static MemorySegment misaligned(byte[] bytes, int misalignment, Arena arena) {
        MemorySegment whole = arena.allocate(bytes.length + 64L, 64);
        // What lies around the memory must not be looked at.
        whole.fill((byte) 0x5A);
        MemorySegment memory = whole.asSlice(misalignment, bytes.length);
        MemorySegment.copy(bytes, 0, memory, BYTE, 0, bytes.length);
        return memory;
    }

    private static List<Run> runsOf(BlockScan scan) {
        List<Run> runs = new ArrayList<>();
        scan.forEachRun((state, first, count) -> runs.add(new Run(state, first, count)));
        return runs;
    }

    @Test
    void everyBlockSizeOfAGuestIsScanned() {
        for (PageSize block :
                List.of(PageSize.KIB_4, PageSize.KIB_16, PageSize.KIB_64, PageSize.MIB_2)) {
            try (Arena arena = Arena.ofConfined()) {
                // Zero, data in its last byte, zero, and a short block with data in its last byte.
                int size = block.bytes();
                MemorySegment memory = arena.allocate(3L * size + 100, 4096);
                memory.set(BYTE, 2L * size - 1, (byte) 1);
                memory.set(BYTE, 3L * size + 99, (byte) 1);
                assertEquals(
                        List.of(
                                new Run(BlockState.ZERO, 0, 1),
                                new Run(BlockState.DATA, 1, 1),
                                new Run(BlockState.ZERO, 2, 1),
                                new Run(BlockState.DATA, 3, 1)),
                        runsOf(BlockScan.of(memory, block)),
                        block.toString());
            }
        }
    }

    @Test
    void everyBlockSizeOfAGuestIsScannedAgainstAParent() {
        for (PageSize block :
                List.of(PageSize.KIB_4, PageSize.KIB_16, PageSize.KIB_64, PageSize.MIB_2)) {
            try (Arena arena = Arena.ofConfined()) {
                // Unchanged, data in its last byte, zeroed, and a short block that was zeroed.
                long size = block.bytes();
                MemorySegment parent = arena.allocate(3 * size + 100, 1).fill((byte) 7);
                MemorySegment memory = arena.allocate(3 * size + 100, 1).fill((byte) 7);
                memory.set(BYTE, 2 * size - 1, (byte) 1);
                memory.asSlice(2 * size).fill((byte) 0);
                parent.asSlice(2 * size, size).fill((byte) 0);
                assertEquals(
                        List.of(
                                new Run(BlockState.UNCHANGED, 0, 1),
                                new Run(BlockState.DATA, 1, 1),
                                new Run(BlockState.UNCHANGED, 2, 1),
                                new Run(BlockState.ZERO, 3, 1)),
                        runsOf(BlockScan.of(memory, block).against(parent)),
                        block.toString());
            }
        }
    }

    @Test
    void anEmptyMemoryHasNoRuns() {
        BlockScan scan = BlockScan.of(MemorySegment.NULL, BLOCK);
        assertEquals(0, scan.blockCount());
        assertEquals(List.of(), runsOf(scan));
        assertEquals(List.of(), runsOf(scan.against(MemorySegment.NULL)));
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(List.of(), runsOf(scan.summing(BlockSums.allocate(0, arena))));
        }
    }

    @Test
    void memoryThatCannotBeWrittenIsScanned() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parent = arena.allocate(BLOCK.bytes(2)).asReadOnly();
            MemorySegment memory = arena.allocate(BLOCK.bytes(2));
            memory.set(BYTE, BLOCK.bytes(1), (byte) 1);
            BlockSums sums = BlockSums.allocate(2, arena);
            assertEquals(
                    List.of(new Run(BlockState.UNCHANGED, 0, 1), new Run(BlockState.DATA, 1, 1)),
                    runsOf(BlockScan.of(memory.asReadOnly(), BLOCK).against(parent).summing(sums)));
            assertEquals(PageScan.crc32c(memory, BLOCK.bytes(1), BLOCK.bytes()), sums.get(1));
        }
    }

    /// A block turns to and fro under the scan. Whatever a look finds, the scan goes on, and its
    /// runs leave nothing out.
    @Test
    void memoryThatChangesUnderTheScanIsScannedToItsEnd() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment parent = arena.allocate(BLOCK.bytes(40)).fill((byte) 7);
            MemorySegment memory = arena.allocate(BLOCK.bytes(40)).fill((byte) 7);
            BlockSums sums = BlockSums.allocate(40, arena);
            AtomicBoolean scanning = new AtomicBoolean(true);
            Thread guest = Thread.ofPlatform().start(() -> changeWhile(scanning, memory));
            try {
                for (int round = 0; round < 5_000; round++) {
                    assertTiles(40, runsOf(BlockScan.of(memory, BLOCK)));
                    assertTiles(40, runsOf(BlockScan.of(memory, BLOCK).summing(sums)));
                    assertTiles(40, runsOf(BlockScan.of(memory, BLOCK).against(parent)));
                }
            } finally {
                scanning.set(false);
                guest.join();
            }
        }
    }

    private static void changeWhile(AtomicBoolean scanning, MemorySegment memory) {
        for (int at = 0; scanning.get(); at = (at + 37) % 40) {
            MemorySegment block = memory.asSlice(BLOCK.bytes(at), BLOCK.bytes());
            block.fill((byte) 0);
            block.fill((byte) 7);
        }
    }

    /// The runs have every block once, and neighbours differ.
    private static void assertTiles(long blockCount, List<Run> runs) {
        long at = 0;
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            assertEquals(at, run.firstBlock, runs::toString);
            assertTrue(run.blockCount > 0, runs::toString);
            assertTrue(i == 0 || runs.get(i - 1).state != run.state, runs::toString);
            at += run.blockCount;
        }
        assertEquals(blockCount, at, runs::toString);
    }

    @Test
    void aParentThatIsZeroWhereTheMemoryIsMakesTheBlockUnchanged() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(BLOCK.bytes(4));
            MemorySegment parent = arena.allocate(BLOCK.bytes(4));
            parent.set(BYTE, BLOCK.bytes(2), (byte) 7);
            assertEquals(
                    List.of(
                            new Run(BlockState.UNCHANGED, 0, 2),
                            new Run(BlockState.ZERO, 2, 1),
                            new Run(BlockState.UNCHANGED, 3, 1)),
                    runsOf(BlockScan.of(memory, BLOCK).against(parent)));
        }
    }

    @Test
    void whatASinkThrowsReachesTheCaller() {
        try (Arena arena = Arena.ofConfined()) {
            BlockScan scan = BlockScan.of(arena.allocate(BLOCK.bytes()), BLOCK);
            IOException full = new IOException("full");
            assertEquals(
                    full,
                    assertThrows(
                            IOException.class,
                            () ->
                                    scan.forEachRun(
                                            (state, first, count) -> {
                                                throw full;
                                            })));
        }
    }

    @Test
    void aParentOrSumsOfAnotherSizeAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            BlockScan scan = BlockScan.of(arena.allocate(BLOCK.bytes(4)), BLOCK);
            MemorySegment shorter = arena.allocate(BLOCK.bytes(4) - 1);
            assertThrows(IllegalArgumentException.class, () -> scan.against(shorter));
            BlockSums fewer = BlockSums.allocate(3, arena);
            assertThrows(IllegalArgumentException.class, () -> scan.summing(fewer));
            PageRange past = new PageRange(3, 2);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> scan.forEachRun(past, (state, first, count) -> {}));
        }
    }

    @Test
    void twoThreadsShareTheSumsOfOneMemory() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(BLOCK.bytes(1000));
            memory.fill((byte) 3);
            BlockSums sums = BlockSums.allocate(1000, arena);
            Thread second =
                    Thread.ofPlatform()
                            .start(() -> sumRange(memory, sums.sharing(arena), 500, 1000));
            sumRange(memory, sums, 0, 500);
            second.join();
            int expected = PageScan.crc32c(memory, 0, BLOCK.bytes());
            for (int i = 0; i < 1000; i++) {
                assertEquals(expected, sums.get(i));
            }
            assertTrue(sums.words().isReadOnly());
            assertEquals(4000, sums.words().byteSize());
        }
    }

    private static void sumRange(MemorySegment memory, BlockSums sums, long first, long end) {
        List<Run> runs = new ArrayList<>();
        BlockScan.of(memory, BLOCK)
                .summing(sums)
                .forEachRun(
                        PageRange.between(first, end),
                        (state, at, count) -> runs.add(new Run(state, at, count)));
        assertFalse(runs.isEmpty());
    }
}

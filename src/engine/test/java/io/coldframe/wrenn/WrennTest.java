package io.coldframe.wrenn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.Soak;
import io.coldframe.image.OnExisting;
import io.coldframe.judge.WrennJudge;
import io.coldframe.layer.LayerOptions;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// What is written is what an independent reader of the format makes of the same memory.
final class WrennTest {

    private static final UUID FIRST = new UUID(0x1111_1111_1111_4111L, 0x8111_1111_1111_1111L);
    private static final UUID SECOND = new UUID(0x2222_2222_2222_4222L, 0x8222_2222_2222_2222L);
    private static final UUID THIRD = new UUID(0x3333_3333_3333_4333L, 0x8333_3333_3333_3333L);

    @TempDir private Path folder;

    private Path header(UUID build) {
        return folder.resolve("header." + build);
    }

    private Path compact(UUID build) {
        return folder.resolve(WrennFiles.compactName(build));
    }

    private WrennReport first(byte[] memory, UUID build) throws IOException {
        Path raw = Memories.raw(folder.resolve("raw." + build), memory);
        return Wrenn.processMemfile(raw, compact(build), header(build), build);
    }

    private WrennReport next(byte[] memory, UUID parent, UUID build) throws IOException {
        Path raw = Memories.raw(folder.resolve("raw." + build), memory);
        return Wrenn.processMemfileWithParent(
                raw, compact(build), header(build), header(parent), build);
    }

    /// Fails unless both files are those that the judge expects, and both readers read the memory.
    private void check(WrennJudge expected, byte[] memory) throws IOException {
        UUID build = expected.build();
        assertArrayEquals(expected.encoded(), Files.readAllBytes(header(build)));
        assertArrayEquals(expected.compact(memory), Files.readAllBytes(compact(build)));
        WrennJudge read = WrennJudge.read(header(build));
        assertArrayEquals(memory, read.memory(this::compact));
        try (WrennChain chain = WrennChain.open(header(build));
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(memory.length);
            chain.read(0, bytes);
            assertArrayEquals(memory, bytes.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void aFirstGenerationStoresWhatIsNotZero() throws IOException {
        byte[] memory = Memories.of("ab..c.");
        WrennReport report = first(memory, FIRST);
        check(WrennJudge.first(memory, FIRST), memory);
        assertEquals(0, report.generation());
        assertEquals(4, report.recordCount());
        assertEquals(3, report.blocks().dataBlocks());
    }

    @Test
    void aNextGenerationStoresWhatIsNotAsItWas() throws IOException {
        byte[] before = Memories.of("ab..c.d.");
        byte[] memory = Memories.of("ax..c.dy");
        first(before, FIRST);
        WrennReport report = next(memory, FIRST, SECOND);
        check(WrennJudge.first(before, FIRST).next(before, memory, SECOND), memory);
        assertEquals(1, report.generation());
        assertEquals(2, report.blocks().dataBlocks());
        assertEquals(2 * Memories.BLOCK, Files.size(compact(SECOND)));
    }

    @Test
    void aBlockThatHasBecomeZeroIsZeroAndNotTheParents() throws IOException {
        byte[] before = Memories.of("abc");
        byte[] memory = Memories.of("a.c");
        first(before, FIRST);
        next(memory, FIRST, SECOND);
        check(WrennJudge.first(before, FIRST).next(before, memory, SECOND), memory);
        try (WrennHeader header = WrennHeader.read(header(SECOND))) {
            assertTrue(header.find(Memories.BLOCK).isZero());
        }
    }

    @Test
    void neighboursOfOneBuildThatAreStoredApartStayTwoRecords() throws IOException {
        byte[] one = Memories.of("abc");
        byte[] two = Memories.of("axc");
        // The middle is the first one's again by content, and not by place.
        byte[] three = Memories.of("a.c");
        first(one, FIRST);
        next(two, FIRST, SECOND);
        next(three, SECOND, THIRD);
        WrennJudge judge = WrennJudge.first(one, FIRST).next(one, two, SECOND);
        check(judge.next(two, three, THIRD), three);
        try (WrennHeader header = WrennHeader.read(header(THIRD))) {
            assertEquals(3, header.recordCount());
            assertEquals(2 * Memories.BLOCK, header.record(2).storageOffset());
            assertEquals(List.of(FIRST), header.builds());
        }
    }

    @Test
    void memoryThatIsAllZeroHasAnEmptyCompactFile() throws IOException {
        byte[] memory = Memories.of("....");
        first(memory, FIRST);
        check(WrennJudge.first(memory, FIRST), memory);
        assertEquals(0, Files.size(compact(FIRST)));
    }

    @Test
    void aGenerationWithoutAChangeHasAnEmptyCompactFile() throws IOException {
        byte[] memory = Memories.of("ab.c");
        first(memory, FIRST);
        next(memory, FIRST, SECOND);
        check(WrennJudge.first(memory, FIRST).next(memory, memory, SECOND), memory);
        assertEquals(0, Files.size(compact(SECOND)));
    }

    @Test
    void aShortLastBlockIsStoredWithZerosBehindIt() throws IOException {
        for (int byteCount : new int[] {1, 4095, 4097, 3 * 4096 - 1}) {
            UUID one = UUID.randomUUID();
            UUID two = UUID.randomUUID();
            byte[] before = new byte[byteCount];
            before[byteCount - 1] = 7;
            byte[] memory = new byte[byteCount];
            memory[byteCount - 1] = 8;
            first(before, one);
            check(WrennJudge.first(before, one), before);
            next(memory, one, two);
            check(WrennJudge.first(before, one).next(before, memory, two), memory);
        }
    }

    @Test
    void holesAreZerosAlsoOverAParentWithBytes() throws IOException {
        byte[] before = Memories.of("abcdefgh");
        byte[] memory = Memories.of("a..def.h");
        first(before, FIRST);
        Path raw = Memories.sparse(folder.resolve("sparse"), memory);
        Wrenn.processMemfileWithParent(raw, compact(SECOND), header(SECOND), header(FIRST), SECOND);
        check(WrennJudge.first(before, FIRST).next(before, memory, SECOND), memory);
    }

    @Test
    void randomChainsAreWhatTheJudgeExpects() throws IOException {
        SplittableRandom seeds = new SplittableRandom();
        for (int round = 0; round < Soak.count(30, 1_000); round++) {
            long seed = seeds.nextLong();
            try {
                checkChain(new SplittableRandom(seed));
            } catch (AssertionError | IOException | RuntimeException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    private void checkChain(SplittableRandom random) throws IOException {
        byte[] memory = Memories.random(random.nextInt(1, 40 * Memories.BLOCK), random);
        List<UUID> builds = new ArrayList<>(List.of(randomId(random)));
        first(memory, builds.getLast());
        WrennJudge judge = WrennJudge.first(memory, builds.getLast());
        check(judge, memory);
        int generationCount = random.nextInt(1, 6);
        for (int generation = 1; generation <= generationCount; generation++) {
            byte[] before = memory.clone();
            Memories.change(memory, random, 1 + random.nextInt(8));
            builds.add(randomId(random));
            next(memory, builds.get(generation - 1), builds.getLast());
            judge = judge.next(before, memory, builds.getLast());
            check(judge, memory);
        }
    }

    private static UUID randomId(SplittableRandom random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    @Test
    void theBytesDoNotDependOnTheThreads() throws IOException {
        byte[] memory = Memories.random(3 << 20, new SplittableRandom(5));
        Path raw = Memories.raw(folder.resolve("raw"), memory);
        WrennJudge judge = WrennJudge.first(memory, FIRST);
        for (int threadCount = 1; threadCount <= 5; threadCount++) {
            Path place = Files.createDirectory(folder.resolve("threads" + threadCount));
            Path diff = place.resolve("diff");
            Path header = place.resolve("header");
            LayerOptions options = LayerOptions.DEFAULT.withThreadCount(threadCount);
            Wrenn.processMemfile(raw, diff, header, FIRST, OnExisting.REFUSE, options);
            assertArrayEquals(judge.encoded(), Files.readAllBytes(header));
            assertArrayEquals(judge.compact(memory), Files.readAllBytes(diff));
        }
    }

    @Test
    void aChainOfHugeBlocksGoesOnInHugeBlocks() throws IOException {
        byte[] memory = new byte[5 << 20];
        memory[1] = 1;
        Path raw = Memories.raw(folder.resolve("raw"), memory);
        LayerOptions huge = LayerOptions.DEFAULT.withBlockSize(PageSize.MIB_2);
        Wrenn.processMemfile(raw, compact(FIRST), header(FIRST), FIRST, OnExisting.REFUSE, huge);
        memory[(5 << 20) - 1] = 2;
        next(memory, FIRST, SECOND);
        try (WrennChain chain = WrennChain.open(header(SECOND));
                Arena arena = Arena.ofConfined()) {
            assertEquals(PageSize.MIB_2, chain.header().blockSize());
            MemorySegment bytes = arena.allocate(memory.length);
            chain.read(0, bytes);
            assertArrayEquals(memory, bytes.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void aMemoryOfAnotherLengthIsRefused() throws IOException {
        first(Memories.of("ab"), FIRST);
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class, () -> next(Memories.of("abc"), FIRST, SECOND));
        assertEquals(Reason.INCOMPATIBLE, refusal.reason(), refusal::toString);
        assertFalse(Files.exists(header(SECOND)));
        assertFalse(Files.exists(compact(SECOND)));
    }

    @Test
    void aBuildThatIsInTheChainIsRefused() throws IOException {
        first(Memories.of("ab"), FIRST);
        Path raw = Memories.raw(folder.resolve("raw"), Memories.of("ab"));
        Path place = Files.createDirectory(folder.resolve("next"));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        Wrenn.processMemfileWithParent(
                                raw,
                                place.resolve("diff"),
                                place.resolve("header"),
                                header(FIRST),
                                FIRST));
        assertEquals(0, place.toFile().list().length);
    }

    @Test
    void aHeaderIsReplacedOnlyWhenAsked() throws IOException {
        byte[] memory = Memories.of("ab");
        Path raw = Memories.raw(folder.resolve("raw"), memory);
        Path header = folder.resolve(WrennFiles.HEADER);
        Wrenn.processMemfile(raw, compact(FIRST), header, FIRST);
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () -> Wrenn.processMemfile(raw, compact(SECOND), header, SECOND));
        assertEquals(Kind.CONFLICT, refusal.kind());
        Wrenn.processMemfile(
                raw, compact(SECOND), header, SECOND, OnExisting.REPLACE, LayerOptions.DEFAULT);
        assertArrayEquals(WrennJudge.first(memory, SECOND).encoded(), Files.readAllBytes(header));
        assertTrue(Files.exists(compact(FIRST)), "it is somebody's still");
    }

    @Test
    void aCompactFileThatTheHeaderNamesIsNotReplaced() throws IOException {
        Path raw = Memories.raw(folder.resolve("raw"), Memories.of("ab"));
        Wrenn.processMemfile(raw, compact(FIRST), header(FIRST), FIRST);
        SnapshotException refusal =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                Wrenn.processMemfile(
                                        raw,
                                        compact(FIRST),
                                        header(FIRST),
                                        FIRST,
                                        OnExisting.REPLACE,
                                        LayerOptions.DEFAULT));
        assertEquals(Kind.CONFLICT, refusal.kind(), refusal::toString);
    }

    @Test
    void aParentWithoutItsFilesIsMissing() throws IOException {
        first(Memories.of("ab"), FIRST);
        Files.delete(compact(FIRST));
        SnapshotException refusal =
                assertThrows(SnapshotException.class, () -> next(Memories.of("ab"), FIRST, SECOND));
        assertEquals(Kind.MISSING, refusal.kind());
        assertTrue(refusal.toString().contains(FIRST.toString()), refusal::toString);
    }
}

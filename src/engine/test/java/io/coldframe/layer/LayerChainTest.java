package io.coldframe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.SnapshotException.Reason;
import io.coldframe.bindings.Errno;
import io.coldframe.crash.Call;
import io.coldframe.crash.ForwardingFileCalls;
import io.coldframe.crash.ShortFileCalls;
import io.coldframe.image.OnExisting;
import io.coldframe.memory.GuestLayout;
import io.coldframe.memory.GuestMemory;
import io.coldframe.memory.PageSize;
import io.coldframe.os.FileCalls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/// What a generation promises whoever holds it.
final class LayerChainTest {
    private static final int BYTE_COUNT = 200 * 4096;

    @TempDir private Path folder;
    private LayerPile pile;

    @BeforeEach
    void setUp() {
        pile = new LayerPile(folder, PageSize.KIB_4);
    }

    @AfterEach
    void tearDown() {
        pile.close();
    }

    private ChainModel model(long seed, byte[] base) throws IOException {
        Random random = new Random(seed);
        while (pile.count() < 4) {
            byte[] content = new byte[40 * 4096];
            random.nextBytes(content);
            pile.add(content);
        }
        return ChainModel.random(pile, BYTE_COUNT, base, random);
    }

    @Test
    void aThousandGenerationsAreOneMap() throws Exception {
        int generationCount = 1_000;
        byte[] expected = new byte[generationCount * 4096];
        Random random = new Random(3);
        List<LayerIndex> generations = new ArrayList<>();
        for (int i = 0; i < generationCount; i++) {
            byte[] content = new byte[4096];
            random.nextBytes(content);
            pile.add(content);
            // Each writes one block, and zeroes one that an earlier one has written.
            int zeroed = random.nextInt(generationCount);
            Arrays.fill(expected, zeroed * 4096, (zeroed + 1) * 4096, (byte) 0);
            int written = random.nextInt(generationCount);
            System.arraycopy(content, 0, expected, written * 4096, 4096);
            generations.add(generation(generations, generationCount, i, written, zeroed));
        }
        LayerIndex newest = generations.removeLast();
        generations.forEach(LayerIndex::close);
        try (LayerChain chain = LayerChain.open(newest, pile::find, Optional.empty())) {
            assertTrue(chain.index().layers().size() > 300);
            chain.verify(GuestLayout.of(expected.length), Progress.NONE);
            Path image = folder.resolve("image");
            chain.materialise(image, OnExisting.REFUSE, Progress.NONE);
            assertArrayEquals(expected, Files.readAllBytes(image));
        }
    }

    private LayerIndex generation(
            List<LayerIndex> before, int blockCount, int layer, int written, int zeroed)
            throws SnapshotException {
        try (ExtentMap.Builder builder = new ExtentMap.Builder(blockCount);
                Arena arena = Arena.ofConfined()) {
            for (int at = 0; at < blockCount; at++) {
                if (at == written) {
                    builder.data(at, 1, 0, 0, 0);
                } else if (at == zeroed || before.isEmpty()) {
                    builder.zero(at, 1, 0);
                } else {
                    builder.parent(at, 1);
                }
            }
            ExtentMap own = builder.build(arena);
            Origin origin = IndexSamples.origin(layer);
            if (!before.isEmpty()) {
                return LayerIndex.next(before.getLast(), own, pile.sums(layer), origin);
            }
            LayerTable table =
                    new LayerTable(
                            pile.block,
                            blockCount * 4096L,
                            Optional.empty(),
                            pile.refs(),
                            List.of(origin));
            return LayerIndex.of(table, own, Optional.of(pile.sums(layer)));
        }
    }

    @Test
    void moreLayersThanDescriptorsAreToBeCompacted() throws Exception {
        ChainModel model = model(7, new byte[0]);
        // However many there are: the sums of a layer, or its blocks, may be the one too many.
        for (int limit = 0; limit < 8; limit++) {
            LimitedCalls calls = new LimitedCalls(limit);
            LayerIndex index = LayerIndex.decode(model.index().encoded(), "a copy");
            try (var _ = FileCalls.use(calls)) {
                LayerChain.open(index, pile::find, Optional.empty()).close();
                assertTrue(limit >= 4, "opened with " + limit);
            } catch (SnapshotException failure) {
                assertEquals(Kind.UNSUPPORTED, failure.kind(), failure::toString);
                assertTrue(
                        String.valueOf(failure.getMessage()).contains("compact"),
                        failure::getMessage);
                assertTrue(
                        String.valueOf(failure.getMessage()).contains("4 layers"),
                        failure::getMessage);
            }
            assertEquals(0, calls.openCount, "left open with " + limit);
        }
        model.index().close();
    }

    /// A process that may have so many files open, and no more.
    private static final class LimitedCalls extends ForwardingFileCalls {
        private final int limit;
        private int openCount;

        LimitedCalls(int limit) {
            super(FileCalls.current());
            this.limit = limit;
        }

        @Override
        protected long around(Call call, LongSupplier make) {
            if (call.is("open") && openCount == limit) {
                return -Errno.EMFILE;
            }
            long result = make.getAsLong();
            if (call.is("open") && result >= 0) {
                openCount++;
            }
            if (call.is("close")) {
                openCount--;
            }
            return result;
        }
    }

    @Test
    void theBaseIsNeededAndMustFit() throws Exception {
        byte[] base = new byte[BYTE_COUNT];
        new Random(2).nextBytes(base);
        ChainModel first = model(9, base);
        assertThrows(
                IllegalArgumentException.class,
                () -> LayerChain.open(first.index(), pile::find, Optional.empty()));
        // It was taken over, and is closed.
        assertThrows(IllegalStateException.class, () -> first.index().map().find(0));
        ChainModel second = model(10, base);
        SnapshotException failure =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                LayerChain.open(
                                        second.index(),
                                        pile::find,
                                        Optional.of(ChainModel.sourceOf(new byte[4096]))));
        assertEquals(Kind.CORRUPT, failure.kind());
        assertEquals(Reason.MISMATCH, failure.reason());
    }

    @Test
    void readersOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
        ChainModel model = model(12, new byte[0]);
        try (LayerChain chain = model.open();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                readers.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 500; i++) {
                                        int from = random.nextInt(BYTE_COUNT);
                                        int count = random.nextInt(20_000);
                                        int end = Math.min(BYTE_COUNT, from + count);
                                        model.assertRange(chain, from, end);
                                    }
                                    return true;
                                }));
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
    }

    @Test
    void signalsAndShortReadsAreNoFailures() throws Exception {
        ChainModel model = model(13, new byte[0]);
        try (var _ = FileCalls.use(new ShortFileCalls(777));
                LayerChain chain = model.open()) {
            model.assertRange(chain, 0, BYTE_COUNT);
            Path image = folder.resolve("image");
            chain.materialise(image, OnExisting.REFUSE, Progress.NONE);
            assertArrayEquals(model.bytes(), Files.readAllBytes(image));
        }
    }

    @Test
    void aCancelledRestoreLeavesNothing() throws Exception {
        try (LayerChain chain = model(14, new byte[0]).open()) {
            Path image = folder.resolve("image");
            assertThrows(
                    CancellationException.class,
                    () -> chain.materialise(image, OnExisting.REFUSE, (done, total) -> false));
            assertThrows(
                    CancellationException.class,
                    () -> chain.verify(GuestLayout.of(BYTE_COUNT), (done, total) -> false));
            try (var names = Files.list(folder)) {
                assertTrue(names.noneMatch(each -> each.toString().contains("image")));
            }
        }
    }

    @Test
    void aClosedGenerationReadsNoOtherFile() throws Exception {
        LayerChain chain = model(15, new byte[0]).open();
        chain.close();
        chain.close();
        try (LayerChain other = model(16, new byte[0]).open();
                GuestMemory memory = GuestMemory.anonymous(GuestLayout.of(BYTE_COUNT));
                Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(4096);
            Path image = folder.resolve("image");
            List<Executable> uses =
                    List.of(
                            chain::index,
                            chain::byteCount,
                            () -> chain.sum(0),
                            () -> chain.read(0, page),
                            () -> chain.verify(memory.layout(), Progress.NONE),
                            () -> chain.materialise(image, OnExisting.REFUSE, Progress.NONE),
                            () -> chain.load(memory, Progress.NONE),
                            () -> chain.applyOver(other, image, Progress.NONE),
                            () -> other.applyOver(chain, image, Progress.NONE));
            for (Executable use : uses) {
                String message =
                        String.valueOf(assertThrows(IllegalStateException.class, use).getMessage());
                assertTrue(message.startsWith("closed"), message);
            }
            other.verify(memory.layout(), Progress.NONE);
        }
    }

    @Test
    void rangesAndLengthsThatDoNotFitAreMisuse() throws Exception {
        try (LayerChain chain = model(17, new byte[0]).open();
                GuestMemory small = GuestMemory.anonymous(GuestLayout.of(4096));
                Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(4096);
            for (long offset : new long[] {-1, BYTE_COUNT - 4095, BYTE_COUNT, Long.MAX_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> chain.read(offset, page));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> chain.sum(200));
            assertThrows(IllegalArgumentException.class, () -> chain.load(small, Progress.NONE));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> chain.verify(small.layout(), Progress.NONE));
        }
    }
}

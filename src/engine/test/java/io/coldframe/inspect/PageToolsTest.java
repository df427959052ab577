package io.coldframe.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.Soak;
import io.coldframe.inspect.ModelStore.Stored;
import io.coldframe.memory.PageRanges;
import io.coldframe.memory.PageScan;
import io.coldframe.snapshot.Snapshot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Blame, comparison and history against a model of one array element a page: layers and images,
/// branches, and chains of both.
final class PageToolsTest {

    private static final int STORE_COUNT = Soak.count(4, 200);
    private static final int SNAPSHOT_COUNT = 10;
    private static final int PAGE_COUNT = 40;

    @TempDir private Path directory;

    private interface Check {
        void run(ModelStore model) throws Exception;
    }

    private void forEachStore(long seed, Check check) throws Exception {
        for (int round = 0; round < STORE_COUNT; round++) {
            Random random = new Random(seed + round);
            ModelStore model =
                    new ModelStore(directory.resolve("store" + round), random, PAGE_COUNT);
            for (int added = 0; added < SNAPSHOT_COUNT; added++) {
                model.addAny();
            }
            try {
                check.run(model);
            } catch (Throwable failure) {
                failure.addSuppressed(new AssertionError("seed " + (seed + round)));
                throw failure;
            }
        }
    }

    @Test
    void everyPageIsItsAuthors() throws Exception {
        forEachStore(
                100,
                model -> {
                    for (Stored stored : model.all()) {
                        assertBlame(model, stored);
                    }
                });
    }

    private static void assertBlame(ModelStore model, Stored stored) throws Exception {
        try (Snapshot snapshot = model.store().open(stored.name())) {
            Blame blame = Blame.of(snapshot);
            assertEquals(stored.author(), blame.subject());
            assertEquals((long) PAGE_COUNT * ModelStore.PAGE_BYTES, blame.byteCount());
            for (int page = 0; page < PAGE_COUNT; page++) {
                int run = blame.find((long) page * ModelStore.PAGE_BYTES);
                assertEquals(stored.author(page).author(), blame.author(run));
                assertEquals(stored.place(page), blame.content(run));
            }
        }
    }

    private static PageRanges pages(IntPredicate isIn) {
        PageRanges.Builder pages = new PageRanges.Builder();
        IntStream.range(0, PAGE_COUNT).filter(isIn).forEach(page -> pages.add(page, 1));
        return pages.build();
    }

    @Test
    void anyTwoSnapshotsDifferWhereTheirPagesDo() throws Exception {
        forEachStore(
                200,
                model -> {
                    for (Stored before : model.all()) {
                        for (Stored after : model.all()) {
                            assertDiff(model, before, after);
                        }
                    }
                });
    }

    private static void assertDiff(ModelStore model, Stored before, Stored after) throws Exception {
        try (Snapshot one = model.store().open(before.name());
                Snapshot other = model.store().open(after.name())) {
            SnapshotDiff diff = SnapshotDiff.between(one, other, Progress.NONE);
            assertEquals(
                    pages(page -> differs(before, after, page) && hasData(before, after, page)),
                    diff.changed());
            assertEquals(
                    pages(page -> differs(before, after, page) && before.value(page) == 0),
                    diff.filled());
            assertEquals(
                    pages(page -> differs(before, after, page) && after.value(page) == 0),
                    diff.zeroed());
            assertEquals(pages(page -> differs(before, after, page)), diff.pages());
            if (before.equals(after)) {
                assertEquals(0, diff.bytesRead());
            }
        }
    }

    private static boolean differs(Stored before, Stored after, int page) {
        return before.value(page) != after.value(page);
    }

    private static boolean hasData(Stored before, Stored after, int page) {
        return before.value(page) != 0 && after.value(page) != 0;
    }

    @Test
    void whatItsPlaceOrItsSumDecidesIsNotRead() throws Exception {
        ModelStore model = new ModelStore(directory.resolve("store"), new Random(1), PAGE_COUNT);
        byte[] values = new byte[PAGE_COUNT];
        Arrays.fill(values, 0, 20, (byte) 1);
        Stored first = model.add(true, Optional.empty(), values.clone());
        Arrays.fill(values, 5, 8, (byte) 2);
        values[9] = 0;
        values[30] = 3;
        Stored second = model.add(true, Optional.of(first), values.clone());
        Stored image = model.add(false, Optional.empty(), values.clone());
        values[1] = 7;
        Stored diff = model.add(false, Optional.of(image), values.clone());
        Stored onImage = model.add(true, Optional.of(image), values.clone());
        assertEquals(0, bytesRead(model, first, second));
        // Its one page of each.
        assertEquals(2 * ModelStore.PAGE_BYTES, bytesRead(model, image, diff));
        assertEquals(2 * ModelStore.PAGE_BYTES, bytesRead(model, image, onImage));
        // Both have stored that page, each in its own way.
        assertEquals(2 * ModelStore.PAGE_BYTES, bytesRead(model, diff, onImage));
    }

    private static long bytesRead(ModelStore model, Stored before, Stored after) throws Exception {
        assertDiff(model, before, after);
        try (Snapshot one = model.store().open(before.name());
                Snapshot other = model.store().open(after.name())) {
            return SnapshotDiff.between(one, other, Progress.NONE).bytesRead();
        }
    }

    @Test
    void aComparisonCanBeStoppedAndSaysHowFarItIs() throws Exception {
        ModelStore model = new ModelStore(directory.resolve("store"), new Random(1), PAGE_COUNT);
        Stored first = model.addAny();
        Stored second = model.addAny();
        try (Snapshot one = model.store().open(first.name());
                Snapshot other = model.store().open(second.name())) {
            assertThrows(
                    CancellationException.class,
                    () -> SnapshotDiff.between(one, other, (done, total) -> false));
            List<Long> heard = new ArrayList<>();
            SnapshotDiff diff =
                    SnapshotDiff.between(
                            one,
                            other,
                            (done, total) -> {
                                assertTrue(heard.isEmpty() || heard.getLast() <= done);
                                return heard.add(done);
                            });
            assertEquals(diff.byteCount(), heard.getLast());
        }
    }

    @Test
    void snapshotsOfOtherLengthsAreRefusedWithBoth() throws Exception {
        ModelStore model = new ModelStore(directory.resolve("store"), new Random(1), PAGE_COUNT);
        ModelStore other = new ModelStore(directory.resolve("other"), new Random(1), 7);
        try (Snapshot one = model.store().open(model.addAny().name());
                Snapshot two = other.store().open(other.addAny().name())) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> SnapshotDiff.between(one, two, Progress.NONE))
                            .toString();
            assertTrue(message.contains("163840") && message.contains("28672"), message);
        }
    }

    @Test
    void aPageHasTheHistoryOfItsContent() throws Exception {
        forEachStore(
                300,
                model -> {
                    for (Stored stored : model.all()) {
                        for (int page = 0; page < PAGE_COUNT; page += 3) {
                            assertHistory(model, stored, page);
                        }
                    }
                });
    }

    private static void assertHistory(ModelStore model, Stored subject, int page) throws Exception {
        List<Stored> expected = new ArrayList<>();
        for (Optional<Stored> at = Optional.of(subject); at.isPresent(); at = at.get().parent()) {
            if (at.get().author(page).equals(at.get())) {
                expected.add(at.get());
            }
        }
        long offset = (long) page * ModelStore.PAGE_BYTES + page;
        History history = History.of(model.store(), subject.name(), offset);
        assertEquals((long) page * ModelStore.PAGE_BYTES, history.offset());
        assertEquals(ModelStore.PAGE_BYTES, history.byteCount());
        assertEquals(
                expected.stream().map(Stored::author).toList(),
                history.changes().stream().map(History.Change::author).toList());
        for (int at = 0; at < expected.size(); at++) {
            History.Change change = history.changes().get(at);
            byte value = expected.get(at).value(page);
            assertEquals(value == 0, change.isZero());
            assertEquals(crc32c(value), change.crc32c());
            assertEquals(0, change.unseenGenerationCount());
        }
    }

    private static int crc32c(byte value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(ModelStore.PAGE_BYTES).fill(value);
            return PageScan.crc32c(page, 0, page.byteSize());
        }
    }

    @Test
    void whatWasDeletedIsMissedInTheHistoryAndSaid() throws Exception {
        ModelStore model = new ModelStore(directory.resolve("store"), new Random(1), PAGE_COUNT);
        byte[] values = new byte[PAGE_COUNT];
        List<Stored> line = new ArrayList<>();
        Optional<Stored> parent = Optional.empty();
        for (int generation = 0; generation < 6; generation++) {
            values[3] = (byte) (generation + 1);
            values[10 + generation] = 1;
            parent = Optional.of(model.add(true, parent, values.clone()));
            line.add(parent.get());
        }
        model.delete(line.get(1));
        model.delete(line.get(3));
        model.delete(line.get(4));
        History history = History.of(model.store(), "s5", 3 * ModelStore.PAGE_BYTES);
        assertEquals(
                List.of(5, 2, 0),
                history.changes().stream().map(change -> change.author().generation()).toList());
        assertEquals(
                List.of(2, 1, 0),
                history.changes().stream().map(History.Change::unseenGenerationCount).toList());
        // The author is gone, and what it wrote is still there.
        History ofFourth = History.of(model.store(), "s5", 14 * ModelStore.PAGE_BYTES);
        assertEquals(line.get(4).author(), ofFourth.changes().getFirst().author());
        assertEquals("s5", ofFourth.changes().getFirst().name());
        assertEquals(1, ofFourth.changes().getFirst().unseenGenerationCount());
        assertEquals(line.get(0).author(), ofFourth.changes().getLast().author());
    }

    @Test
    void anOffsetOutsideIsRefused() throws Exception {
        ModelStore model = new ModelStore(directory.resolve("store"), new Random(1), PAGE_COUNT);
        String name = model.addAny().name();
        long end = (long) PAGE_COUNT * ModelStore.PAGE_BYTES;
        for (long offset : new long[] {-1, end, Long.MAX_VALUE}) {
            assertThrows(
                    IllegalArgumentException.class, () -> History.of(model.store(), name, offset));
        }
    }
}

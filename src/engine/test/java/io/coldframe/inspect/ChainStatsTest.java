package io.coldframe.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coldframe.Soak;
import io.coldframe.inspect.ChainStats.LayerStats;
import io.coldframe.inspect.ChainStats.SnapshotStats;
import io.coldframe.inspect.ModelStore.Stored;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Counts of blocks against a model that asks of each page who reads it.
final class ChainStatsTest {

    private static final int PAGE_COUNT = 40;

    @TempDir private Path directory;

    @Test
    void everyBlockIsCountedAsWhatItIs() throws Exception {
        for (int round = 0; round < Soak.count(5, 300); round++) {
            Random random = new Random(round);
            ModelStore model =
                    new ModelStore(directory.resolve("store" + round), random, PAGE_COUNT);
            for (int added = 0; added < 10; added++) {
                model.addAny();
            }
            Set<Stored> everStored = Set.copyOf(model.all());
            for (Stored stored : List.copyOf(model.all())) {
                if (stored.isLayer() && random.nextInt(3) == 0) {
                    model.delete(stored);
                }
            }
            assertStats(model, everStored, ChainStats.ofStore(model.store()), model.all());
            for (Stored stored : model.all()) {
                ChainStats one = ChainStats.of(model.store(), stored.name());
                assertStats(model, everStored, one, List.of(stored));
            }
        }
    }

    /// Who reads the block that `author` stored of a page.
    private static List<Stored> readers(List<Stored> among, Stored author, int page) {
        return among.stream()
                .filter(reader -> reader.isLayer())
                .filter(reader -> reader.author(page).equals(author))
                .toList();
    }

    private static boolean hasStored(Stored author, int page) {
        return author.isLayer()
                && author.author(page).equals(author)
                && author.place(page) == PageContent.DATA;
    }

    private static void assertStats(
            ModelStore model, Set<Stored> everStored, ChainStats stats, List<Stored> asked) {
        assertEquals(
                asked.stream().map(Stored::name).toList(),
                stats.snapshots().stream().map(SnapshotStats::name).toList());
        for (int at = 0; at < asked.size(); at++) {
            assertSnapshot(asked.get(at), stats.snapshots().get(at));
        }
        long[] expected = new long[4];
        for (Stored author : everStored) {
            boolean isMet =
                    IntStream.range(0, PAGE_COUNT)
                            .anyMatch(
                                    page ->
                                            hasStored(author, page)
                                                    && !readers(asked, author, page).isEmpty());
            for (int page = 0; page < PAGE_COUNT; page++) {
                if (!hasStored(author, page) || !(isMet || asked.contains(author))) {
                    continue;
                }
                int askedCount = readers(asked, author, page).size();
                int allCount = readers(model.all(), author, page).size();
                expected[0]++;
                expected[1] += askedCount > 0 ? 1 : 0;
                expected[2] += askedCount > 0 && allCount > 1 ? 1 : 0;
                expected[3] += allCount == 0 ? 1 : 0;
            }
        }
        long[] found = new long[4];
        Set<Object> ids = new HashSet<>();
        for (LayerStats layer : stats.layers()) {
            ids.add(layer.id());
            found[0] += layer.storedBlockCount();
            found[1] += layer.readBlockCount();
            found[2] += layer.sharedBlockCount();
            found[3] += layer.deadBlockCount();
        }
        assertEquals(stats.layers().size(), ids.size());
        assertArrayEquals(expected, found);
    }

    private static void assertSnapshot(Stored stored, SnapshotStats stats) {
        assertEquals(stored.manifest().id(), stats.id());
        assertEquals(!stored.isLayer(), stats.isImage());
        long own = 0;
        long zero = 0;
        long data = 0;
        long base = 0;
        Set<Stored> layers = new HashSet<>();
        for (int page = 0; page < PAGE_COUNT; page++) {
            own += stored.author(page).equals(stored) ? 1 : 0;
            switch (stored.place(page)) {
                case DATA -> {
                    data++;
                    layers.add(stored.author(page));
                }
                case ZERO -> zero++;
                case UNKNOWN -> base++;
            }
        }
        assertEquals(own, stats.writtenBlockCount());
        if (stored.isLayer()) {
            layers.add(stored);
            assertEquals(data, stats.dataBlockCount());
            assertEquals(zero, stats.zeroBlockCount());
            assertEquals(base, stats.baseBlockCount());
            assertEquals(layers.size(), stats.depth());
        }
    }
}

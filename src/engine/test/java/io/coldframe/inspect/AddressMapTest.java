package io.coldframe.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;
import io.coldframe.inspect.AddressMap.Kind;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/// Runs and cells against one array element a byte.
final class AddressMapTest {

    private static final int GENERATION = 7;
    private static final List<PageContent> CONTENTS = List.of(PageContent.values());

    private final List<Author> authors = new ArrayList<>();

    AddressMapTest() {
        for (int generation = 0; generation <= GENERATION; generation++) {
            authors.add(new Author(new UUID(0, generation), generation, Instant.EPOCH));
        }
    }

    /// What each byte is.
    private static final class Model {
        private final int[] authorOf;
        private final PageContent[] contentOf;

        private Model(int byteCount) {
            authorOf = new int[byteCount];
            contentOf = new PageContent[byteCount];
        }

        static Model random(Random random, int byteCount) {
            Model model = new Model(byteCount);
            for (int at = 0; at < byteCount; ) {
                int end = Math.min(byteCount, at + 1 + random.nextInt(9));
                int author = random.nextInt(GENERATION + 1);
                PageContent content = CONTENTS.get(random.nextInt(CONTENTS.size()));
                for (; at < end; at++) {
                    model.authorOf[at] = author;
                    model.contentOf[at] = content;
                }
            }
            return model;
        }

        Kind kind(int at) {
            return contentOf[at] == PageContent.ZERO
                    ? Kind.ZERO
                    : authorOf[at] == GENERATION ? Kind.OWN : Kind.INHERITED;
        }
    }

    private Blame blame(Model model, Random random) {
        int byteCount = model.authorOf.length;
        Blame.Builder builder = new Blame.Builder(byteCount);
        for (int at = 0; at < byteCount; ) {
            int end = at + 1;
            // Cut where nothing changes, too: neighbours that are alike are one run.
            while (end < byteCount
                    && model.authorOf[end] == model.authorOf[at]
                    && model.contentOf[end] == model.contentOf[at]
                    && random.nextInt(4) > 0) {
                end++;
            }
            builder.add(end, model.authorOf[at], model.contentOf[at]);
            at = end;
        }
        return builder.build(authors.getLast(), PageSize.KIB_4, authors);
    }

    @Test
    void runsAreWhatWasAddedAndNoTwoNeighboursAreAlike() {
        Random random = new Random(1);
        for (int round = 0; round < Soak.count(300, 30_000); round++) {
            Model model = Model.random(random, 1 + random.nextInt(200));
            Blame blame = blame(model, random);
            long at = 0;
            for (int run = 0; run < blame.runCount(); run++) {
                assertEquals(at, blame.startOffset(run));
                for (; at < blame.endOffset(run); at++) {
                    assertEquals(run, blame.find(at));
                    assertEquals(model.authorOf[(int) at], blame.authorIndex(run));
                    assertEquals(model.contentOf[(int) at], blame.content(run));
                }
                boolean sameAsBefore =
                        run > 0
                                && blame.author(run).equals(blame.author(run - 1))
                                && blame.content(run) == blame.content(run - 1);
                assertTrue(!sameAsBefore, "run " + run);
            }
            assertEquals(blame.byteCount(), at);
            assertThrows(IndexOutOfBoundsException.class, () -> blame.find(blame.byteCount()));
            assertThrows(IndexOutOfBoundsException.class, () -> blame.find(-1));
        }
    }

    @Test
    void everyByteIsInItsCellAsWhatItIs() {
        Random random = new Random(2);
        for (int round = 0; round < Soak.count(300, 30_000); round++) {
            Model model = Model.random(random, 1 + random.nextInt(200));
            AddressMap map = AddressMap.of(blame(model, random));
            long cellBytes = 1L + random.nextInt(20);
            int[] at = {0};
            map.forEachPart(
                    cellBytes,
                    (cell, kind, age, byteCount) -> {
                        assertTrue(byteCount > 0);
                        for (int end = at[0] + (int) byteCount; at[0] < end; at[0]++) {
                            assertEquals(at[0] / cellBytes, cell);
                            assertEquals(model.kind(at[0]), kind);
                            assertEquals(GENERATION - model.authorOf[at[0]], age);
                        }
                    });
            assertEquals(map.byteCount(), at[0]);
            assertTotals(model, map);
        }
    }

    private static void assertTotals(Model model, AddressMap map) {
        Map<Kind, Long> expected = new EnumMap<>(Kind.class);
        int ageMax = 0;
        boolean unknown = false;
        for (int at = 0; at < model.authorOf.length; at++) {
            Kind kind = model.kind(at);
            expected.merge(kind, 1L, Long::sum);
            int age = kind == Kind.INHERITED ? GENERATION - model.authorOf[at] : 0;
            ageMax = Math.max(ageMax, age);
            unknown |= model.contentOf[at] == PageContent.UNKNOWN;
        }
        for (Kind kind : Kind.values()) {
            assertEquals(expected.getOrDefault(kind, 0L), map.byteCount(kind));
        }
        assertEquals(ageMax, map.ageMax());
        assertEquals(unknown, map.mayHaveMoreZeros());
    }

    @Test
    void runsThatDoNotCoverTheMemoryAreRefused() {
        Blame.Builder builder = new Blame.Builder(10);
        builder.add(9, 0, PageContent.DATA);
        assertThrows(
                IllegalStateException.class,
                () -> builder.build(authors.getFirst(), PageSize.KIB_4, authors));
        assertThrows(IllegalArgumentException.class, () -> builder.add(9, 0, PageContent.DATA));
    }
}

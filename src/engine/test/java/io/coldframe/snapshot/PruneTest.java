package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.memory.PageSize;
import io.coldframe.os.AllocatedBytes;
import io.coldframe.snapshot.PrunePlan.Choice;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Pruning: what goes, what stays and why, and what that frees.
final class PruneTest {
    private static final int PAGES = 16;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private ChainModel model;

    @BeforeEach
    void begin() throws Exception {
        model = ChainModel.in(folder.resolve("store"), PAGES, PageSize.KIB_4);
        for (int page = 0; page < PAGES; page++) {
            model.writePage(page, 1);
        }
    }

    @AfterEach
    void end() {
        model.close();
    }

    private Choice choice(PrunePlan plan, String name) {
        return plan.choices().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> removed(PrunePlan plan) {
        return plan.removed().stream().map(Choice::name).sorted().toList();
    }

    @Test
    void aLayerInTheMiddleGoesAndIsReadStill() throws Exception {
        String first = model.captureFirst();
        model.writePage(1, 2);
        String middle = model.captureOn(first);
        model.writePage(2, 3);
        String last = model.captureOn(middle);
        PrunePlan plan = model.store().planPrune(PrunePolicy.named(List.of(middle)));
        assertEquals(List.of(middle), removed(plan));
        assertEquals(List.of("not named"), choice(plan, last).reasons());
        PruneReport report = model.prune(PrunePolicy.named(List.of(middle)));
        assertEquals(List.of(middle), report.removed());
        assertEquals(0, report.sweep().freedByteCount());
        model.check();

        // Its block goes when nobody reads it.
        PruneReport rest = model.prune(PrunePolicy.named(List.of(last)));
        assertEquals(2, rest.sweep().removed().size());
        model.check();
        model.checkSwept();
    }

    @Test
    void whatItFreesIsWhatItSaid() throws Exception {
        String first = model.captureFirst();
        for (int i = 1; i < 6; i++) {
            model.writePage(i, 10 + i);
            first = model.captureOn(first);
        }
        PrunePlan plan = model.store().planPrune(PrunePolicy.keeping(1));
        PruneReport report = model.store().prune(plan, Progress.NONE);
        // Of manifests and states it counts what they take on the disk.
        assertEquals(plan.freedByteCount(), report.freedByteCount());
        assertEquals(5, report.removed().size());
    }

    /// Of any store, with images, branches, layers on the shelf and compacted snapshots.
    @Test
    void whatItFreesIsWhatItSaidOfAnyStore() throws Exception {
        for (long seed = 1; seed <= 12; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            try (ChainModel any =
                    ChainModel.in(folder.resolve("any" + seed), PAGES, PageSize.KIB_4)) {
                makeAny(any, random);
                long before = allocatedBytes(any.store().directory());
                PrunePlan plan = any.store().planPrune(anyPolicy(any, random));
                PruneReport report = any.store().prune(plan, Progress.NONE);
                String what = "seed " + seed + ": " + report;
                assertEquals(plan.freedByteCount(), report.freedByteCount(), what);
                assertEquals(
                        before - allocatedBytes(any.store().directory()),
                        report.freedByteCount(),
                        what);
            }
        }
    }

    private static void makeAny(ChainModel any, RandomGenerator random) throws Exception {
        any.captureFirst();
        for (int step = 0; step < 12; step++) {
            any.write(random);
            String name = any.names().get(random.nextInt(any.names().size()));
            switch (random.nextInt(6)) {
                case 0 -> any.captureFirst();
                case 1 -> any.saveImage();
                case 2 -> any.compact(CompactionPolicy.wholeStore().withDepthMax(1));
                case 3 -> any.prune(PrunePolicy.keeping(Math.max(1, any.names().size() - 1)));
                default -> {
                    any.become(name);
                    any.write(random);
                    any.captureOn(name);
                }
            }
        }
    }

    private static PrunePolicy anyPolicy(ChainModel any, RandomGenerator random) {
        return random.nextBoolean()
                ? PrunePolicy.keeping(random.nextInt(1, 4))
                : PrunePolicy.named(ChainModel.some(any.names(), random));
    }

    /// What all files take, however many names each has.
    private static long allocatedBytes(Path directory) throws Exception {
        Map<Object, Long> files = new HashMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(Files.getAttribute(path, "unix:ino"), AllocatedBytes.of(path));
            }
        }
        return files.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void allTagsOfASnapshotAreReasons() throws Exception {
        String first = model.captureFirst();
        String second = model.captureOn(first);
        String third = model.captureOn(second);
        model.store().tag("one", first);
        model.store().tag("other", second);
        model.store().tag("again", first);
        PrunePlan plan = model.store().planPrune(PrunePolicy.keeping(1));
        assertEquals(List.of("tag: again", "tag: one"), choice(plan, first).reasons());
        assertEquals(List.of("tag: other"), choice(plan, second).reasons());
        assertEquals(List.of("last 1"), choice(plan, third).reasons());
    }

    @Test
    void aTagKeeps() throws Exception {
        String first = model.captureFirst();
        String second = model.captureOn(first);
        model.store().tag("golden", first);
        PrunePlan plan = model.store().planPrune(PrunePolicy.keeping(1));
        assertEquals(List.of("tag: golden"), choice(plan, first).reasons());
        assertEquals(List.of(), removed(plan));
        assertEquals(List.of("last 1"), choice(plan, second).reasons());
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> model.store().planPrune(PrunePolicy.named(List.of("golden"))));
        assertEquals(Kind.CONFLICT, refused.kind());
    }

    @Test
    void whatWasTaggedMeanwhileStays() throws Exception {
        String first = model.captureFirst();
        model.captureOn(first);
        PrunePlan plan = model.store().planPrune(PrunePolicy.keeping(1));
        model.store().tag("golden", first);
        PruneReport report = model.store().prune(plan, Progress.NONE);
        assertEquals(List.of(), report.removed());
        assertTrue(report.left().getFirst().contains("golden"), report::toString);
        model.check();
    }

    @Test
    void anImageStaysWhileSomethingLiesOnIt() throws Exception {
        String image = model.saveImage();
        model.writePage(3, 3);
        String diff = model.saveDiff(image);
        model.writePage(4, 4);
        String layer = model.captureOn(diff);
        String spare = model.saveImage();
        PrunePolicy policy = PrunePolicy.named(List.of(image, diff, spare));
        PrunePlan plan = model.store().planPrune(policy);
        assertEquals(List.of(spare), removed(plan));
        assertEquals(List.of("needed by: " + layer), choice(plan, diff).reasons());
        assertEquals(List.of("needed by: " + diff), choice(plan, image).reasons());
        model.compact(CompactionPolicy.intoOne(List.of(layer)));
        assertEquals(List.of(image, diff, spare), removed(model.store().planPrune(policy)));
        PruneReport report = model.prune(policy);
        assertEquals(List.of(), report.left());
        assertEquals(3, report.removed().size());
        model.check();
    }

    @Test
    void allOfALineOfImagesGoesTheYoungestFirst() throws Exception {
        String image = model.saveImage();
        String diff = model.saveDiff(image);
        String last = model.saveDiff(diff);
        PruneReport report = model.prune(PrunePolicy.named(List.of(image, diff, last)));
        assertEquals(List.of(last, diff, image), report.removed());
        assertTrue(report.freedByteCount() > 0);
    }

    @Test
    void whatIsYoungStays() throws Exception {
        String first = model.captureFirst();
        PrunePolicy hour = PrunePolicy.keeping(0).withOlderThan(Duration.ofHours(1));
        assertEquals(List.of(), removed(model.store().planPrune(hour)));
        PrunePolicy none = PrunePolicy.keeping(0).withOlderThan(Duration.ZERO);
        assertEquals(List.of(first), removed(model.store().planPrune(none)));
    }

    @Test
    void aPolicyThatSaysNothingIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> model.store().planPrune(PrunePolicy.keeping(0)));
    }

    @Test
    void whoStopsItKeepsTheRest() throws Exception {
        String first = model.captureFirst();
        String second = model.captureOn(first);
        model.captureOn(second);
        PrunePlan plan = model.store().planPrune(PrunePolicy.keeping(1));
        int[] calls = new int[1];
        assertThrows(
                CancellationException.class,
                () -> model.store().prune(plan, (done, all) -> calls[0]++ == 0));
        assertEquals(2, model.store().list().size());
        model.expected()
                .keySet()
                .retainAll(model.store().list().stream().map(SnapshotSummary::name).toList());
        model.check();
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Progress;
import io.coldframe.SnapshotException;
import io.coldframe.SnapshotException.Kind;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.image.LockFile;
import io.coldframe.memory.PageSize;
import io.coldframe.snapshot.CompactionStep.Cause;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/// Compaction of layers: what it rewrites, what it says, and what it leaves.
final class CompactionTest {
    private static final int PAGES = 16;

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    private ChainModel model;

    @BeforeEach
    void begin() throws Exception {
        model = ChainModel.in(folder.resolve("store"), PAGES, PageSize.KIB_4);
    }

    @AfterEach
    void end() {
        model.close();
    }

    /// A first layer of all pages, and generations that each write two of them.
    private List<String> line(int generationCount) throws Exception {
        for (int page = 0; page < PAGES; page++) {
            model.writePage(page, 1);
        }
        String last = model.captureFirst();
        for (int i = 1; i < generationCount; i++) {
            model.writePage(2 * i, 1 + i);
            model.writePage(2 * i + 1, 1 + i);
            last = model.captureOn(last);
        }
        return model.names();
    }

    @Test
    void aChainBecomesOneLayer() throws Exception {
        List<String> names = line(4);
        assertEquals(4, model.depth(names.getLast()));
        CompactionPlan plan =
                model.store().planCompaction(CompactionPolicy.intoOne(List.of(names.getLast())));
        assertEquals(1, plan.steps().size());
        CompactionStep step = plan.steps().getFirst();
        assertEquals(4, step.layers().size());
        assertEquals(4, step.snapshots().size());
        assertEquals(names.getLast(), step.snapshots().getFirst().name());
        assertTrue(step.snapshots().stream().allMatch(each -> each.depthAfter() == 1));
        long allBlocks = PAGES + 3 * 2;
        assertEquals(allBlocks * 4096, plan.readByteCount());
        assertEquals(allBlocks * 4096, plan.writtenByteCount());
        assertEquals(allBlocks * 4096, plan.freedByteCount());

        CompactionReport report = model.store().compact(plan, Progress.NONE);
        assertEquals(List.of(), report.left());
        assertEquals(4, report.rewritten());
        assertEquals(allBlocks * 4096, report.readByteCount());
        assertEquals(allBlocks * 4096, report.writtenByteCount());
        assertEquals("", report.sweep().whyLeft());
        model.check();
        model.checkSwept();
        assertEquals(List.of("shelf"), model.layers());
        for (String name : names) {
            assertEquals(1, model.depth(name));
        }
        assertTrue(
                model.store().planCompaction(CompactionPolicy.intoOne(names)).isEmpty(),
                "what is one layer is not rewritten again");
    }

    @Test
    void whatNobodyReadsIsNotCopied() throws Exception {
        List<String> names = line(4);
        model.delete(names.get(0));
        model.delete(names.get(1));
        model.delete(names.get(2));
        CompactionReport report = model.compact(CompactionPolicy.intoOne(List.of(names.get(3))));
        assertEquals(PAGES * 4096, report.writtenByteCount());
        model.check();
        assertEquals(List.of("shelf"), model.layers());
    }

    @Test
    void aDeletedLayerStaysWhileOthersReadIt() throws Exception {
        List<String> names = line(3);
        model.delete(names.get(1));
        model.check();
        assertEquals(List.of("shelf", names.get(0), names.get(2)), model.layers());
        model.delete(names.get(0));
        model.check();
        assertEquals(List.of("shelf", "shelf", names.get(2)), model.layers());
        model.delete(names.get(2));
        assertEquals(List.of(), model.layers());
    }

    @Test
    void depthIsBoundedByWhatIsTheLeastToCopy() throws Exception {
        List<String> names = line(6);
        CompactionPolicy policy = CompactionPolicy.wholeStore().withDepthMax(3);
        CompactionReport report = model.compact(policy.withDeadRatioMax(1));
        assertEquals(3, model.depth(names.getLast()));
        // Four layers of two blocks each became one; the first, of sixteen, stayed.
        assertEquals(4 * 2 * 4096, report.writtenByteCount());
        model.check();
        model.checkSwept();
    }

    @Test
    void moreLayersThanStayOpenBecomeOne() throws Exception {
        int depth = 260;
        try (ChainModel deep = ChainModel.in(folder.resolve("deep"), depth, PageSize.KIB_4)) {
            String last = deep.captureFirst();
            for (int page = 0; page < depth; page++) {
                deep.writePage(page, 1 + page % 250);
                last = deep.captureOn(last);
            }
            assertEquals(depth, deep.depth(last));
            deep.prune(PrunePolicy.keeping(1));
            deep.compact(CompactionPolicy.intoOne(List.of(last)));
            assertEquals(1, deep.depth(last));
            deep.check();
            assertEquals(List.of("shelf"), deep.layers());
        }
    }

    @Test
    void deadLayersAreRewrittenAlone() throws Exception {
        List<String> names = line(2);
        for (int page = 0; page < PAGES - 4; page++) {
            model.writePage(page, 9);
        }
        String last = model.captureOn(names.getLast());
        model.delete(names.get(0));
        model.delete(names.get(1));
        CompactionPlan plan = model.store().planCompaction(CompactionPolicy.wholeStore());
        assertTrue(
                plan.steps().stream()
                        .flatMap(step -> step.layers().stream())
                        .anyMatch(layer -> layer.cause() == Cause.DEAD),
                plan::toString);
        model.store().compact(plan, Progress.NONE);
        model.check();
        model.checkSwept();
        assertTrue(model.depth(last) <= 2);
    }

    @Test
    void piecesAreLaidTogether() throws Exception {
        line(1);
        String last = model.names().getLast();
        for (int page = 0; page < PAGES; page += 2) {
            model.writePage(page, 7);
        }
        last = model.captureOn(last);
        CompactionPolicy policy = CompactionPolicy.wholeStore().withDeadRatioMax(1);
        assertTrue(model.store().planCompaction(policy).isEmpty());
        CompactionPlan plan = model.store().planCompaction(policy.withRunBlocksMin(4));
        assertEquals(Cause.FRAGMENTS, plan.steps().getFirst().layers().getFirst().cause());
        model.store().compact(plan, Progress.NONE);
        model.check();
        assertTrue(model.store().planCompaction(policy.withRunBlocksMin(4)).isEmpty());
        assertEquals(1, model.depth(last));
    }

    @Test
    void anImageBelowBecomesPartOfTheLayer() throws Exception {
        model.writePage(0, 1);
        model.writePage(5, 5);
        String image = model.saveImage();
        model.writePage(6, 6);
        String diff = model.saveDiff(image);
        model.writePage(0, 0);
        model.writePage(1, 2);
        String layer = model.captureOn(diff);
        model.writePage(3, 3);
        String next = model.captureOn(layer);
        SnapshotException refused = assertThrows(SnapshotException.class, () -> model.delete(diff));
        assertEquals(Kind.CONFLICT, refused.kind());
        assertTrue(refused.toString().contains(layer), refused::toString);

        CompactionReport report = model.compact(CompactionPolicy.intoOne(List.of(next)));
        assertEquals(List.of(), report.left());
        // Pages 1, 3, 5 and 6: zeros are not stored.
        assertEquals(4 * 4096, report.writtenByteCount());
        assertTrue(report.writtenByteCount() <= report.plan().writtenByteCount());
        model.check();
        model.delete(diff);
        model.delete(image);
        model.check();
        model.checkSwept();
    }

    @Test
    void whatWasCopiedBeforeAnInterruptionIsKept() throws Exception {
        List<String> names = line(5);
        CompactionPolicy policy = CompactionPolicy.intoOne(List.of(names.getLast()));
        CompactionPlan plan = model.store().planCompaction(policy);
        assertThrows(
                CancellationException.class,
                () -> model.store().compact(plan, (done, all) -> false));
        model.check();
        // Somebody captures meanwhile, and somebody else deletes.
        model.writePage(0, 77);
        model.captureOn(names.getLast());
        model.delete(names.get(2));
        CompactionPlan next = model.store().planCompaction(policy);
        assertTrue(next.steps().getFirst().isResumed(), next::toString);
        CompactionReport report = model.store().compact(next, Progress.NONE);
        assertTrue(report.resumedByteCount() > 0, report::toString);
        assertEquals(List.of(), report.left());
        model.check();
        model.checkSwept();
        assertEquals(List.of("lock"), compactionFiles());
    }

    private List<String> compactionFiles() throws Exception {
        try (var files = Files.list(model.store().directory().resolve(".compaction"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aPartialLayerThatWasDamagedIsMended() throws Exception {
        List<String> names = line(5);
        CompactionPolicy policy = CompactionPolicy.intoOne(List.of(names.getLast()));
        CompactionPlan plan = model.store().planCompaction(policy);
        assertThrows(
                CancellationException.class,
                () -> model.store().compact(plan, (done, all) -> false));
        Path partial =
                model.store().directory().resolve(".compaction").resolve(compactionFiles().get(1));
        assertTrue(partial.toString().endsWith(".layer"), partial::toString);
        byte[] bytes = Files.readAllBytes(partial);
        bytes[5000] ^= 1;
        Files.write(partial, bytes);
        CompactionReport report = model.compact(policy);
        assertTrue(report.writtenByteCount() > 0, report::toString);
        model.check();
    }

    @Test
    void aDamagedJournalCostsWorkAlone() throws Exception {
        List<String> names = line(5);
        CompactionPolicy policy = CompactionPolicy.intoOne(List.of(names.getLast()));
        CompactionPlan plan = model.store().planCompaction(policy);
        assertThrows(
                CancellationException.class,
                () -> model.store().compact(plan, (done, all) -> false));
        Path journal =
                model.store().directory().resolve(".compaction").resolve(compactionFiles().get(0));
        assertTrue(journal.toString().endsWith(".journal"), journal::toString);
        byte[] whole = Files.readAllBytes(journal);
        for (int bit = 0; bit < whole.length * 8; bit += 7) {
            byte[] bytes = whole.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(journal, bytes);
            assertFalse(
                    model.store().planCompaction(policy).steps().getFirst().isResumed(),
                    "bit " + bit);
        }
        CompactionReport report = model.compact(policy);
        assertEquals(0, report.resumedByteCount());
        model.check();
        model.checkSwept();
    }

    @Test
    void aLayerThatIsDamagedIsNotCopied() throws Exception {
        List<String> names = line(3);
        Path layer = model.store().directory().resolve(names.get(1)).resolve(StorePaths.LAYER);
        byte[] bytes = Files.readAllBytes(layer);
        bytes[100] ^= 4;
        Files.write(layer, bytes);
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () -> model.compact(CompactionPolicy.intoOne(names)));
        assertEquals(Kind.CORRUPT, refused.kind());
        assertTrue(refused.toString().contains(layer.toString()), refused::toString);
        assertEquals(List.of("lock"), compactionFiles());
        assertEquals(3, model.depth(names.getLast()));
    }

    @Test
    void onlyOneIsAtWork() throws Exception {
        List<String> names = line(3);
        CompactionFiles files = new CompactionFiles(new StorePaths(model.store().directory()));
        try (LockFile _ = files.lock()) {
            SnapshotException refused =
                    assertThrows(
                            SnapshotException.class,
                            () -> model.compact(CompactionPolicy.intoOne(names)));
            assertEquals(Kind.CONFLICT, refused.kind());
        }
        model.compact(CompactionPolicy.intoOne(names));
        model.check();
    }

    @Test
    void nothingIsSweptWhileALayerIsBeingMade() throws Exception {
        List<String> names = line(3);
        StorePaths paths = new StorePaths(model.store().directory());
        try (LayerLease _ = LayerLease.take(paths)) {
            CompactionReport report = model.compact(CompactionPolicy.intoOne(names));
            assertFalse(report.sweep().whyLeft().isEmpty());
            assertEquals(0, report.sweep().freedByteCount());
            model.check();
            assertEquals(4, model.layers().size());
        }
        CompactionPlan plan = model.store().planCompaction(CompactionPolicy.wholeStore());
        assertEquals(List.of(), plan.steps());
        assertTrue(plan.unneededByteCount() > 0);
        CompactionReport report = model.store().compact(plan, Progress.NONE);
        assertEquals(plan.freedByteCount(), report.sweep().freedByteCount());
        model.checkSwept();
    }

    @Test
    void aSnapshotWithAForeignFileIsLeft() throws Exception {
        List<String> names = line(2);
        Path foreign = model.store().directory().resolve(names.get(0)).resolve("notes.txt");
        Files.writeString(foreign, "mine");
        CompactionReport report = model.compact(CompactionPolicy.intoOne(names));
        assertEquals(1, report.left().size());
        assertTrue(report.left().getFirst().contains("notes.txt"), report::toString);
        assertTrue(Files.exists(foreign));
        model.check();
    }

    @Test
    void anImageIsNothingToCompact() throws Exception {
        String image = model.saveImage();
        SnapshotException refused =
                assertThrows(
                        SnapshotException.class,
                        () ->
                                model.store()
                                        .planCompaction(CompactionPolicy.intoOne(List.of(image))));
        assertEquals(Kind.UNSUPPORTED, refused.kind());
    }
}

package io.coldframe.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;
import io.coldframe.crash.MemoryFolder;
import io.coldframe.memory.PageSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/// Whatever is captured, branched, deleted, pruned and compacted, in whatever order, and however
/// often it is stopped: every snapshot that is there reads as it was captured, and nothing lies
/// about that nobody reads.
final class ChainPropertyTest {

    @TempDir(factory = MemoryFolder.class)
    private Path folder;

    @Test
    void everySnapshotReadsAsItWasCaptured() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed " + seed);
        for (int round = 0; round < Soak.count(6, 500); round++) {
            SplittableRandom random = new SplittableRandom(seed + round);
            try {
                run(folder.resolve("store" + round), random);
            } catch (Exception | AssertionError failure) {
                throw new AssertionError("seed " + (seed + round), failure);
            }
        }
    }

    private static void run(Path directory, SplittableRandom random) throws Exception {
        PageSize blockSize = random.nextBoolean() ? PageSize.KIB_4 : PageSize.KIB_16;
        List<String> done = new ArrayList<>();
        try (ChainModel model = ChainModel.in(directory, random.nextInt(1, 40), blockSize)) {
            model.write(random);
            for (int step = 0; step < 25; step++) {
                done.add(step(model, random));
                try {
                    model.check();
                } catch (Exception | AssertionError failure) {
                    throw new AssertionError("after " + done, failure);
                }
            }
            model.compact(CompactionPolicy.wholeStore());
            model.check();
            model.checkSwept();
        }
    }

    private static String step(ChainModel model, SplittableRandom random) throws Exception {
        List<String> names = model.names();
        if (names.isEmpty() || random.nextInt(12) == 0) {
            return random.nextInt(3) == 0 ? model.saveImage() : model.captureFirst();
        }
        String name = names.get(random.nextInt(names.size()));
        return switch (random.nextInt(9)) {
            case 0, 1, 2, 3 -> capture(model, name, random);
            case 4 -> delete(model, name);
            case 5 -> prune(model, random);
            case 6 -> stopped(model, random);
            default -> compacted(model, random);
        };
    }

    private static String capture(ChainModel model, String parent, SplittableRandom random)
            throws Exception {
        if (random.nextBoolean()) {
            model.become(parent);
        }
        model.write(random);
        Manifest.Kind kind = model.store().manifest(parent).kind();
        if (kind == Manifest.Kind.LAYER) {
            return model.captureOn(parent) + " on " + parent;
        }
        return switch (random.nextInt(3)) {
            case 0 -> model.saveDiff(parent) + " diff on " + parent;
            case 1 -> model.captureOnImage(parent, PageSize.KIB_4) + " on image " + parent;
            default -> model.captureOnImage(parent, PageSize.KIB_16) + " on image " + parent;
        };
    }

    /// Deletes it, if nothing lies on it.
    private static String delete(ChainModel model, String name) throws Exception {
        Catalogue catalogue = Catalogue.of(new StorePaths(model.store().directory()));
        List<StoredSnapshot> users = Removal.usersOf(catalogue, model.store().manifest(name).id());
        if (users.isEmpty()) {
            model.delete(name);
            model.checkSwept();
        }
        return "deleted " + name + " unless needed by " + users;
    }

    private static String prune(ChainModel model, SplittableRandom random) throws Exception {
        PrunePolicy policy =
                switch (random.nextInt(3)) {
                    case 0 -> PrunePolicy.named(ChainModel.some(model.names(), random));
                    case 1 -> PrunePolicy.keeping(random.nextInt(1, 6));
                    default -> PrunePolicy.keeping(random.nextInt(4)).withOlderThan(Duration.ZERO);
                };
        PrunePlan plan = model.store().planPrune(policy);
        PruneReport report = model.prune(policy);
        assertEquals(List.of(), report.left());
        assertEquals(
                plan.removed().stream().map(PrunePlan.Choice::name).sorted().toList(),
                report.removed().stream().sorted().toList());
        model.checkSwept();
        return "pruned " + report.removed();
    }

    private static CompactionPolicy policy(ChainModel model, SplittableRandom random)
            throws Exception {
        List<String> layers = new ArrayList<>();
        for (String name : model.names()) {
            if (model.store().manifest(name).kind() == Manifest.Kind.LAYER) {
                layers.add(name);
            }
        }
        if (layers.isEmpty() || random.nextInt(3) == 0) {
            return CompactionPolicy.wholeStore()
                    .withDepthMax(random.nextInt(1, 5))
                    .withDeadRatioMax(random.nextDouble())
                    .withRunBlocksMin(random.nextInt(4))
                    .withBaseTaken(random.nextBoolean());
        }
        return CompactionPolicy.intoOne(ChainModel.some(layers, random))
                .withBaseTaken(random.nextBoolean());
    }

    private static String compacted(ChainModel model, SplittableRandom random) throws Exception {
        CompactionPolicy policy = policy(model, random);
        CompactionReport report = model.compact(policy);
        for (CompactionStep step : report.plan().steps()) {
            if (!report.plan().steps().getFirst().isResumed()) {
                for (CompactionStep.RewrittenSnapshot snapshot : step.snapshots()) {
                    assertTrue(
                            model.depth(snapshot.name()) <= snapshot.depthAfter(), snapshot::name);
                }
            }
        }
        assertTrue(report.writtenByteCount() <= report.plan().writtenByteCount());
        model.checkSwept();
        return "compacted by " + policy + ": " + report;
    }

    /// Stops it while it copies, which it may finish before it hears of that.
    private static String stopped(ChainModel model, SplittableRandom random) throws Exception {
        CompactionPolicy policy = policy(model, random);
        CompactionPlan plan = model.store().planCompaction(policy);
        try {
            model.store().compact(plan, (done, all) -> random.nextBoolean());
            return "compacted in spite of being stopped by " + policy;
        } catch (CancellationException stopped) {
            return "stopped compacting by " + policy;
        }
    }
}

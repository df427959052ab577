package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.snapshot.CompactionPlan;
import io.coldframe.snapshot.CompactionPolicy;
import io.coldframe.snapshot.CompactionReport;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe compact`: rewrites layers, so that chains stay short.
@Command(
        name = "compact",
        description = {
            "Rewrites what snapshots still read of their layers, so that fewer files are open and "
                    + "dead bytes go. What a snapshot holds does not change, and the store can be "
                    + "read and written meanwhile. A run that was stopped goes on where it was.",
            "",
            "With names and no limit, all that they read becomes one layer, images that they lie "
                    + "on included. With a limit only what is beyond it is rewritten. Without "
                    + "names it is all of the store.",
            ""
        })
public final class CompactCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "A name, a tag or an id.")
    private List<String> references = new ArrayList<>();

    @Option(
            names = "--max-depth",
            paramLabel = "N",
            description = "The most layers that a snapshot may read. Default: 32.")
    private Optional<Integer> depthMax = Optional.empty();

    @Option(
            names = "--max-dead-ratio",
            paramLabel = "RATIO",
            description =
                    "How much of a layer may be blocks that no snapshot reads, 0 to 1. Default: "
                            + "0.5.")
    private Optional<Double> deadRatioMax = Optional.empty();

    @Option(
            names = "--min-run",
            paramLabel = "BLOCKS",
            description =
                    "How many blocks should lie together on average, both in the guest and in a "
                            + "layer. Default: any.")
    private Optional<Long> runBlocksMin = Optional.empty();

    @Option(
            names = "--take-base",
            description = "Take in what is read of images, so that they are needed no longer.")
    private boolean takeBase;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    /// For picocli.
    public CompactCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        CompactionPolicy policy = UserInput.check(this::policy);
        SnapshotStore opened = store.open();
        CompactionPlan plan = opened.planCompaction(policy);
        if (dryRun) {
            json.print(CompactionText.members(plan), CompactionText.plan(plan));
            return ExitCode.OK;
        }
        long startNs = System.nanoTime();
        CompactionReport report;
        try (Activity activity = progress.begin("compacting", json)) {
            report = opened.compact(plan, activity);
        }
        long elapsedNs = System.nanoTime() - startNs;
        json.print(
                CompactionText.members(report, elapsedNs),
                CompactionText.report(report, elapsedNs));
        return ExitCode.OK;
    }

    private CompactionPolicy policy() {
        boolean hasLimit =
                depthMax.isPresent() || deadRatioMax.isPresent() || runBlocksMin.isPresent();
        CompactionPolicy policy =
                references.isEmpty() || hasLimit
                        ? CompactionPolicy.wholeStore()
                                .withReferences(references)
                                .withBaseTaken(takeBase)
                        : CompactionPolicy.intoOne(references);
        if (depthMax.isPresent()) {
            policy = policy.withDepthMax(depthMax.get());
        }
        if (deadRatioMax.isPresent()) {
            policy = policy.withDeadRatioMax(deadRatioMax.get());
        }
        if (runBlocksMin.isPresent()) {
            policy = policy.withRunBlocksMin(runBlocksMin.get());
        }
        return policy;
    }
}

package io.coldframe.cli.chain;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.ColumnTable;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.cli.UserInput;
import io.coldframe.snapshot.PrunePlan;
import io.coldframe.snapshot.PrunePolicy;
import io.coldframe.snapshot.PruneReport;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `coldframe prune`: deletes snapshots by name, by age or by count.
@Command(
        name = "prune",
        description = {
            "Deletes the snapshots that are named, or are old enough, and that no rule keeps. "
                    + "What a tag names stays, and what can't be read without it.",
            "",
            "The rules that keep count the newest first: the last so many, and of the last so many"
                + " hours, days, weeks and months in which there is one the newest. A layer goes"
                + " when no snapshot reads it any more.",
            ""
        })
public final class PruneCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "A name or an id; no tag.")
    private List<String> references = new ArrayList<>();

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            converter = Ages.Converter.class,
            description = "Only what is older, as in 90m, 12h, 30d or 8w.")
    private Optional<Duration> olderThan = Optional.empty();

    @Option(names = "--keep-last", paramLabel = "N", description = "Keep the newest.")
    private int keepLast;

    @Option(names = "--keep-hourly", paramLabel = "N", description = "Keep one an hour.")
    private int keepHourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "Keep one a day.")
    private int keepDaily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "Keep one a week.")
    private int keepWeekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "Keep one a month.")
    private int keepMonthly;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    /// For picocli.
    public PruneCommand() {}

    @Override
    public Integer call() throws SnapshotException, CommandFailure {
        PrunePolicy policy = UserInput.check(this::policy);
        if (!policy.isSelective()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "say what may go (names, --older-than) or what stays (--keep-...)");
        }
        SnapshotStore opened = store.open();
        PrunePlan plan = opened.planPrune(policy);
        Optional<PruneReport> report = dryRun ? Optional.empty() : prune(opened, plan);
        json.print(members(plan, report), text(plan, report));
        return ExitCode.OK;
    }

    private Optional<PruneReport> prune(SnapshotStore opened, PrunePlan plan)
            throws SnapshotException {
        try (Activity activity = progress.begin("pruning", json)) {
            return Optional.of(opened.prune(plan, activity));
        }
    }

    private PrunePolicy policy() {
        PrunePolicy policy =
                PrunePolicy.keeping(keepLast)
                        .withReferences(references)
                        .withCalendar(keepHourly, keepDaily, keepWeekly, keepMonthly);
        return olderThan.map(policy::withOlderThan).orElse(policy);
    }

    private static Map<String, Object> members(PrunePlan plan, Optional<PruneReport> report) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("dryRun", report.isEmpty());
        members.put("choices", plan.choices().stream().map(PruneCommand::choice).toList());
        members.put("freedByteCount", freedBytes(plan, report));
        members.put("removed", report.map(PruneReport::removed));
        members.put("left", report.map(PruneReport::left));
        members.put("sweep", report.map(done -> Sweeps.members(done.sweep())));
        return members;
    }

    private static Map<String, Object> choice(PrunePlan.Choice choice) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", choice.name());
        members.put("id", choice.id().toString());
        members.put("createdAt", choice.createdAt().toString());
        members.put("remove", choice.isRemoved());
        members.put("reasons", choice.reasons());
        return members;
    }

    private static long freedBytes(PrunePlan plan, Optional<PruneReport> report) {
        return report.map(PruneReport::freedByteCount).orElse(plan.freedByteCount());
    }

    private static String text(PrunePlan plan, Optional<PruneReport> report) {
        ColumnTable table = new ColumnTable("SNAPSHOT", "CREATED", "", "WHY");
        for (PrunePlan.Choice choice : plan.choices()) {
            table.row(
                    choice.name(),
                    choice.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                    choice.isRemoved() ? "remove" : "keep",
                    String.join(", ", choice.reasons()));
        }
        StringBuilder out = new StringBuilder();
        out.append(table.isEmpty() ? "" : table.text() + "\n");
        report.ifPresent(
                done -> done.left().forEach(left -> out.append("left ").append(left).append('\n')));
        long count = report.map(done -> done.removed().size()).orElse(plan.removed().size());
        out.append(
                "%s %s of %d, %s %s%n"
                        .formatted(
                                report.isPresent() ? "removed" : "would remove",
                                Texts.count(count, "snapshot"),
                                plan.choices().size(),
                                report.isPresent() ? "freed" : "free",
                                Texts.bytes(freedBytes(plan, report))));
        report.ifPresent(done -> out.append(Sweeps.whyLeft(done.sweep())));
        return out.toString();
    }
}

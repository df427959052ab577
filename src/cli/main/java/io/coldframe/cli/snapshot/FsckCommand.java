package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.Activity;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.FieldTable;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;
import io.coldframe.cli.StoreOption;
import io.coldframe.snapshot.FsckOptions;
import io.coldframe.snapshot.FsckProblem;
import io.coldframe.snapshot.FsckReport;
import io.coldframe.snapshot.SnapshotStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/// `coldframe fsck`: what is wrong with a store.
@Command(
        name = "fsck",
        description = {
            "Finds what is wrong with a store, and says what a repair would do. Changes nothing "
                    + "unless --repair is given.",
            "",
            "The exit code is 2 if something is left that is not repaired.",
            ""
        })
public final class FsckCommand implements Callable<Integer> {

    @Mixin private StoreOption store = new StoreOption();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Option(names = "--repair", description = "Repair what can be repaired.")
    private boolean repair;

    @Option(
            names = "--no-memory",
            description = "Do not read memory, which takes as long as the disk takes.")
    private boolean noMemory;

    /// For picocli.
    public FsckCommand() {}

    @Override
    public Integer call() throws SnapshotException {
        SnapshotStore opened = store.openAsFound();
        FsckReport report;
        try (Activity activity = progress.begin("checking", json)) {
            report = opened.fsck(new FsckOptions(!noMemory, activity));
        }
        if (repair) {
            try (Activity activity = progress.begin("repairing", json)) {
                report = opened.repair(report, activity);
            }
        }
        json.print(members(report), text(report));
        return report.isClean() ? ExitCode.OK : ExitCode.DAMAGED;
    }

    private static Map<String, Object> members(FsckReport report) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("clean", report.isClean());
        members.put("snapshotCount", report.snapshotCount());
        members.put("problems", report.problems().stream().map(FsckCommand::problem).toList());
        return members;
    }

    private static Map<String, Object> problem(FsckProblem problem) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("kind", word(problem.kind()));
        members.put("path", problem.path().toString());
        members.put("what", problem.what());
        members.put("action", problem.action());
        members.put("outcome", word(problem.outcome()));
        return members;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String text(FsckReport report) {
        StringBuilder out = new StringBuilder();
        for (FsckProblem problem : report.problems()) {
            FieldTable table = new FieldTable();
            table.row(word(problem.kind()), problem.path().toString());
            table.row("", problem.what());
            table.row("", word(problem.outcome()) + ": " + problem.action());
            out.append(table.text());
        }
        return out.append(
                        "%d snapshots, %d problems%n"
                                .formatted(report.snapshotCount(), report.problems().size()))
                .toString();
    }
}

package io.coldframe.cli.bench;

import io.coldframe.cli.Activity;
import io.coldframe.cli.ByteCounts;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonOption;
import io.coldframe.cli.ProgressOption;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

/// `coldframe bench`: what the engine takes on this disk, beside the least that it could take.
@Command(
        name = "bench",
        description = {
            "Measures what the engine takes on this disk, beside the least that it could take.",
            "",
            "Each row has a figure, and a floor that code which does nothing else reaches in the "
                    + "same run, by turns. Ratio is figure over floor, so less is better; a row "
                    + "passes if that is at most its budget.",
            "",
            "full.durable: a full image, its output picked by the engine. Floor: direct writes of "
                    + "4 MiB from the same memory, one sync. Budget 1.15.",
            "",
            "full.mapped: a full image through a mapping. Floor: one copy into a preallocated "
                    + "mapped file, one sync. Budget 1.15.",
            "",
            "diff.1pct: the whole commit of a diff with 1 %% of the pages, scattered singly. "
                    + "Floor: as many bytes in one sequential write to a new file, with the syncs "
                    + "and the rename that a commit needs. Budget 2.0.",
            "",
            "layer.lookup: one lookup in an index of a million extents, at random offsets, in "
                    + "nanoseconds. Floor: one read of a random one of its extents. Budget 200 ns "
                    + "of the figure itself.",
            "",
            "layer.open: opening that index, which is in the page cache, with every check of its "
                    + "manifest's digest, its checksums and its extents. Floor: one read of its "
                    + "bytes. Budget 20 ms of the figure itself.",
            "",
            "chain.materialise: memory, half of it zero, made a file from 1,000 layers that each "
                    + "hold single pages of it. Floor: the same from one layer. Budget 1.5.",
            "",
            "seed.full: page by page through a buffer of one page, then one sync, as the systems "
                    + "before did it. Its floor is full.durable itself, so the ratio is how many "
                    + "times as long it takes. It has no budget and always passes.",
            "",
            "layer.first: a memory file in the page cache, twice --size, half of it zero, captured "
                    + "as a layer. Floor: all of it read once, and what is not zero written in one "
                    + "stream, with one sync. Budget 1.3.",
            "",
            "layer.next: the same file, a quarter of it changed since its parent was captured, "
                    + "compared with that and captured. Floor: file and parent read once, what has "
                    + "changed and is not zero written. Budget 1.4.",
            "",
            "seed.layer: the same file in reads of 4 KiB, a look at each byte, one write for each "
                    + "block that is not zero, one sync. Its floor is layer.first itself. It has "
                    + "no budget and always passes.",
            "",
            "Times are medians in milliseconds, every sync included. Before the rounds that count "
                    + "one warms up, and 10 or 20 where a round is short. Nothing is left behind.",
            ""
        })
public final class BenchCommand implements Callable<Integer> {

    private static final int ROUNDS_MIN = 5;
    private static final int ROUNDS_MAX = 1000;
    private static final long SIZE_UNIT_BYTES = 1 << 20;

    @Mixin private JsonOption json = new JsonOption();
    @Mixin private ProgressOption progress = new ProgressOption();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1g",
            converter = ByteCounts.Converter.class,
            description = "How much memory, in whole MiB. Default: ${DEFAULT-VALUE}.")
    private long byteCount;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "",
            description = "Where to write. Default: the working directory.")
    private Path directory = Path.of("");

    @Option(
            names = "--only",
            paramLabel = "NAME",
            description = "Only this row; may be given more than once.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "How many rounds count, at least 5. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    @Spec
    private CommandSpec spec;

    /// For picocli.
    public BenchCommand() {}

    @Override
    public Integer call() throws CommandFailure, IOException {
        checkNumbers();
        List<BenchRow> rows = rows();
        Path place = directory.toAbsolutePath();
        if (!Files.isDirectory(place)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "--dir is not a directory: " + place);
        }
        List<RowResult> results = measure(rows, place);
        PrintWriter out = spec.commandLine().getOut();
        if (json.isAsked()) {
            out.println(BenchReport.json(results, byteCount, rounds));
        } else {
            out.print(BenchReport.text(results, byteCount, rounds));
        }
        return results.stream().allMatch(RowResult::passes) ? ExitCode.OK : ExitCode.OVER_BUDGET;
    }

    private long runCount(List<BenchRow> rows) {
        return rows.stream().mapToLong(row -> Contest.runs(row.warmUpRounds(), rounds)).sum();
    }

    private List<RowResult> measure(List<BenchRow> rows, Path place)
            throws CommandFailure, IOException {
        try (Activity activity = progress.begin("measuring", json)) {
            try (Workbench bench = Workbench.in(place, byteCount, rows)) {
                Runs runs = new Runs(activity, byteCount, runCount(rows));
                List<RowResult> results = new ArrayList<>();
                for (BenchRow row : rows) {
                    results.add(
                            RowResult.of(
                                    row,
                                    row.contest(bench)
                                            .run(row.warmUpRounds(), rounds, runs::oneMore)));
                }
                return results;
            } catch (IOException failure) {
                // A folder that went away under a run because of a signal is no news.
                if (activity.isStopped()) {
                    throw new CancellationException();
                }
                throw failure;
            }
        }
    }

    private void checkNumbers() {
        if (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX) {
            throw misuse("--rounds is %d to %d, not %d".formatted(ROUNDS_MIN, ROUNDS_MAX, rounds));
        }
        if (byteCount <= 0 || byteCount % SIZE_UNIT_BYTES != 0) {
            throw misuse("--size is a number of whole MiB, not " + ByteCounts.text(byteCount));
        }
    }

    private List<BenchRow> rows() {
        List<BenchRow> chosen = new ArrayList<>();
        for (String name : only) {
            chosen.add(
                    BenchRow.named(name)
                            .orElseThrow(
                                    () ->
                                            misuse(
                                                    "--only is one of %s, not '%s'"
                                                            .formatted(
                                                                    String.join(
                                                                            ", ", BenchRow.names()),
                                                                    name))));
        }
        return chosen.isEmpty() ? List.of(BenchRow.values()) : chosen;
    }

    private ParameterException misuse(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}

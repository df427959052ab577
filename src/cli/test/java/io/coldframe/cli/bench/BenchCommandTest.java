package io.coldframe.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.cli.CommandRun;
import io.coldframe.cli.ExitCode;
import io.coldframe.cli.JsonView;
import io.coldframe.cli.StrictJson;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Runs every row, on so little memory that what it measures means nothing.
final class BenchCommandTest {

    private static final List<String> MEMBERS =
            List.of(
                    "name",
                    "figure",
                    "unit",
                    "floor",
                    "ratio",
                    "budget",
                    "budgetOf",
                    "pass",
                    "byteCount",
                    "rounds",
                    "warmUpRounds");

    @TempDir private Path folder;

    private CommandRun run(Object... more) {
        return CommandRun.of(
                "bench", List.of("--size", "1m", "--rounds", "5", "--quiet"), List.of(more));
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void everyRowHasAFigureAFloorAndTheirRatio() throws IOException {
        CommandRun run = run("--dir", folder, "--json");
        List<JsonView> rows =
                ((List<?>) StrictJson.parse(run.out())).stream().map(JsonView::of).toList();
        for (JsonView row : rows) {
            assertEquals(MEMBERS, row.names());
            assertEquals(row.text("name").equals("layer.lookup") ? "ns" : "ms", row.text("unit"));
            assertEquals(5, row.number("rounds"));
            double ratio = row.decimal("ratio").doubleValue();
            double figure = row.decimal("figure").doubleValue();
            assertEquals(figure / row.decimal("floor").doubleValue(), ratio, 0.001);
            assertEquals(row.isNull("budget"), row.isNull("budgetOf"));
            boolean passes =
                    row.isNull("budget")
                            || (row.text("budgetOf").equals("ratio") ? ratio : figure)
                                    <= row.decimal("budget").doubleValue();
            assertEquals(passes, row.flag("pass"));
        }
        assertEquals(
                List.of(
                        "full.durable",
                        "full.mapped",
                        "diff.1pct",
                        "layer.first",
                        "layer.next",
                        "layer.lookup",
                        "layer.open",
                        "chain.materialise",
                        "seed.full",
                        "seed.layer"),
                rows.stream().map(row -> row.text("name")).toList());
        boolean passes = rows.stream().allMatch(row -> row.flag("pass"));
        run.expect(passes ? ExitCode.OK : ExitCode.OVER_BUDGET);
        assertEquals("", run.err());
        assertNothingIsLeft();
    }

    @Test
    void oneRowIsEnough() throws IOException {
        CommandRun run = run("--dir", folder, "--only", "seed.full").expect(ExitCode.OK);
        assertTrue(run.out().contains("Medians of 5 rounds"), run.out());
        assertEquals(1, run.out().lines().filter(line -> line.contains("seed.full")).count());
        assertTrue(run.out().lines().noneMatch(line -> line.startsWith("full.")), run.out());
        assertNothingIsLeft();
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        run("--only", "full").expect(ExitCode.USAGE);
        CommandRun.of("bench", "--rounds", "4").expect(ExitCode.USAGE);
        for (String size : List.of("0", "1000k", "1gb", "-1")) {
            CommandRun.of("bench", "--size", size).expect(ExitCode.USAGE);
        }
        String failure = run("--dir", folder.resolve("no")).expect(ExitCode.NO_INPUT).failure();
        assertEquals("--dir is not a directory: " + folder.resolve("no"), failure);
    }

    @Test
    void whatDoesNotFitIsRefusedWithBothNumbers() throws IOException {
        CommandRun run = CommandRun.of("bench", "--dir", folder, "--size", "1000000g");
        assertTrue(Set.of(ExitCode.UNAVAILABLE, ExitCode.NO_SPACE).contains(run.exitCode()));
        String failure = run.failure();
        assertTrue(failure.startsWith("a run with 976.6 TiB needs "), failure);
        assertNothingIsLeft();
    }
}

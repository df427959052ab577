package io.coldframe.bench;

import io.coldframe.bench.GuardLine.Subject;

import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Runs the guarded benchmarks, and fails when one of them crosses its line.
///
/// Every benchmark runs in several rounds, each in a JVM of its own, so that a figure and its floor
/// alternate and a slow spell of the machine meets both. Of all iterations the fastest counts: a
/// neighbour can only make code slower, never faster.
public final class Guard {

    private static final int ROUNDS = 3;
    private static final int WARMUP_ITERATIONS = 4;
    private static final int MEASURED_ITERATIONS = 5;

    // Six reads of 1 GiB, or millions of marks: long enough for one clean turn among the noise.
    private static final TimeValue ITERATION = TimeValue.milliseconds(200);

    private final PrintStream out;

    private Guard(PrintStream out) {
        this.out = out;
    }

    /// Reads the lines from the file that `args` names, and exits with 1 when one does not hold.
    ///
    /// @param args the file of lines, and optionally a pattern of the names to run
    public static void main(String[] args) throws IOException, RunnerException {
        if (args.length < 1 || args.length > 2) {
            System.err.println("usage: Guard <file of lines> [pattern of names]");
            System.exit(64);
        }
        Pattern names = Pattern.compile(args.length == 2 ? args[1] : "");
        List<GuardLine> lines = new ArrayList<>();
        for (String text : Files.readAllLines(Path.of(args[0]))) {
            if (!text.isBlank() && !text.startsWith("#")) {
                lines.add(GuardLine.parse(text));
            }
        }
        lines.removeIf(line -> !names.matcher(line.name()).find());
        if (lines.isEmpty()) {
            // A guard that guards nothing must not pass.
            System.err.println("no line has a name like " + names);
            System.exit(64);
        }
        System.exit(new Guard(System.out).run(lines) ? 0 : 1);
    }

    private boolean run(List<GuardLine> lines) throws RunnerException {
        Map<Subject, Double> bestNanos = new LinkedHashMap<>();
        for (GuardLine line : lines) {
            bestNanos.put(line.figure(), Double.MAX_VALUE);
            line.floor().ifPresent(floor -> bestNanos.put(floor, Double.MAX_VALUE));
        }
        for (int round = 1; round <= ROUNDS; round++) {
            int done = 0;
            for (Map.Entry<Subject, Double> entry : bestNanos.entrySet()) {
                entry.setValue(Math.min(entry.getValue(), measureNanos(entry.getKey())));
                done++;
                out.printf(
                        Locale.ROOT,
                        "round %d of %d, %2d of %d: %s%n",
                        round,
                        ROUNDS,
                        done,
                        bestNanos.size(),
                        entry.getKey().method());
            }
        }
        return report(lines, bestNanos);
    }

    /// The fastest iteration of one fresh JVM, in nanoseconds an operation.
    private static double measureNanos(Subject subject) throws RunnerException {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("\\." + Pattern.quote(subject.method()) + "$")
                        .forks(1)
                        .jvmArgsAppend(forkArguments())
                        .warmupIterations(WARMUP_ITERATIONS)
                        .warmupTime(ITERATION)
                        .measurementIterations(MEASURED_ITERATIONS)
                        .measurementTime(ITERATION)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT);
        subject.parameters().forEach(options::param);
        double best = Double.MAX_VALUE;
        var results = new Runner(options.build()).run();
        if (results.size() != 1) {
            throw new IllegalStateException(subject + " names " + results.size() + " benchmarks");
        }
        for (RunResult result : results) {
            for (IterationResult iteration :
                    result.getBenchmarkResults().iterator().next().getIterationResults()) {
                best = Math.min(best, iteration.getPrimaryResult().getScore());
            }
        }
        return best;
    }

    /// What every fork needs; this replaces what the benchmarks' own annotations say.
    private static String[] forkArguments() {
        String grant = "--enable-native-access=ALL-UNNAMED";
        // JMH reaches into sun.misc.Unsafe, of which a JDK of 24 or later would warn.
        return Runtime.version().feature() >= 24
                ? new String[] {grant, "--sun-misc-unsafe-memory-access=allow"}
                : new String[] {grant};
    }

    private boolean report(List<GuardLine> lines, Map<Subject, Double> bestNanos) {
        boolean pass = true;
        out.printf(
                "%n%-24s %14s %14s %8s %12s%n",
                "guarded", "figure ns", "floor ns", "value", "line");
        for (GuardLine line : lines) {
            double figure = bestNanos.getOrDefault(line.figure(), Double.NaN);
            double floor =
                    line.floor().map(f -> bestNanos.getOrDefault(f, Double.NaN)).orElse(Double.NaN);
            double value = line.rule().value(figure, floor);
            boolean holds = line.rule().holds(value, line.line());
            pass &= holds;
            out.printf(
                    Locale.ROOT,
                    "%-24s %14.1f %14s %8.2f %12s  %s%n",
                    line.name(),
                    figure,
                    Double.isNaN(floor) ? "-" : String.format(Locale.ROOT, "%.1f", floor),
                    value,
                    String.format(Locale.ROOT, "%s%.2f", line.rule(), line.line()),
                    holds ? "pass" : "FAIL");
        }
        out.printf(
                Locale.ROOT,
                "%n%s %s, %s %s, %d processors: %s%n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                pass ? "every line holds" : "a line does not hold");
        return pass;
    }
}

package io.coldframe.cli.bench;

import io.coldframe.image.Output;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The rows of the benchmark.
enum BenchRow {
    FULL_DURABLE("full.durable", "1.15", 1),
    FULL_MAPPED("full.mapped", "1.15", 1),
    // Its runs are too short for one of them to be compiled in.
    DIFF_ONE_PERCENT("diff.1pct", "2.0", 20),
    CHAIN_MATERIALISE("chain.materialise", "1.5", 1),
    SEED_FULL("seed.full", "", 1);

    private final String rowName;
    private final String budget;
    private final int warmUpRounds;

    BenchRow(String rowName, String budget, int warmUpRounds) {
        this.rowName = rowName;
        this.budget = budget;
        this.warmUpRounds = warmUpRounds;
    }

    /// How many rounds do not count.
    int warmUpRounds() {
        return warmUpRounds;
    }

    /// The row of this name.
    static Optional<BenchRow> named(String name) {
        return Arrays.stream(values()).filter(row -> row.rowName.equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(BenchRow::rowName).toList();
    }

    /// What never changes.
    String rowName() {
        return rowName;
    }

    /// The most that figure over floor may be, as it is written.
    Optional<String> budget() {
        return budget.isEmpty() ? Optional.empty() : Optional.of(budget);
    }

    /// Makes its figure and its floor ready.
    Contest contest(Workbench bench) throws IOException {
        return switch (this) {
            case FULL_DURABLE -> new Contest(auto(bench), direct(bench));
            case FULL_MAPPED ->
                    new Contest(
                            new WriterWay(bench.memory(), bench.folder(), "image", Output.MAPPED),
                            new MappedFloor(bench.bytes(), bench.folder(), "floor"));
            case DIFF_ONE_PERCENT -> DiffWay.contest(bench);
            case CHAIN_MATERIALISE -> MaterialiseWay.contest(bench);
            case SEED_FULL ->
                    new Contest(new SeedWay(bench.bytes(), bench.folder(), "seed"), auto(bench));
        };
    }

    private static Way auto(Workbench bench) {
        return new WriterWay(bench.memory(), bench.folder(), "image", Output.AUTO);
    }

    private static Way direct(Workbench bench) throws IOException {
        return new DirectFloor(bench.bytes(), bench.folder(), "floor");
    }
}

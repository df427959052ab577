package io.coldframe.cli.bench;

import io.coldframe.image.Output;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The rows of the benchmark.
enum BenchRow {
    FULL_DURABLE("full.durable", Budget.ratio("1.15"), 1),
    FULL_MAPPED("full.mapped", Budget.ratio("1.15"), 1),
    // Its runs are too short for one of them to be compiled in.
    DIFF_ONE_PERCENT("diff.1pct", Budget.ratio("2.0"), 20),
    LAYER_FIRST("layer.first", Budget.ratio("1.3"), 1),
    LAYER_NEXT("layer.next", Budget.ratio("1.4"), 1),
    LAYER_LOOKUP("layer.lookup", Budget.figure("200.0"), 10, RowUnit.NS_EACH),
    // As the diff: an index is opened in less time than its checks take to be compiled in.
    LAYER_OPEN("layer.open", Budget.figure("20.0"), 20),
    CHAIN_MATERIALISE("chain.materialise", Budget.ratio("1.5"), 1),
    SEED_FULL("seed.full", Budget.NONE, 1),
    SEED_LAYER("seed.layer", Budget.NONE, 1);

    private final String rowName;
    private final Budget.Of budgetOf;
    private final String budgetMost;
    private final int warmUpRounds;
    private final RowUnit unit;

    BenchRow(String rowName, Budget budget, int warmUpRounds) {
        this(rowName, budget, warmUpRounds, RowUnit.MS);
    }

    BenchRow(String rowName, Budget budget, int warmUpRounds, RowUnit unit) {
        this.rowName = rowName;
        this.budgetOf = budget.of();
        this.budgetMost = budget.most();
        this.warmUpRounds = warmUpRounds;
        this.unit = unit;
    }

    /// Whether it makes layers of a memory file.
    boolean capturesFiles() {
        return this == LAYER_FIRST || this == LAYER_NEXT || this == SEED_LAYER;
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

    /// The most that it may come to.
    Budget budget() {
        return new Budget(budgetOf, budgetMost);
    }

    /// What its figure and its floor are counted in.
    RowUnit unit() {
        return unit;
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
            case LAYER_LOOKUP -> LookupWay.contest(bench);
            case LAYER_OPEN -> OpenIndexWay.contest(bench);
            case LAYER_FIRST -> new Contest(layerFirst(bench), layerFloor(bench, false));
            case LAYER_NEXT ->
                    new Contest(
                            CaptureWay.next(bench.captureFiles(), bench.folder()),
                            layerFloor(bench, true));
            case SEED_LAYER ->
                    new Contest(
                            new SeedLayerWay(bench.captureFiles(), bench.folder()),
                            layerFirst(bench));
        };
    }

    private static Way auto(Workbench bench) {
        return new WriterWay(bench.memory(), bench.folder(), "image", Output.AUTO);
    }

    private static Way direct(Workbench bench) throws IOException {
        return new DirectFloor(bench.bytes(), bench.folder(), "floor");
    }

    private static Way layerFirst(Workbench bench) throws IOException {
        return CaptureWay.first(bench.captureFiles(), bench.folder());
    }

    private static Way layerFloor(Workbench bench, boolean hasParent) throws IOException {
        return new CaptureFloor(bench.captureFiles(), hasParent, bench.folder());
    }
}

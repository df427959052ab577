package io.coldframe.cli.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/// What a row has come to.
///
/// @param figureMs the median of what is measured, in milliseconds
/// @param floorMs the median of its floor
record RowResult(BenchRow row, BigDecimal figureMs, BigDecimal floorMs) {

    static RowResult of(BenchRow row, Contest.Medians medians) {
        return new RowResult(
                row, milliseconds(medians.figureNs()), milliseconds(medians.floorNs()));
    }

    private static BigDecimal milliseconds(double ns) {
        return BigDecimal.valueOf(ns / 1e6).setScale(3, RoundingMode.HALF_UP);
    }

    /// How many times as long as its floor the figure took.
    BigDecimal ratio() {
        // A floor of nothing at all can't be: a call takes longer than half a microsecond.
        return figureMs.divide(floorMs, 3, RoundingMode.HALF_UP);
    }

    Optional<BigDecimal> budget() {
        return row.budget().map(BigDecimal::new);
    }

    /// Whether the ratio is within the budget, or there is none to keep.
    boolean passes() {
        return budget().map(budget -> ratio().compareTo(budget) <= 0).orElse(true);
    }
}

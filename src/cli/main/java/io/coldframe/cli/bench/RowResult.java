package io.coldframe.cli.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// What a row has come to.
///
/// @param figure the median of what is measured, in the unit of the row
/// @param floor the median of its floor, likewise
record RowResult(BenchRow row, BigDecimal figure, BigDecimal floor) {

    static RowResult of(BenchRow row, Contest.Medians medians) {
        return new RowResult(
                row, row.unit().of(medians.figureNs()), row.unit().of(medians.floorNs()));
    }

    /// How many times as long as its floor the figure took.
    BigDecimal ratio() {
        // A floor of nothing at all can't be: a call takes longer than half a microsecond.
        return figure.divide(floor, 3, RoundingMode.HALF_UP);
    }

    /// Whether it is within the budget, or there is none to keep.
    boolean passes() {
        return row.budget().allows(figure, ratio());
    }
}

package io.coldframe.cli.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// What the figure and the floor of a row are counted in.
enum RowUnit {
    /// Milliseconds a run.
    MS("ms", 1e6),
    /// Nanoseconds for each of the operations of a run.
    NS_EACH("ns", RowUnit.OPERATIONS_PER_RUN);

    /// How often a run does what takes nanoseconds.
    static final int OPERATIONS_PER_RUN = 1_000_000;

    private final String symbol;
    private final double nsPerUnit;

    RowUnit(String symbol, double nsPerUnit) {
        this.symbol = symbol;
        this.nsPerUnit = nsPerUnit;
    }

    /// As it stands behind a number.
    String symbol() {
        return symbol;
    }

    /// A run that took so long, in this unit.
    BigDecimal of(double runNs) {
        return BigDecimal.valueOf(runNs / nsPerUnit).setScale(3, RoundingMode.HALF_UP);
    }
}

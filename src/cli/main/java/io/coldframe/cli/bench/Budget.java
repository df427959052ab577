package io.coldframe.cli.bench;

import java.math.BigDecimal;

/// The most that a row may come to.
///
/// @param of what may be at most that
/// @param most as it is written
record Budget(Of of, String most) {

    /// There is nothing to keep.
    static final Budget NONE = new Budget(Of.NOTHING, "0");

    /// What a budget is of.
    enum Of {
        /// Figure over floor.
        RATIO,
        /// The figure itself, in the unit of the row.
        FIGURE,
        /// Of neither.
        NOTHING
    }

    static Budget ratio(String most) {
        return new Budget(Of.RATIO, most);
    }

    static Budget figure(String most) {
        return new Budget(Of.FIGURE, most);
    }

    boolean isNone() {
        return of == Of.NOTHING;
    }

    /// Whether a result is within it.
    boolean allows(BigDecimal figure, BigDecimal ratio) {
        return switch (of) {
            case RATIO -> ratio.compareTo(new BigDecimal(most)) <= 0;
            case FIGURE -> figure.compareTo(new BigDecimal(most)) <= 0;
            case NOTHING -> true;
        };
    }
}

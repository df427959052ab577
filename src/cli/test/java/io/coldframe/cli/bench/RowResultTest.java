package io.coldframe.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.Optional;

final class RowResultTest {

    private static RowResult of(BenchRow row, double figureNs, double floorNs) {
        return RowResult.of(row, new Contest.Medians(figureNs, floorNs));
    }

    @Test
    void theRatioIsFigureOverFloor() {
        RowResult result = of(BenchRow.DIFF_ONE_PERCENT, 30_000_000, 20_000_000);
        assertEquals(new BigDecimal("30.000"), result.figureMs());
        assertEquals(new BigDecimal("1.500"), result.ratio());
        assertEquals(Optional.of(new BigDecimal("2.0")), result.budget());
    }

    @Test
    void theBudgetItselfStillPasses() {
        assertTrue(of(BenchRow.FULL_DURABLE, 1_150_000_000, 1_000_000_000).passes());
        assertFalse(of(BenchRow.FULL_DURABLE, 1_151_000_000, 1_000_000_000).passes());
        assertTrue(of(BenchRow.FULL_MAPPED, 1, 1_000_000_000).passes());
    }

    /// What is printed is what is judged.
    @Test
    void theRoundedRatioDecides() {
        assertTrue(of(BenchRow.FULL_DURABLE, 1_150_400_000, 1_000_000_000).passes());
    }

    @Test
    void aRowWithoutABudgetPasses() {
        RowResult result = of(BenchRow.SEED_FULL, 9_000_000_000.0, 1_000_000_000);
        assertTrue(result.passes());
        assertEquals(Optional.empty(), result.budget());
    }
}

package io.coldframe.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;

final class RowResultTest {

    private static RowResult of(BenchRow row, double figureNs, double floorNs) {
        return RowResult.of(row, new Contest.Medians(figureNs, floorNs));
    }

    @Test
    void theRatioIsFigureOverFloor() {
        RowResult result = of(BenchRow.DIFF_ONE_PERCENT, 30_000_000, 20_000_000);
        assertEquals(new BigDecimal("30.000"), result.figure());
        assertEquals(new BigDecimal("1.500"), result.ratio());
        assertEquals(Budget.ratio("2.0"), result.row().budget());
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
        assertTrue(result.row().budget().isNone());
    }

    /// A million lookups that take 86 ms together take 86 ns each, whatever the floor takes.
    @Test
    void aBudgetMayBeOfTheFigure() {
        RowResult result = of(BenchRow.LAYER_LOOKUP, 86_000_000, 1_000_000);
        assertEquals(new BigDecimal("86.000"), result.figure());
        assertEquals("ns", result.row().unit().symbol());
        assertTrue(result.passes());
        assertFalse(of(BenchRow.LAYER_LOOKUP, 200_001_000, 200_000_000).passes());
        assertTrue(of(BenchRow.LAYER_OPEN, 20_000_000, 1_000_000).passes());
    }
}

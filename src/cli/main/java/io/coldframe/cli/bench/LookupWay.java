package io.coldframe.cli.bench;

import io.coldframe.layer.ExtentMap;

import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/// A million lookups at random offsets of an index of a million extents.
///
/// The floor reads one random extent for each: whoever looks a block up has to.
final class LookupWay implements Way {

    private static final long SEED = 0x100CL;

    private final IntUnaryOperator operation;
    private final int[] operands;
    // What the operations came to, so that none of them can be left out.
    private long total;

    private LookupWay(IntUnaryOperator operation, int[] operands) {
        this.operation = operation;
        this.operands = operands;
    }

    static Contest contest(Workbench bench) {
        ExtentMap map = ScatteredIndex.in(bench.arena()).map();
        return new Contest(
                new LookupWay(map::find, random(Math.toIntExact(map.blockCount()))),
                new LookupWay(extent -> (int) map.firstBlock(extent), random(map.extentCount())));
    }

    private static int[] random(int bound) {
        return new SplittableRandom(SEED).ints(RowUnit.OPERATIONS_PER_RUN, 0, bound).toArray();
    }

    @Override
    public void run() {
        total += sum(operation, operands);
    }

    private static long sum(IntUnaryOperator operation, int[] operands) {
        long sum = 0;
        for (int operand : operands) {
            sum += operation.applyAsInt(operand);
        }
        return sum;
    }

    @Override
    public void clear() {
        if (total < 0) {
            throw new AssertionError("extents and blocks are numbered from 0: " + total);
        }
    }
}

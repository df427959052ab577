package io.coldframe.cli.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// A figure and its floor, timed in turns, so that a disk that changes its mind changes both.
///
/// The first rounds warm up and do not count: they touch memory, fill caches, and compile.
final class Contest {

    /// The medians of the counted rounds.
    record Medians(double figureNs, double floorNs) {}

    private final Way figure;
    private final Way floor;

    Contest(Way figure, Way floor) {
        this.figure = figure;
        this.floor = floor;
    }

    /// How many runs make `rounds` that count.
    static long runs(int warmUpRounds, int rounds) {
        return 2L * (warmUpRounds + rounds);
    }

    /// @param warmUpRounds how many come before those that count
    /// @param rounds how many count
    /// @param goOn asked after every run
    /// @throws CancellationException if not to go on
    Medians run(int warmUpRounds, int rounds, BooleanSupplier goOn) throws IOException {
        long[] figureNs = new long[rounds];
        long[] floorNs = new long[rounds];
        for (int round = -warmUpRounds; round < rounds; round++) {
            // By turns first, so that neither always comes after the other.
            boolean figureFirst = (round & 1) == 0;
            long firstNs = time(figureFirst ? figure : floor, goOn);
            long secondNs = time(figureFirst ? floor : figure, goOn);
            if (round >= 0) {
                figureNs[round] = figureFirst ? firstNs : secondNs;
                floorNs[round] = figureFirst ? secondNs : firstNs;
            }
        }
        return new Medians(median(figureNs), median(floorNs));
    }

    private static long time(Way way, BooleanSupplier goOn) throws IOException {
        way.prepare();
        long startNs = System.nanoTime();
        way.run();
        long elapsedNs = System.nanoTime() - startNs;
        way.clear();
        if (!goOn.getAsBoolean()) {
            throw new CancellationException();
        }
        return elapsedNs;
    }

    /// The middle one, or the mean of the two in the middle.
    static double median(long... values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}

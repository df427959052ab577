package io.coldframe.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs the same actions in their own threads round after round. A barrier lets all of them start a
/// round together, and each round ends when all have.
final class Rounds {

    private Rounds() {}

    interface Action {
        void run(int round);
    }

    /// Runs `actions` at once, then `check` alone, `roundCount` times.
    static void run(int roundCount, Action check, Action... actions) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(actions.length);
        try (ExecutorService threads = Executors.newFixedThreadPool(actions.length)) {
            for (int round = 0; round < roundCount; round++) {
                List<Future<?>> running = new ArrayList<>();
                for (Action action : actions) {
                    int number = round;
                    running.add(threads.submit(() -> start(barrier, action, number)));
                }
                for (Future<?> one : running) {
                    await(one);
                }
                check.run(round);
            }
        }
    }

    private static void start(CyclicBarrier barrier, Action action, int round) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
        action.run(round);
    }

    private static void await(Future<?> action) throws Exception {
        try {
            action.get();
        } catch (ExecutionException failed) {
            throw new AssertionError("a thread of the round failed", failed.getCause());
        }
    }
}

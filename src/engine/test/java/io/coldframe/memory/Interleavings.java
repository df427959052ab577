package io.coldframe.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Runs a small concurrent program in every order that its steps can come in.
///
/// The program calls [#step()] before each of its atomic steps, and takes its locks from [#lock()].
/// Only one thread runs at a time, from one step to the next, and a depth-first search decides
/// which.
final class Interleavings {

    /// What the threads do, and what must hold when all of them are done.
    record Program(Runnable check, List<Runnable> threads) {
        Program(Runnable check, Runnable... threads) {
            this(check, List.of(threads));
        }
    }

    private static final ThreadLocal<Worker> SELF = new ThreadLocal<>();

    // The choices of this run: which of the threads that could go on did, and of how many.
    private final List<int[]> choices;
    private final List<Worker> workers = new ArrayList<>();
    private int preemptionsLeft;
    private final Semaphore parked = new Semaphore(0);

    private Interleavings(List<int[]> choices, int preemptionsMax) {
        this.choices = choices;
        this.preemptionsLeft = preemptionsMax;
    }

    private static final class Worker {
        final Semaphore go = new Semaphore(0);
        BooleanSupplier ready = () -> true;
        boolean done;
        final List<Throwable> failures = new ArrayList<>();
    }

    /// Runs the program in all orders; how many there were.
    static int explore(Function<Interleavings, Program> program) throws InterruptedException {
        return explore(Integer.MAX_VALUE, program);
    }

    /// Runs the program in all orders in which at most so many times a thread that could go on has
    /// to wait for another; how many there were.
    static int explore(int preemptionsMax, Function<Interleavings, Program> program)
            throws InterruptedException {
        List<int[]> choices = new ArrayList<>();
        int runs = 0;
        do {
            Interleavings run = new Interleavings(choices, preemptionsMax);
            run.runOnce(program.apply(run));
            runs++;
        } while (next(choices));
        return runs;
    }

    /// The next path of the search, if there is one.
    private static boolean next(List<int[]> choices) {
        while (!choices.isEmpty()) {
            int[] last = choices.getLast();
            last[0]++;
            if (last[0] < last[1]) {
                return true;
            }
            choices.removeLast();
        }
        return false;
    }

    private void runOnce(Program program) throws InterruptedException {
        for (Runnable thread : program.threads()) {
            Worker worker = new Worker();
            workers.add(worker);
            Thread.ofVirtual().start(() -> work(worker, thread));
            parked.acquire();
        }
        int depth = 0;
        Worker last = workers.getFirst();
        List<Worker> ready = readyWorkers(last);
        while (!ready.isEmpty()) {
            if (depth == choices.size()) {
                choices.add(new int[] {0, ready.size()});
            }
            Worker chosen = ready.get(choices.get(depth)[0]);
            if (chosen != last && ready.getFirst() == last) {
                preemptionsLeft--;
            }
            last = chosen;
            last.go.release();
            depth++;
            parked.acquire();
            ready = readyWorkers(last);
        }
        for (Worker worker : workers) {
            if (!worker.failures.isEmpty()) {
                throw new AssertionError("in the order " + order(), worker.failures.getFirst());
            }
            if (!worker.done) {
                throw new AssertionError("deadlock in the order " + order());
            }
        }
        try {
            program.check().run();
        } catch (AssertionError failure) {
            throw new AssertionError("in the order " + order(), failure);
        }
    }

    private String order() {
        return choices.stream().map(choice -> String.valueOf(choice[0])).toList().toString();
    }

    /// Who may go on: the one that ran last first, and alone if there are no preemptions left.
    private List<Worker> readyWorkers(Worker last) {
        List<Worker> ready = new ArrayList<>();
        for (Worker worker : workers) {
            if (!worker.done && worker.ready.getAsBoolean()) {
                ready.add(worker == last ? 0 : ready.size(), worker);
            }
        }
        boolean stays = !ready.isEmpty() && ready.getFirst() == last && preemptionsLeft == 0;
        return stays ? List.of(last) : ready;
    }

    private void work(Worker worker, Runnable thread) {
        SELF.set(worker);
        try {
            step();
            thread.run();
        } catch (RuntimeException | Error failure) {
            worker.failures.add(failure);
        } finally {
            worker.done = true;
            parked.release();
        }
    }

    /// Another thread may run before what follows.
    void step() {
        stepWhen(() -> true);
    }

    private void stepWhen(BooleanSupplier ready) {
        Worker worker = SELF.get();
        // Outside of the threads, in a check, there is nobody to wait for.
        if (worker != null) {
            worker.ready = ready;
            parked.release();
            worker.go.acquireUninterruptibly();
        }
    }

    /// A lock whose waiters are not run while it is held.
    Lock lock() {
        return new SteppedLock();
    }

    private final class SteppedLock implements Lock {
        private boolean held;

        @Override
        public void lock() {
            stepWhen(() -> !held);
            held = true;
        }

        @Override
        public void unlock() {
            held = false;
        }

        @Override
        public void lockInterruptibly() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryLock() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException();
        }
    }
}

package io.coldframe.work;

import io.coldframe.SnapshotException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/// Runs tasks at the same time, the first of them in the calling thread, and ends with all.
///
/// **Threads.** One at a time.
public final class Workers {

    // One reads while another one sums what it has read.
    private static final int READERS_MAX = 2;

    private Workers() {}

    /// A part of the work.
    @FunctionalInterface
    public interface Task {
        /// Runs it.
        void run() throws SnapshotException;
    }

    /// How many threads reading an image is worth.
    public static int readerCount() {
        return Math.min(READERS_MAX, Runtime.getRuntime().availableProcessors());
    }

    /// Runs one task on [#readerCount()] threads.
    public static void runReaders(Task task, Runnable onFailure) throws SnapshotException {
        run(Collections.nCopies(readerCount(), task), onFailure);
    }

    /// Runs all tasks.
    ///
    /// @param onFailure is called at every failure, so that the others end soon
    /// @throws SnapshotException what the first one that failed threw; the failures of the others
    ///     ride along
    public static void run(List<Task> tasks, Runnable onFailure) throws SnapshotException {
        run(tasks, onFailure, work -> new Thread(work, "coldframe-writer"));
    }

    /// As the other, with threads of one's own making.
    static void run(List<Task> tasks, Runnable onFailure, ThreadFactory factory)
            throws SnapshotException {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        Task first =
                () -> {
                    for (Task task : tasks.subList(1, tasks.size())) {
                        Thread thread = factory.newThread(() -> attempt(task, failures, onFailure));
                        thread.setDaemon(true);
                        thread.start();
                        threads.add(thread);
                    }
                    tasks.getFirst().run();
                };
        // Also where the system has no more threads: those that run are waited for.
        attempt(first, failures, onFailure);
        joinAll(threads);
        if (!failures.isEmpty()) {
            Throwable failure = failures.removeFirst();
            failures.forEach(other -> addSuppressed(failure, other));
            rethrow(failure);
        }
    }

    @SuppressWarnings("ReferenceEquality") // No failure takes itself, and two are never equal.
    private static void addSuppressed(Throwable failure, Throwable other) {
        if (other != failure) {
            failure.addSuppressed(other);
        }
    }

    private static void attempt(Task task, List<Throwable> failures, Runnable onFailure) {
        try {
            task.run();
        } catch (Throwable failure) {
            failures.add(failure);
            onFailure.run();
        }
    }

    /// Waits for all: they use memory and a descriptor that the caller is about to close.
    private static void joinAll(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Throwable failure) throws SnapshotException {
        switch (failure) {
            case SnapshotException checked -> throw checked;
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new AssertionError("a task threw a checked exception", failure);
        }
    }
}

package io.coldframe.cli.doctor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/// A native call that a fault holds up, on a thread of its own.
///
/// A native call and not a load or a store: a thread that Java code sends into such memory can't
/// reach a safepoint, and takes the whole JVM with it.
///
/// **Lifetime.** Made before the userfaultfd that holds the call and closed after it, because the
/// call goes on when that is gone. So a trial that went wrong still ends.
final class HeldCall implements AutoCloseable {

    private static final long WAIT_MAX_MS = 10_000;

    private final CompletableFuture<Integer> result = new CompletableFuture<>();
    private boolean started;

    /// Starts the call.
    void start(IntSupplier call) {
        started = true;
        Thread thread = new Thread(() -> run(call), "held-call");
        // A call that the kernel never lets go must not keep the process.
        thread.setDaemon(true);
        thread.start();
    }

    private void run(IntSupplier call) {
        try {
            result.complete(call.getAsInt());
        } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failure);
        }
    }

    /// What the call answered, once nothing holds it any more; an unchecked exception if something
    /// still does after [#WAIT_MAX_MS].
    int await() {
        return result.orTimeout(WAIT_MAX_MS, TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void close() {
        if (started) {
            int ignored = await();
        }
    }
}

package io.coldframe.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets Ctrl-C end a command the way a failure does: what it has begun is undone first.
///
/// A signal makes the JVM run its shutdown hooks and halt. The hook of this class asks the command
/// to stop, and keeps the JVM until it has.
///
/// **Threads.** Opened and closed by the thread of the command; [#isAsked()] from any.
final class Interruption implements AutoCloseable {

    // What hangs for longer hangs in the kernel. A draft that stays behind is removed by the next
    // who works there.
    private static final long WAIT_MAX_SECONDS = 30;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::askAndWait, "interruption");
    private volatile boolean isAsked;

    private Interruption() {}

    /// From now on a signal waits for [#close()].
    static Interruption open() {
        Interruption interruption = new Interruption();
        try {
            Runtime.getRuntime().addShutdownHook(interruption.hook);
        } catch (IllegalStateException exiting) {
            interruption.isAsked = true;
        }
        return interruption;
    }

    /// Whether to stop.
    boolean isAsked() {
        return isAsked;
    }

    private void askAndWait() {
        isAsked = true;
        try {
            boolean undone = ended.await(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
            // Here, because the thread of the command may be halted before it gets to it.
            System.err.println(
                    undone
                            ? "coldframe: stopped"
                            : "coldframe: stopped; what was being written is removed by the next"
                                    + " command there");
        } catch (InterruptedException halted) {
            Thread.currentThread().interrupt();
        }
    }

    /// The command has ended, one way or another.
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // The hook waits for this.
            isAsked = true;
        }
        ended.countDown();
    }
}

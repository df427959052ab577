package io.coldframe.os;

/// Cleans up after a failure without losing it.
public final class Failures {
    private Failures() {}

    /// Closes what a failed constructor had opened, in the order given. What closing throws rides
    /// along as suppressed, and the next one is closed all the same.
    public static void closeAfter(Throwable failure, AutoCloseable... opened) {
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Throwable another) {
                failure.addSuppressed(another);
            }
        }
    }
}

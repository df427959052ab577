package io.coldframe.cli;

import io.coldframe.SnapshotException;

/// Hands what a person wrote to the engine, which checks it.
public final class UserInput {

    private UserInput() {}

    /// A call of the engine that checks its arguments before it does anything.
    @FunctionalInterface
    public interface Checked<T> {
        /// Does it.
        T call() throws SnapshotException, CommandFailure;
    }

    /// What `call` returns. To the engine a wrong argument is a defect of its caller; here the
    /// caller is the person at the keyboard, who is told in one line.
    public static <T> T check(Checked<T> call) throws SnapshotException, CommandFailure {
        try {
            return call.call();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
        }
    }
}

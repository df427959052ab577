package io.coldframe.cli.snapshot;

import io.coldframe.SnapshotException;
import io.coldframe.cli.CommandFailure;
import io.coldframe.cli.ExitCode;

/// Hands what a person wrote to the engine, which checks it.
final class UserInput {

    private UserInput() {}

    /// A call of the engine that checks its arguments before it does anything.
    @FunctionalInterface
    interface Checked<T> {
        T call() throws SnapshotException, CommandFailure;
    }

    /// What `call` returns. To the engine a wrong argument is a defect of its caller; here the
    /// caller is the person at the keyboard, who is told in one line.
    static <T> T check(Checked<T> call) throws SnapshotException, CommandFailure {
        try {
            return call.call();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
        }
    }
}

package io.coldframe.cli;

/// Ends a command with one line on standard error and an exit code.
public final class CommandFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    /// @param exitCode one of [ExitCode]'s
    /// @param message the line, without the program's name
    public CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
